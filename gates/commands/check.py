"""`gates check`: judge datasets, write their verdicts, report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.commands.options import chosen, config_option, dataset_arguments, today, worst
from gates.commands.streams import clean_stdout, look, note, progress_bar
from gates.errors import GatesError
from gates.reports.plain import counted
from gates.verdict import Scope, exit_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.dataset_config import DatasetConfig
    from gates.judging_at import Answered, JudgedVersion
    from gates.reports.located import Located
    from gates.verdict import Verdict
    from gates.verdict_store import VerdictStore

FOR_MACHINES = ("junit", "sarif", "github")
FORMATS = ("terminal", "json", "markdown", *FOR_MACHINES)


@dataclass(frozen=True)
class Request:
    """One call of the command."""

    datasets: tuple[str, ...]
    every: bool
    only: tuple[str, ...]
    scopes: tuple[str, ...]
    format: str
    output: Path | None
    also: tuple[str, ...]
    exit_zero: bool
    strict: bool
    config: Path | None
    quiet: bool
    verbose: bool
    no_cache: bool
    rev: str | None
    staged: bool
    worktree: bool
    since: str | None

    @property
    def is_partial(self) -> bool:
        """Whether only some of the planned checks are asked."""
        return bool(self.only or self.scopes)


@click.command(
    epilog="""\b
Verdicts are kept in .gates/verdicts beside gates.toml, or in the folder of --output, where `gates enforce` finds them.
Of several datasets the worst counts: 1 (bad) before 2 (usage) before 3 (could not judge).

\b
Of another version than the work tree, gates.toml, suites and schemas are read as they are there, and the verdict is
written nowhere but to --output. What was judged before, on the same bytes under the same contract, is answered from a
cache in .dvc/tmp/gates, or .gates/cache without DVC.

\b
Examples:
  gates check reviews
  gates check reviews --only expect_distributions_to_match
  gates check --all --format json --output reports --exit-zero
  gates check --all --format github --output reports --also junit
  gates check --staged
  gates check --rev HEAD --since origin/main
