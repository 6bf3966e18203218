"""What a change takes away from the gate, shown before anything that it is judged by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gates.atomic_files import replace_text
from gates.checking.weakening.compare import weakenings
from gates.checking.weakening.difference import Change
from gates.cli.options import today
from gates.cli.streams import clean_stdout, note
from gates.config.load import config_path
from gates.versions.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.checking.check_version import VersionRequest
    from gates.checking.weakening.compare import Weakening
    from gates.cli.check.request import CheckRequest, DatasetSelection
    from gates.versions.repository import Repository
    from gates.versions.version import Version

TITLE = "This change weakens the gate"
FILE = "weakened.markdown"


def is_weakened(request: CheckRequest, version: VersionRequest) -> bool:
    """Whether the change gives something up without saying why; what it gives up is shown. Raises what `weakenings` raises."""
    with clean_stdout():
        weaker = _weakenings(request.selection, version)
    reporting = request.reporting
    if reporting.output:
        path = reporting.output / FILE
        replace_text(path, _markdown(weaker)) if weaker else path.unlink(missing_ok=True)
    if weaker and reporting.format == "github":
        click.echo(_annotations(weaker), nl=False)
    elif weaker and reporting.format == "terminal":
        click.echo(_text(weaker))
    elif weaker:
        note(_text(weaker))
    return any(one.reason is None for one in weaker)


def _weakenings(selection: DatasetSelection, version: VersionRequest) -> list[Weakening]:
    from gates.checking.check_version import compares

    path = config_path(selection.config) if selection.config else None
    repository = open_repository(path.parent if path else Path.cwd())
    versions = compares(repository, version)
    if versions.trusted:
        from gates.checking.weakening.foreign import refuse_foreign_rules

        refuse_foreign_rules(Change(repository, versions.trusted, versions.version, today()))
    base = versions.before if version.base else versions.base
    if base is None or (not version.base and _is_unrelated(repository, base, versions.version)):
        return []
    folder = repository.relative(path.parent) if path else None
    change = Change(repository, base, versions.version, today(), is_foreign=versions.trusted is not None)
    return weakenings(change, "" if folder == "." else folder)


def _is_unrelated(repository: Repository, base: Version, judged: Version) -> bool:
    """Whether a branch that began anew, as one of pages does, is no change of the other."""
    git = repository.git
    own = judged.commit or (git.commit_or_none("HEAD") if git else None)
    if git is None or own is None or base.commit is None or git.is_shallow():
        return False
    return git.merge_base(base.commit, own) is None


def _text(weaker: Sequence[Weakening]) -> str:
    from gates.verdicts.reports.text import counted, printable

    lines = [f"{TITLE}: {counted(len(weaker), 'difference')}, {_unexplained(weaker)} without a reason"]
    for one in weaker:
        why = f"reason  {one.reason}" if one.reason else f"fix     {one.fix}"
        lines += [f"  {one.sentence}", f"    where   {one.path}:{one.line}", f"    {why}"]
    return "\n".join(map(printable, lines))


def _markdown(weaker: Sequence[Weakening]) -> str:
    from gates.verdicts.reports.formats.markdown import code

    lines = [f"## {TITLE}{'' if _unexplained(weaker) else ', and says why'}", ""]
    for one in weaker:
        why = f"reason: {one.reason}" if one.reason else f"fix: {one.fix}"
        lines.append(f"- {code(f'{one.path}:{one.line}')} {code(one.sentence)}; {code(why)}")
    return "\n".join([*lines, "", ""])


def _annotations(weaker: Sequence[Weakening]) -> str:
    from gates.verdicts.reports.formats.github import annotation
    from gates.verdicts.reports.located_verdict import Place

    lines = []
    for one in weaker:
        command, why = ("warning", f"reason: {one.reason}") if one.reason else ("error", f"fix: {one.fix}")
        lines.append(annotation(command, Place(one.path, one.line), TITLE, f"{one.sentence}; {why}"))
    return "".join(f"{line}\n" for line in lines)


def _unexplained(weaker: Sequence[Weakening]) -> int:
    return sum(one.reason is None for one in weaker)
