"""`gates diff`: what became of datasets since another version, or in all versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.checking.changes.losses import MOST_LOST
from gates.cli.diff.request import NEWEST, Request, is_known, places
from gates.cli.options import config_option, worst
from gates.cli.streams import clean_stdout, note
from gates.errors import DataError, GatesError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.config.dataset import DatasetConfig
    from gates.config.load import Config
    from gates.diff import Difference
    from gates.versions.repository import Repository
    from gates.versions.version import Versions

FORMATS = ("terminal", "json", "markdown")
HEAD = "HEAD"


@click.command(
    epilog="""\b
Exit codes: 0 nothing is lost, 1 more than --max-lost of the files are gone or rows became undeclared, 2 wrong usage,
3 could not be compared.
With --all: 0 shown, 2 wrong usage, 3 no version has a verdict.

\b
Checks are compared where verdicts on exactly these bytes are recorded: committed in reports/ (or --output), else what
`gates check` last left there or in .gates/verdicts, else promoted with it. Nothing is judged.

\b
Examples:
  gates diff                          every dataset: the work tree against HEAD
  gates diff main                     ... against main
  gates diff reviews --staged         one dataset: what is staged against HEAD
  gates diff --base v1.2 --rev v1.3   two commits
  gates diff --all                    every dataset: each version that recorded a verdict, down to HEAD and the work tree
  gates diff reviews --all --metric human_ratio --plots history.json
"""
)
@click.argument("words", nargs=-1, metavar="[DATASET]... [REV]")
@click.option(
    "--base", metavar="REV", help=f"The version to compare with; then all words are datasets. [default: {HEAD}]"
)
@click.option("--rev", metavar="REV", help="Compare this commit instead of the work tree; with --all, end at it.")
@click.option("--staged", is_flag=True, help="Compare what is staged instead of the work tree.")
@click.option(
    "--max-lost", type=click.FloatRange(0, 1), metavar="SHARE",
    help=f"Share of the base's files that may go. [default: {MOST_LOST}]",
)  # fmt: skip
@click.option(
    "--all", "every", is_flag=True,
    help="All versions that recorded a verdict instead of two, a column each; then all words are datasets.",
)  # fmt: skip
@click.option("--metric", metavar="NAME", help="With --all: these checks only, by id, by type or by a word of it.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help=f"With --all: the newest N versions. [default: {NEWEST}]"
)
@click.option(
    "--plots", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="With --all: write the numbers as JSON for `dvc plots show FILE -x version -y observed`.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where `gates check --output DIR` writes verdicts. [default: reports]",
)  # fmt: skip
@click.option("--format", type=click.Choice(FORMATS), default="terminal", show_default=True)
@config_option
def command(**given: Any) -> int:
    """Show what became of datasets: files, rows per origin, outcomes.

    Without DATASET every dataset, without REV since HEAD. With --all every check in all versions: commits, along the first
    parents, in which the recorded verdict changed or that were promoted, and the work tree.
    """
    request = Request(**given)
    _refuse_mixed(request)
    if request.every:
        from gates.cli.diff.history import show_history

        return show_history(request)
    return _diff(request)


def _refuse_mixed(request: Request) -> None:
    """Raises click's usage error for an option that the other kind of comparison has."""
    of_two = {"--base": request.base, "--staged": request.staged, "--max-lost": request.max_lost}
    of_all = {"--metric": request.metric, "--limit": request.limit, "--plots": request.plots}
    wrong = [name for name, value in (of_two if request.every else of_all).items() if value not in (None, False)]
    if wrong:
        meant = (
            "compares two versions: leave out --all, or" if request.every else "is about all versions: give --all, or"
        )
        raise click.UsageError(f"{wrong[0]} {meant} leave out {wrong[0]}")


def _diff(request: Request) -> int:
    from gates.config.load import load_config
    from gates.versions.repository import open_repository

    config = load_config(request.config)
    repository = open_repository(config.path.parent)
    datasets, base = _meant(request, config, repository)
    versions = _versions(repository, request, base)
    found: list[Difference] = []
    codes: list[int] = []
    for dataset in datasets:
        try:
            with clean_stdout():
                found.append(_difference(repository, dataset, versions, request))
        except GatesError as error:
            if len(datasets) == 1:
                raise
            # The others are compared all the same.
            note(str(error))
            codes.append(error.exit_code)
            continue
        codes.append(found[-1].exit_code)
    _show(found, request.format)
    if any(one.losses for one in found):
        note("where files were meant to go, say so: --max-lost 1")
    return worst(codes)


def _difference(repository: Repository, dataset: DatasetConfig, versions: Versions, request: Request) -> Difference:
    from gates.diff import difference

    most_lost = MOST_LOST if request.max_lost is None else request.max_lost
    return difference(repository, dataset, versions, places(dataset, request), most_lost)


def _meant(request: Request, config: Config, repository: Repository) -> tuple[list[DatasetConfig], str]:
    """The datasets and the base that the words name. Raises UsageError for a word that is neither, or may be both."""
    names = [word for word in dict.fromkeys(request.words) if word in config.datasets]
    others = [word for word in dict.fromkeys(request.words) if word not in config.datasets]
    datasets = [config.datasets[name] for name in names or config.datasets]
    if request.base is None and len(others) == 1 and (is_known(repository, others[0]) or _is_shallow(repository)):
        return datasets, others[0]
    if others:
        what = "dataset" if request.base else "dataset and no revision"
        raise UsageError(f"'{others[0]}' is no {what} ({did_you_mean(others[0], config.datasets)})")
    both = None if request.base else next((name for name in names if is_known(repository, name)), None)
    if both:
        raise UsageError(
            f"'{both}' is a dataset and a revision: with --base {HEAD} it is the dataset, with --base {both} the revision"
        )
    return datasets, request.base or HEAD


def _is_shallow(repository: Repository) -> bool:
    return repository.git is not None and repository.git.is_shallow()


def _versions(repository: Repository, request: Request, base: str) -> Versions:
    """The two versions. Raises DataError where the history that is here does not reach back to the base."""
    from gates.versions.version import Versions, choose_versions, revision

    judged = choose_versions(repository, rev=request.rev, staged=request.staged).judged
    try:
        return Versions(judged, revision(repository, base))
    except UsageError as error:
        if _is_shallow(repository):
            raise DataError(f"could not compare: {error}") from error
        raise


def _show(found: Sequence[Difference], form: str) -> None:
    from gates.diff import as_json, markdown, terminal

    if form == "json":
        click.echo(as_json(found), nl=False)
        return
    shown = markdown if form == "markdown" else terminal
    click.echo("\n".join(shown(one) for one in found), nl=False)