"""
)
@dataset_arguments
@click.option("--only", multiple=True, metavar="ID", help="Ask this check only, by id or type; may be repeated.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in Scope]), help="Ask this scope only."
)
@click.option("--format", type=click.Choice(FORMATS), default="terminal", show_default=True)
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Write DATASET.json, .md and .metrics.json there.",
)  # fmt: skip
@click.option(
    "--also", multiple=True, type=click.Choice(["junit", "sarif"]),
    help="Write DATASET.junit.xml or DATASET.sarif there too; may be repeated.",
)  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit 0 once a verdict is written, whatever it says.")
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--rev", metavar="REV", help="Judge what a commit has, instead of the work tree.")
@click.option(
    "--staged", is_flag=True, help="Judge what is staged; without DATASET, each dataset that differs from HEAD."
)
@click.option("--worktree", is_flag=True, help="Judge the work tree; this is the default.")
@click.option("--since", metavar="REV", help="Leave out datasets that are as they were where REV branched off.")
@click.option("--no-cache", is_flag=True, help="Judge anew what was judged before.")
@config_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, no notes: the report only.")
@click.option("-v", "--verbose", is_flag=True, help="List the checks that passed too.")
def command(**given: Any) -> int:
    """Judge datasets: each partition on its own, and both together.

    Without DATASET, the only one of gates.toml.
    """
    return _check(Request(**given))


def _check(request: Request) -> int:
    from gates.config import config_path
    from gates.judging_at import Asked, version_asked

    if request.is_partial and request.output:
        raise click.UsageError("--output holds whole verdicts: leave out --only and --scope, or --output")
    if request.also and not request.output:
        raise click.UsageError("--also writes beside the verdicts: name a folder with --output")
    with version_asked(
        config_path(request.config), Asked(request.rev, request.staged, request.worktree, request.since)
    ) as at:
        return _check_at(at, request)


def _check_at(at: JudgedVersion, request: Request) -> int:
    from gates.verdict_store import VerdictStore

    store = VerdictStore(at.home, request.output)
    datasets = _datasets(at, request)
    verdicts: list[Located] = []
    codes: list[int] = []
    for dataset in datasets:
        try:
            judged = _judge(at, dataset, store, request)
        except GatesError as error:
            if len(datasets) == 1:
                raise
            # The others are judged all the same.
            note(str(error))
            codes.append(error.exit_code)
            continue
        verdicts.append(judged)
        codes.append(0 if request.exit_zero else exit_code(judged.verdict.answer, strict=request.strict))
    _show(verdicts, request, is_list=len(datasets) != 1)
    return worst(codes)


def _datasets(at: JudgedVersion, request: Request) -> list[DatasetConfig]:
    """The datasets that a call means, without those that are as they were, where that was asked."""
    from gates.changes import changed

    is_open = not request.datasets and (request.staged or request.since is not None)
    datasets = chosen(at.config, request.datasets, every=request.every or is_open)
    if request.since is None and not (request.staged and is_open and not request.every):
        return datasets
    found = changed(at, datasets, today())
    left_out = len(datasets) - len(found)
    if left_out and not request.quiet:
        note(f"{counted(left_out, 'dataset')} in {at.version} as in {at.base}: not judged")
    return found


def _judge(at: JudgedVersion, dataset: DatasetConfig, store: VerdictStore, request: Request) -> Located:
    """The verdict on one dataset, stored unless it is partial or of another version than the work tree."""
    from gates.cache import cache_of
    from gates.judging_at import Memory, judge_at
    from gates.reports.located import folder_in_repository

    for waiver in dataset.waivers:
        if waiver.expires < today():
            note(
                f"{dataset.source}:{waiver.line}: the waiver of {waiver.check} expired on {waiver.expires} and is void"
            )
    store.prepare()
    is_remembering = not request.is_partial and not request.no_cache
    memory = Memory(at, dataset, today(), cache_of(at.repository, at.home)) if is_remembering else None
    answered = memory.recall() if memory else None
    if answered is None:
        with clean_stdout(), progress_bar(dataset.name, is_quiet=request.quiet) as progress:
            from gates.judge import Options

            scopes = tuple(Scope(name) for name in request.scopes)
            options = Options(request.only, scopes, store.quarantine, progress)
            answered = judge_at(at, dataset, options, today())
        if memory:
            memory.keep(answered)
    located = _located(answered.verdict, dataset, folder_in_repository(at.home), request)
    for name in request.also:
        store.write_on_demand(dataset.name, name, _report_for_machines(name)([located]))
    if not answered.verdict.is_partial and (at.is_worktree or request.output):
        store.write(answered.verdict)
    _say(answered, store, request)
    return located


def _located(verdict: Verdict, dataset: DatasetConfig, folder: str, request: Request) -> Located:
    """The verdict with the lines of suites, which only reports for machines name, and which take long to read."""
    from gates.reports.located import Located, Place, locate

    if request.format not in FOR_MACHINES and not request.also:
        return Located(verdict, Place(dataset.source, dataset.line), is_strict=request.strict)
    from gates.contract import load_contract

    return locate(verdict, load_contract(dataset, today()), folder=folder, is_strict=request.strict)


def _say(answered: Answered, store: VerdictStore, request: Request) -> None:
    verdict = answered.verdict
    if verdict.is_partial:
        asked = counted(len(verdict.checks), "check")
        note(f"{verdict.dataset}: only {asked} asked: this is no verdict, and is not stored")
    if request.quiet:
        return
    if answered.is_remembered:
        rows = f"; --no-cache writes its {counted(answered.quarantined, 'failing row')}" if answered.quarantined else ""
        note(f"{verdict.dataset}: unchanged, judged before{rows}")
    elif answered.quarantine and answered.quarantined:
        where = answered.quarantine.relative_to(store.root)
        note(f"{verdict.dataset}: {counted(answered.quarantined, 'failing row')} in {where.as_posix()}")


def _show(judged: Sequence[Located], request: Request, *, is_list: bool) -> None:
    """Print the report, and nothing else, on stdout."""
    verdicts = [one.verdict for one in judged]
    if request.format in FOR_MACHINES:
        click.echo(_report_for_machines(request.format)(judged), nl=False)
    elif request.format == "json":
        from gates.reports.as_json import as_json, as_json_list

        click.echo(as_json_list(verdicts) if is_list else as_json(verdicts[0]), nl=False)
    elif request.format == "markdown":
        from gates.reports.markdown import markdown

        click.echo("\n".join(markdown(verdict) for verdict in verdicts), nl=False)
    elif verdicts:
        from gates.reports.terminal import terminal

        how = look(verbose=request.verbose)
        click.echo("\n".join(terminal(verdict, how) for verdict in verdicts), nl=False, color=how.color)


def _report_for_machines(name: str) -> Callable[[Sequence[Located]], str]:
    from gates.reports.annotations import workflow_commands
    from gates.reports.junit import junit
    from gates.reports.sarif import sarif

    return {"junit": junit, "sarif": sarif, "github": workflow_commands}[name]
