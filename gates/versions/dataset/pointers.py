"""What names a dataset's bytes at a version, without asking for manifests or data: enough to see that nothing changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.data.files import holds_no_rows
from gates.versions.dvc.pointers import pointers_in
from gates.versions.path_patterns import concerns, fixed_part
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.dataset import DataPaths
    from gates.versions.dvc.pointer import Pointer
    from gates.versions.git.printed import Listing
    from gates.versions.repository import Repository
    from gates.versions.version import Version

Concerned = tuple[frozenset[tuple[str, ...]], ...]


@dataclass(frozen=True)
class Tracked:
    """All that git and DVC have at a commit or in the index, read once for many datasets.

    blobs: by path; of a submodule whose files are not here, its commit.
    """

    repository: Repository
    listing: Listing
    blobs: Mapping[str, str]
    pointers: Mapping[str, Pointer]


def tracked_at(repository: Repository, version: Version) -> Tracked:
    """What is tracked at a commit or in the index. Raises what `pointers` raises."""
    tree = tree_at(repository, version)
    unread = {path: commit for path, commit in tree.listing.submodules.items() if path in tree.listing.unread}
    return Tracked(repository, tree.listing, {**tree.listing.blobs, **unread}, pointers_in(tree).by_path)


def concerned(tracked: Tracked, config: DataPaths) -> Concerned:
    """The pointers and the blobs that a dataset's paths can stand for.

    Two equal ones are the same data; two that differ may be. A path outside of the repository has nothing here.
    Raises DataError where a symbolic link is among them, as it can stay while what lies behind it changes.
    """
    root = config.root.resolve()
    paths = [tracked.repository.relative(Path(os.path.normpath(root / spec))) for spec in config.paths()]
    wanted = [path for path in paths if path is not None]
    for spec in wanted:
        tracked.listing.refuse_link(fixed_part(spec))
    pointed = frozenset(
        (
            path,
            pointer.content.identity or tracked.blobs.get(pointer.file, ""),
            *(f"{file.name} {file.identity}" for file in pointer.files),
        )
        for path, pointer in tracked.pointers.items()
        if any(concerns(path, spec) for spec in wanted)
    )
    blobs = frozenset(
        (path, blob) for path, blob in tracked.blobs.items() if any(concerns(path, spec) for spec in wanted)
    )
    for path, _ in blobs:
        if not holds_no_rows(path.rpartition("/")[2]):
            tracked.listing.refuse_link(path)
    return pointed, blobs
