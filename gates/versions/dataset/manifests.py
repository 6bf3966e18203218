"""Which lists of files a dataset needs at a version, and whether they are here."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.versions.dataset.path_contents import folder_of
from gates.versions.dvc.pointers import pointers_in
from gates.versions.dvc.store import Store
from gates.versions.path_patterns import concerns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.dataset import DataPaths
    from gates.versions.dvc.pointer import Pointer
    from gates.versions.trees import Tree


def pointers_of(config: DataPaths, tree: Tree) -> list[Pointer]:
    """Pointers that a dataset's paths may reach; what has one and lies in git, as `cache: false` does, needs none.

    tree: of a commit or of the index.
    """
    folder = folder_of(tree.repository, config)
    places = [posixpath.normpath(posixpath.join(folder, spec)) for spec in config.paths()]
    return [
        pointer
        for path, pointer in pointers_in(tree).by_path.items()
        if path not in tree.listing.blobs and any(concerns(path, place) for place in places)
    ]


def far_pointer(config: DataPaths, tree: Tree, manifests: Mapping[str, bytes] | None = None) -> Pointer | None:
    """The first pointer of a dataset whose list of files only a remote has; None where a snapshot asks no remote.

    A pointer that names no content is none of them: no remote could tell more. manifests: as in `Store`.
    """
    named = [pointer for pointer in pointers_of(config, tree) if pointer.files or pointer.content.identity]
    with Store(tree.repository, tree.version, manifests) as store:
        return next((pointer for pointer in named if not store.has_manifest(pointer)), None)
