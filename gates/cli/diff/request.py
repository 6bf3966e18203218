"""One call of `gates diff`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gates.cli.streams import clean_stdout, note, progress_bar
from gates.errors import GatesError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository

Result = TypeVar("Result")

# As many versions as a reader compares; each is read whole.
NEWEST = 20


@dataclass(frozen=True)
class DiffRequest:
    """One call of the command. words: datasets, and a revision among them where there is no `base`.

    every: all versions instead of two; metric, limit and plots are about those.
    """

    words: tuple[str, ...]
    base: str | None
    rev: str | None
    staged: bool
    max_lost: float | None
    every: bool
    metric: str | None
    limit: int | None
    plots: Path | None
    output: Path | None
    format: str
    config: Path | None


def verdict_paths(dataset: DatasetConfig, output: Path | None) -> tuple[Path, ...]:
    """Where a verdict on it may lie: the folder for reports first."""
    from gates.init.snippets import FOLDER
    from gates.verdicts.store import VerdictStore

    named = output.absolute() if output else dataset.root / FOLDER
    stores = (VerdictStore(dataset.root, named), VerdictStore(dataset.root))
    return tuple(store.path(dataset.name).resolve() for store in stores)


def is_revision(repository: Repository, name: str) -> bool:
    return repository.git is not None and repository.git.commit_or_none(name) is not None


def each(
    datasets: Sequence[DatasetConfig], look_at: Callable[[DatasetConfig], Result]
) -> tuple[list[Result], list[int]]:
    """What a function gives for each dataset, and the exit codes of those for which it failed.

    The error of one of several is noted, and the others are shown all the same; that of a single one is raised.
    """
    results, codes = [], []
    for dataset in datasets:
        try:
            with clean_stdout(), progress_bar(dataset.name):
                results.append(look_at(dataset))
        except GatesError as error:
            if len(datasets) == 1:
                raise
            note(str(error))
            codes.append(error.exit_code)
    return results, codes
