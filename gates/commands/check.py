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
    from gates.judge import Judged
    from gates.reports.located import Located
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


@click.command(
    epilog="""\b
Verdicts are kept in .gates/verdicts beside gates.toml, or in the folder of --output, where `gates enforce` finds them.
Of several datasets the worst counts: 1 (bad) before 2 (usage) before 3 (could not judge).

\b
Examples:
  gates check reviews
  gates check reviews --only expect_distributions_to_match
  gates check --all --format json --output reports --exit-zero
  gates check --all --format github --output reports --also junit
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
@config_option
@click.option("-q", "--quiet", is_flag=True, help="No progress, no notes: the report only.")
@click.option("-v", "--verbose", is_flag=True, help="List the checks that passed too.")
def command(**given: Any) -> int:
    """Judge datasets: each partition on its own, and both together.

    Without DATASET, the only one of gates.toml.
    """
    return _check(Request(**given))


def _check(request: Request) -> int:
    from gates.config import load_config
    from gates.verdict_store import VerdictStore

    is_partial = bool(request.only or request.scopes)
    if is_partial and request.output:
        raise click.UsageError("--output holds whole verdicts: leave out --only and --scope, or --output")
    if request.also and not request.output:
        raise click.UsageError("--also writes beside the verdicts: name a folder with --output")
    config = load_config(request.config)
    datasets = chosen(config, request.datasets, every=request.every)
    store = VerdictStore(config.path.parent, request.output)
    verdicts: list[Located] = []
    codes: list[int] = []
    for dataset in datasets:
        try:
            judged = _judge(dataset, store, request)
        except GatesError as error:
            if len(datasets) == 1:
                raise
            # The others are judged all the same.
            note(str(error))
            codes.append(error.exit_code)
            continue
        verdicts.append(judged)
        codes.append(0 if request.exit_zero else exit_code(judged.verdict.answer, strict=request.strict))
    _show(verdicts, request, is_list=len(datasets) > 1)
    return worst(codes)


def _judge(dataset: DatasetConfig, store: VerdictStore, request: Request) -> Located:
    """The verdict on one dataset, stored unless it is partial."""
    with clean_stdout(), progress_bar(dataset.name, is_quiet=request.quiet) as progress:
        from gates.contract import load_contract
        from gates.judge import Options, judge
        from gates.reports.located import folder_in_repository, locate

        contract = load_contract(dataset, today())
        for waiver in contract.expired:
            note(
                f"{dataset.source}:{waiver.line}: the waiver of {waiver.check} expired on {waiver.expires} and is void"
            )
        store.prepare()
        scopes = tuple(Scope(name) for name in request.scopes)
        judged = judge(contract, Options(request.only, scopes, store.quarantine, progress))
    folder = folder_in_repository(dataset.root)
    located = locate(judged.verdict, contract, folder=folder, is_strict=request.strict)
    for name in request.also:
        store.write_on_demand(dataset.name, name, _report_for_machines(name)([located]))
    _keep(judged, store, request)
    return located


def _keep(judged: Judged, store: VerdictStore, request: Request) -> None:
    verdict = judged.verdict
    if not verdict.is_partial:
        store.write(verdict)
    if verdict.is_partial:
        asked = counted(len(verdict.checks), "check")
        note(f"{verdict.dataset}: only {asked} asked: this is no verdict, and is not stored")
    if request.quiet:
        return
    if judged.quarantine and judged.quarantined:
        where = judged.quarantine.relative_to(store.root)
        note(f"{verdict.dataset}: {counted(judged.quarantined, 'failing row')} in {where.as_posix()}")


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
    else:
        from gates.reports.terminal import terminal

        how = look(verbose=request.verbose)
        click.echo("\n".join(terminal(verdict, how) for verdict in verdicts), nl=False, color=how.color)


def _report_for_machines(name: str) -> Callable[[Sequence[Located]], str]:
    from gates.reports.annotations import workflow_commands
    from gates.reports.junit import junit
    from gates.reports.sarif import sarif

    return {"junit": junit, "sarif": sarif, "github": workflow_commands}[name]
