"""Whether the paths of a dataset lead anywhere: to files, or to what DVC or git can bring."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.addresses import is_address
from gates.config.dataset import DatasetConfig, specs_of
from gates.data.files import resolve
from gates.errors import DataError, UsageError
from gates.versions.dataset.pointers import tracked_at
from gates.versions.path_patterns import fixed_part, is_below, matching
from gates.versions.repository import open_repository
from gates.versions.trees import PIPELINE
from gates.versions.version import WORKTREE

if TYPE_CHECKING:
    from collections.abc import Iterator


def lost_paths(dataset: DatasetConfig) -> Iterator[UsageError]:
    """One error for each path at which there is nothing, and which neither git nor DVC knows.

    Where a pipeline of DVC makes files, one of them may not have been made yet: then nothing is lost.
    """
    named = [("path", dataset.path), *(("partitions", paths) for paths in dataset.partitions.values())]
    named += [("reference", dataset.reference), ("holdout", dataset.holdout), ("evaluation", dataset.evaluation)]
    for key, spec in ((key, spec) for key, specs in named for spec in specs_of(specs)):
        # Lint reads files and asks no network.
        if is_address(spec):
            continue
        try:
            resolve(spec, dataset.root, dataset.place(key))
        except UsageError as error:
            if not _may_come(dataset, spec):
                yield error
        except DataError:
            # Something is there; what is wrong with it, who reads it says.
            continue


def _may_come(dataset: DatasetConfig, spec: str) -> bool:
    repository = open_repository(dataset.root)
    path = repository.relative(Path(os.path.normpath(dataset.root.resolve() / spec)))
    tracked = tracked_at(repository, WORKTREE)
    if path and matching({*tracked.blobs, *tracked.pointers}, path):
        return True
    if path and any(is_below(fixed_part(path), pointer) for pointer in tracked.pointers):
        return True
    return any((folder / PIPELINE).is_file() for folder in (dataset.root.resolve(), repository.top))
