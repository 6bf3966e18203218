"""What names a dataset's bytes at a version, without asking for manifests or data: enough to see that nothing changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gates.versions.matching import concerns
from gates.versions.pointers import pointers_in
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from gates.dataset_config import DatasetConfig
    from gates.versions.repository import Repository
    from gates.versions.version import Version


def concerned(
    repository: Repository, config: DatasetConfig, version: Version
) -> tuple[frozenset[tuple[str, ...]], ...]:
    """The pointers and the blobs that a dataset's paths can stand for at a commit or in the index.

    Two equal ones are the same data; two that differ may be. A path outside of the repository has nothing here.
    """
    tree = tree_at(repository, version)
    specs = [path for path in (config.path, *config.partitions.values(), config.holdout) if path]
    paths = [repository.relative(Path(os.path.normpath(config.root.resolve() / spec))) for spec in specs]
    wanted = [path for path in paths if path is not None]
    pointed = frozenset(
        (path, str(pointer.content.identity), *(f"{file.name} {file.identity}" for file in pointer.files))
        for path, pointer in pointers_in(tree).by_path.items()
        if any(concerns(path, spec) for spec in wanted)
    )
    blobs = frozenset(
        (path, blob) for path, blob in tree.listing.blobs.items() if any(concerns(path, spec) for spec in wanted)
    )
    return pointed, blobs
