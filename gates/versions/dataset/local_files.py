"""Single files of a dataset at a version, as far as their bytes are here: nothing is fetched."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gates.data.files import DataFile, data_file
from gates.versions.dataset.snapshots import unpacked
from gates.versions.dvc.store import Store
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.config.dataset import DataPaths
    from gates.versions.dataset.path_contents import SnapshotFile
    from gates.versions.git.blobs import Blobs
    from gates.versions.repository import Repository


class FilesAtHand:
    """Made by `files_at_hand`."""

    def __init__(self, config: DataPaths, inside: tuple[Store, Blobs] | None) -> None:
        self._config, self._inside = config, inside

    def find(self, file: SnapshotFile) -> DataFile | None:
        """The file to open, its bytes not verified yet; None where they would have to be fetched.

        Raises DataError for a file in Git LFS.
        """
        if self._inside is None:
            return data_file(self._config.root / file.name, file.name, file.origin)
        store, blobs = self._inside
        path = store.at_hand(file.entry, file.pointer) if file.pointer else unpacked(file, store, blobs)
        return data_file(path, file.name, file.origin) if path else None

    def refuse_other_bytes(self, file: SnapshotFile, md5: str) -> None:
        """Raises DataError when bytes with this md5 are not those that a pointer names."""
        if self._inside and file.pointer and md5 != file.entry.md5:
            # Hashes of DVC 2 take CRLF for LF; the store knows, and has the words for what is wrong.
            self._inside[0].path_of(file.entry, file.pointer)


@contextmanager
def files_at_hand(repository: Repository, config: DataPaths, version: Version) -> Iterator[FilesAtHand]:
    """Where the bytes of single files of a dataset lie; what had to be unpacked goes at the end.

    config: with the root in the work tree.
    """
    if version.kind is VersionKind.WORKTREE:
        yield FilesAtHand(config, None)
        return
    with Store(repository, version) as store, tree_at(repository, version).blobs() as blobs:
        yield FilesAtHand(config, (store, blobs))
