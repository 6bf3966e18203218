"""`gates diff`: compares datasets between two versions, or over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gates.checking.changes.losses import MOST_LOST
from gates.cli.diff.request import NEWEST, DiffRequest, each, is_revision, verdict_paths
from gates.cli.options import FILE, FOLDER, OneOf, config_option, worst
from gates.cli.streams import note
from gates.errors import DataError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.config.dataset import DatasetConfig
    from gates.config.load import Config
    from gates.diff.difference import DatasetDifference
    from gates.versions.repository import Repository
    from gates.versions.version import Versions

FORMATS = ("terminal", "json", "markdown")
HEAD = "HEAD"


@click.command(
    epilog="""
Exit codes: 0 nothing lost, 1 more than --max-lost of the files are gone or rows became undeclared, 2 wrong usage,
3 could not compare.
With --all: 0 shown, 2 wrong usage, 3 no version has a verdict.

Nothing is judged. Checks are compared from stored verdicts on exactly these bytes: committed in reports/ (or --output),
else left there or in .gates/verdicts by `gates check`, else promoted with the version.

\b
Examples:
  gates diff                          every dataset: the work tree against HEAD
  gates diff main                     ... against main
  gates diff reviews --staged         one dataset: what is staged against HEAD
  gates diff --base v1.2 --rev v1.3   two commits
  gates diff --all                    every dataset: each version with a stored verdict, up to the work tree
  gates diff reviews --all --metric human_ratio --plots history.json
"""
)
@click.argument("words", nargs=-1, metavar="[DATASET]... [REV]")
@click.option(
    "--base", metavar="REV", help=f"The version to compare with; then every argument is a DATASET. [default: {HEAD}]"
)
@click.option("--rev", metavar="REV", help="Compare this commit instead of the work tree; with --all, end at it.")
@click.option("--staged", is_flag=True, help="Compare what is staged instead of the work tree.")
@click.option(
    "--max-lost", type=click.FloatRange(0, 1), metavar="SHARE",
    help=f"Share of the base's files that may be gone. [default: {MOST_LOST}]",
)  # fmt: skip
@click.option(
    "--all", "every", is_flag=True,
    help="Compare all versions with a stored verdict, one column each; then every argument is a DATASET.",
)  # fmt: skip
@click.option("--metric", metavar="NAME", help="With --all: this check only, by its id, its type or a word of it.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help=f"With --all: the newest N versions. [default: {NEWEST}]"
)
@click.option(
    "--plots", type=FILE, metavar="FILE",
    help="With --all: write the numbers as JSON for `dvc plots show FILE -x version -y observed`.",
)  # fmt: skip
@click.option(
    "--output", type=FOLDER, metavar="DIR",
    help="Where `gates check --output DIR` writes verdicts. [default: reports]",
)  # fmt: skip
@click.option("--format", type=OneOf("format", FORMATS), default="terminal", show_default=True)
@config_option
def command(**given: Any) -> int:
    """Compare datasets between two versions: files, rows per origin, outcomes of checks.

    Without DATASET every dataset is compared, without REV the work tree with HEAD. --all shows every check over all versions:
    the commits (first parents) that changed the stored verdict or were promoted, and the work tree.
    """
    request = DiffRequest(**given)
    _refuse_mixed(request)
    if request.every:
        from gates.cli.diff.history import show_history

        return show_history(request)
    return _diff(request)


def _refuse_mixed(request: DiffRequest) -> None:
    """Raises click's usage error for an option that the other kind of comparison has."""
    of_two = {"--base": request.base, "--staged": request.staged, "--max-lost": request.max_lost}
    of_all = {"--metric": request.metric, "--limit": request.limit, "--plots": request.plots}
    wrong = [name for name, value in (of_two if request.every else of_all).items() if value not in (None, False)]
    if wrong:
        problem = (
            "compares two versions: leave out --all, or" if request.every else "is about all versions: give --all, or"
        )
        raise click.UsageError(f"{wrong[0]} {problem} leave out {wrong[0]}")


def _diff(request: DiffRequest) -> int:
    from gates.config.load import load_config
    from gates.versions.repository import open_repository

    config = load_config(request.config)
    repository = open_repository(config.path.parent)
    datasets, base = _datasets_and_base(request, config, repository)
    versions = _versions(repository, request, base)
    differences, codes = each(datasets, lambda dataset: _difference(repository, dataset, versions, request))
    _show(differences, request.format)
    if any(one.losses for one in differences):
        note("if files were removed on purpose, allow it: --max-lost 1")
    return worst([*codes, *(one.exit_code for one in differences)])


def _difference(
    repository: Repository, dataset: DatasetConfig, versions: Versions, request: DiffRequest
) -> DatasetDifference:
    from gates.diff.compare import difference

    most_lost = MOST_LOST if request.max_lost is None else request.max_lost
    return difference(repository, dataset, versions, verdict_paths(dataset, request.output), most_lost)


def _datasets_and_base(request: DiffRequest, config: Config, repository: Repository) -> tuple[list[DatasetConfig], str]:
    """The datasets and the base that the arguments name. Raises UsageError for a word that is neither, or may be both."""
    names = [word for word in dict.fromkeys(request.words) if word in config.datasets]
    others = [word for word in dict.fromkeys(request.words) if word not in config.datasets]
    datasets = [config.datasets[name] for name in names or config.datasets]
    if request.base is None and len(others) == 1 and (is_revision(repository, others[0]) or _is_shallow(repository)):
        return datasets, others[0]
    if others:
        what = "dataset" if request.base else "dataset and no revision"
        raise UsageError(f"'{others[0]}' is no {what} ({did_you_mean(others[0], config.datasets)})")
    both = None if request.base else next((name for name in names if is_revision(repository, name)), None)
    if both:
        raise UsageError(
            f"'{both}' is a dataset and a revision: with --base {HEAD} it is the dataset, with --base {both} the revision"
        )
    return datasets, request.base or HEAD


def _is_shallow(repository: Repository) -> bool:
    return repository.git is not None and repository.git.is_shallow()


def _versions(repository: Repository, request: DiffRequest, base: str) -> Versions:
    """The two versions. Raises DataError where the history that is here does not reach back to the base."""
    from gates.versions.version import Versions, chosen_version, revision

    judged = chosen_version(repository, rev=request.rev, staged=request.staged)
    try:
        return Versions(judged, revision(repository, base))
    except DataError as error:
        raise DataError(f"could not compare: {error}") from error


def _show(differences: Sequence[DatasetDifference], form: str) -> None:
    from gates.diff.render import as_json, markdown, terminal

    if form == "json":
        click.echo(as_json(differences), nl=False)
        return
    shown = markdown if form == "markdown" else terminal
    click.echo("\n".join(shown(one) for one in differences), nl=False)
