"""What a change takes away from the gate, shown before anything that it is judged by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gates.atomic_files import replace_text
from gates.checking.weakening.compare import Weakening, lost_datasets, weakenings
from gates.checking.weakening.difference import Change
from gates.cli.options import today
from gates.cli.streams import clean_stdout, note
from gates.config.load import config_path
from gates.verdicts.reports.weaker_gate import ID, TITLE, WeakerGate, unexplained
from gates.versions.repository import Repository, open_repository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.checking.check_version import JudgedVersion, VersionRequest
    from gates.cli.check.request import CheckRequest, DatasetSelection, Reporting
    from gates.versions.version import Version

_MARKDOWN = "weakened.markdown"


def weaker_gate(request: CheckRequest, version: VersionRequest) -> tuple[WeakerGate, ...]:
    """What the change gives up, after it was shown. Raises what `weakenings` raises."""
    with clean_stdout():
        weaker = tuple(_located(one) for one in _weakenings(request.selection, version))
    _show(request.reporting, weaker)
    return weaker


def lost_datasets_of(request: CheckRequest, at: JudgedVersion, *, is_every: bool) -> tuple[WeakerGate, ...]:
    """The datasets that are gone, of every configuration or of one, after they were shown.

    Raises what `lost_datasets` raises.
    """
    if at.before is None:
        return ()
    change = Change(at.repository, at.before, at.version, today())
    folder = None if is_every else at.repository.relative(at.home.resolve())
    with clean_stdout():
        weaker = tuple(_located(one) for one in lost_datasets(change, "" if folder == "." else folder))
    if weaker:
        _show(request.reporting, weaker)
    return weaker


def _show(reporting: Reporting, weaker: Sequence[WeakerGate]) -> None:
    if reporting.output:
        _write(reporting, reporting.output, weaker)
    if weaker and reporting.format == "github":
        from gates.verdicts.reports.formats.github import with_change

        click.echo(with_change("", weaker), nl=False)
    elif weaker and reporting.format == "terminal":
        click.echo(_text(weaker))
    elif weaker:
        note(_text(weaker))


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
    change = Change(repository, base, versions.version, today(), is_foreign=versions.trusted is not None)
    folder = repository.relative(path.parent) if path else None
    return weakenings(change, "" if folder == "." else folder)


def _is_unrelated(repository: Repository, base: Version, judged: Version) -> bool:
    """Whether a branch that began anew, as one of pages does, is no change of the other."""
    git = repository.git
    own = judged.commit or (git.commit_or_none("HEAD") if git else None)
    if git is None or own is None or base.commit is None or git.is_shallow():
        return False
    return git.merge_base(base.commit, own) is None


def _located(one: Weakening) -> WeakerGate:
    from gates.verdicts.reports.located_verdict import Place

    return WeakerGate(one.what, one.sentence, Place(one.path, one.line), one.reason, one.fix)


def _write(reporting: Reporting, folder: Path, weaker: Sequence[WeakerGate]) -> None:
    """A file of each report beside those of the datasets; those of a run before go."""
    from gates.config.installed.plugins import Plugins, built_in_reports
    from gates.verdicts.reports.registry import find_report, rendered

    own = built_in_reports()
    names = {name: find_report(Plugins(), name) for name in ("markdown", "json", *reporting.also) if name in own}
    for name, report in names.items():
        ending = report.suffix or name
        path = folder / (_MARKDOWN if name == "markdown" else f"{ID}.{ending}")
        if weaker and report.with_change:
            replace_text(path, rendered(report, (), is_single=False, weaker=weaker))
        else:
            path.unlink(missing_ok=True)


def _text(weaker: Sequence[WeakerGate]) -> str:
    from gates.verdicts.reports.text import counted, printable_line

    lines = [f"{TITLE}: {counted(len(weaker), 'difference')}, {unexplained(weaker)} without a reason"]
    for one in weaker:
        why = f"reason  {one.reason}" if one.reason else f"fix     {one.fix}"
        lines += [f"  {one.sentence}", f"    where   {one.place.path}:{one.place.line}", f"    {why}"]
    return "\n".join(map(printable_line, lines))
