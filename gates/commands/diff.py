"""`gates diff`: what became of datasets since another version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gates.commands.options import config_option, worst
from gates.commands.streams import clean_stdout, note
from gates.errors import DataError, GatesError, UsageError, did_you_mean
from gates.losses import MOST_LOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.config import Config
    from gates.dataset_config import DatasetConfig
    from gates.differences import Difference
    from gates.versions import Repository, Versions

FORMATS = ("terminal", "json", "markdown")
HEAD = "HEAD"


@dataclass(frozen=True)
class Request:
    """One call of the command. words: datasets, and a revision among them where there is no `base`."""

    words: tuple[str, ...]
    base: str | None
    rev: str | None
    staged: bool
    max_lost: float
    output: Path | None
    format: str
    config: Path | None


@click.command(
    epilog="""\b
Exit codes: 0 nothing is lost, 1 files or rows were lost without notice, 2 wrong usage, 3 could not be compared.
Checks are compared where verdicts on exactly these bytes are recorded: committed in reports/ (or --output), else what
`gates check` last left there or in .gates/verdicts. Nothing is judged.

\b
Examples:
  gates diff                          every dataset: the work tree against HEAD
  gates diff main                     ... against main
  gates diff reviews --staged         one dataset: what is staged against HEAD
  gates diff --base v1.2 --rev v1.3   two commits
"""
)
@click.argument("words", nargs=-1, metavar="[DATASET]... [REV]")
@click.option(
    "--base", metavar="REV", help=f"The version to compare with; then all words are datasets. [default: {HEAD}]"
)
@click.option("--rev", metavar="REV", help="Compare this commit instead of the work tree.")
@click.option("--staged", is_flag=True, help="Compare what is staged instead of the work tree.")
@click.option(
    "--max-lost", type=click.FloatRange(0, 1), default=MOST_LOST, show_default=True, metavar="SHARE",
    help="Share of the base's files that may go.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where `gates check --output DIR` writes verdicts. [default: reports]",
)  # fmt: skip
@click.option("--format", type=click.Choice(FORMATS), default="terminal", show_default=True)
@config_option
def command(**given: Any) -> int:
    """Show what became of datasets: files, rows per origin, outcomes.

    Without DATASET every dataset, without REV since HEAD.
    """
    return _diff(Request(**given))


def _diff(request: Request) -> int:
    from gates.config import load_config
    from gates.versions import open_repository

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
    from gates.differences import difference
    from gates.proposals.snippets import FOLDER
    from gates.verdict_store import VerdictStore

    named = request.output.absolute() if request.output else dataset.root / FOLDER
    stores = (VerdictStore(dataset.root, named), VerdictStore(dataset.root))
    places = tuple(store.path(dataset.name).resolve() for store in stores)
    return difference(repository, dataset, versions, places, request.max_lost)


def _meant(request: Request, config: Config, repository: Repository) -> tuple[list[DatasetConfig], str]:
    """The datasets and the base that the words name. Raises UsageError for a word that is neither, or may be both."""
    names = [word for word in dict.fromkeys(request.words) if word in config.datasets]
    others = [word for word in dict.fromkeys(request.words) if word not in config.datasets]
    datasets = [config.datasets[name] for name in names or config.datasets]
    if request.base is None and len(others) == 1 and (_is_known(repository, others[0]) or _is_shallow(repository)):
        return datasets, others[0]
    if others:
        what = "dataset" if request.base else "dataset and no revision"
        raise UsageError(f"'{others[0]}' is no {what} ({did_you_mean(others[0], config.datasets)})")
    both = None if request.base else next((name for name in names if _is_known(repository, name)), None)
    if both:
        raise UsageError(
            f"'{both}' is a dataset and a revision: with --base {HEAD} it is the dataset, with --base {both} the revision"
        )
    return datasets, request.base or HEAD


def _is_known(repository: Repository, name: str) -> bool:
    return repository.git is not None and repository.git.commit_or_none(name) is not None


def _is_shallow(repository: Repository) -> bool:
    git = repository.git
    return git is not None and git.run("rev-parse", "--is-shallow-repository").strip() == b"true"


def _versions(repository: Repository, request: Request, base: str) -> Versions:
    """The two versions. Raises DataError where the history that is here does not reach back to the base."""
    from gates.versions import Versions, choose_versions, revision

    judged = choose_versions(repository, rev=request.rev, staged=request.staged).judged
    try:
        return Versions(judged, revision(repository, base))
    except UsageError as error:
        if _is_shallow(repository):
            raise DataError(f"could not compare: {error}") from error
        raise


def _show(found: Sequence[Difference], form: str) -> None:
    from gates.differences import as_json, markdown, terminal

    if form == "json":
        click.echo(as_json(found), nl=False)
        return
    shown = markdown if form == "markdown" else terminal
    click.echo("\n".join(shown(one) for one in found), nl=False)
