"""A dataset at a version: the names of its files, and what names their bytes."""

from __future__ import annotations

import hashlib
import json
import posixpath
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.engines.files import DataFile, by_partition, data_file, data_files, holdout_files, overlap
from gates.errors import DataError, UsageError
from gates.versions.contents import Contents, SnapshotFile, folder_of
from gates.versions.hashing import file_md5
from gates.versions.pointer import ManifestEntry
from gates.versions.pointers import pointers
from gates.versions.store import Store
from gates.versions.version import VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gates.configuration.dataset import DatasetConfig
    from gates.versions.git import Blobs
    from gates.versions.hashing import Md5Of
    from gates.versions.pointer import Pointer
    from gates.versions.repository import Repository
    from gates.versions.version import Version

# The first line of what git keeps in place of a file that Git LFS has (git-lfs/docs/spec.md).
_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True)
class Snapshot:
    """The files of a dataset at a version, and those of its holdout, both sorted by name; no holdout is None."""

    version: Version
    files: tuple[SnapshotFile, ...]
    holdout: tuple[SnapshotFile, ...] | None = None

    @property
    def digest(self) -> str:
        """sha256 over names, hashes and origins of all files: equal where the same data would be judged.

        It stands on md5 and is a key for what was computed before, never evidence.
        """
        lines = [[file.name, file.entry.identity, file.origin] for file in self.files]
        held = self.holdout and [[file.name, file.entry.identity, file.origin] for file in self.holdout]
        return hashlib.sha256(json.dumps([lines, held]).encode()).hexdigest()


@dataclass(frozen=True)
class VersionFiles:
    """Files to open: `open_dataset(config, files=found.dataset)`, `open_holdout(config, files=found.holdout)`."""

    dataset: list[DataFile]
    holdout: list[DataFile] | None


def snapshot(
    repository: Repository,
    config: DatasetConfig,
    version: Version,
    *,
    md5_of: Md5Of = file_md5,
    manifests: Mapping[str, bytes] | None = None,
) -> Snapshot:
    """What a dataset is at a version. Of the work tree the bytes count that lie there, whatever pointers say.

    md5_of: how files of the work tree are hashed, for callers that remember. manifests: as in `Store`. Raises UsageError
    where a path of the configuration has nothing at the version, DataError for a manifest that cannot be had or is damaged.
    """
    if version.kind is VersionKind.WORKTREE:
        return _of_work_tree(repository, config, version, md5_of)
    with Store(repository, version, manifests) as store:
        return _of_version(Contents(repository, config, version, store), config, version)


def snapshot_or_empty(
    repository: Repository, config: DatasetConfig, version: Version, *, manifests: Mapping[str, bytes] | None = None
) -> Snapshot:
    """As `snapshot`, to compare with: at a version where the dataset was not there yet, it has no files."""
    if version.kind is VersionKind.WORKTREE:
        return snapshot(repository, config, version)
    with Store(repository, version, manifests) as store:
        contents = Contents(repository, config, version, store)
        files = by_partition(config, contents.find_any)
        held = contents.find_any(config.holdout, config.place("holdout")) if config.holdout else None
        return Snapshot(version, tuple(files), None if held is None else tuple(held))


@contextmanager
def files_at(repository: Repository, config: DatasetConfig, version: Version) -> Iterator[VersionFiles]:
    """The files of a dataset at a version, ready to be opened; what had to be fetched or unpacked goes at the end.

    Names are those of the work tree, so that equal bytes give equal verdicts. Bytes that a pointer names are verified.
    Raises what `snapshot` raises, and DataError for bytes that cannot be had or are not what their name says.
    """
    if version.kind is VersionKind.WORKTREE:
        yield VersionFiles(data_files(config), holdout_files(config))
        return
    with Store(repository, version) as store:
        found = _of_version(Contents(repository, config, version, store), config, version)
        with git_of(repository, str(version)).blobs() as blobs:
            dataset = [_data_file(file, store, blobs) for file in found.files]
            held = None if found.holdout is None else [_data_file(file, store, blobs) for file in found.holdout]
        yield VersionFiles(dataset, held)


def _of_version(contents: Contents, config: DatasetConfig, version: Version) -> Snapshot:
    files = by_partition(config, contents.find)
    if config.holdout is None:
        return Snapshot(version, tuple(files))
    held = contents.find(config.holdout, config.place("holdout"))
    own = {file.entry.name for file in files}
    for file in held:
        if file.entry.name in own:
            raise UsageError(overlap(config, file.name))
    return Snapshot(version, tuple(files), tuple(held))


def _of_work_tree(repository: Repository, config: DatasetConfig, version: Version, md5_of: Md5Of) -> Snapshot:
    tracked = pointers(repository, version)
    folder = folder_of(repository, config)

    def hashed(file: DataFile) -> SnapshotFile:
        name = posixpath.normpath(posixpath.join(folder, file.name))
        pointer = _covering(tracked, name)
        md5, size = md5_of(file.path, is_legacy=pointer is not None and pointer.is_legacy)
        return SnapshotFile(file.name, ManifestEntry(name, md5, size), file.origin)

    held = holdout_files(config)
    return Snapshot(version, tuple(map(hashed, data_files(config))), None if held is None else tuple(map(hashed, held)))


def _covering(tracked: Mapping[str, Pointer], name: str) -> Pointer | None:
    """The pointer of a file, or of the nearest tracked folder around it."""
    while name:
        if name in tracked:
            return tracked[name]
        name = name.rpartition("/")[0]
    return None


def _data_file(file: SnapshotFile, store: Store, blobs: Blobs) -> DataFile:
    path = store.path_of(file.entry, file.pointer) if file.pointer else unpacked(file, store, blobs)
    return data_file(path, file.name, file.origin)


def unpacked(file: SnapshotFile, store: Store, blobs: Blobs) -> Path:
    """Where the bytes of a file that git has lie now. Raises DataError for what only stands for the bytes."""
    path = store.new_path()
    start = b""
    with path.open("wb") as stream:
        for block in blobs.blocks(str(file.blob)):
            start = start or block
            stream.write(block)
    if start.startswith(_LFS):
        raise DataError(
            f"{file.entry.name}: in Git LFS, which is not read; check it out and give --worktree, or `dvc add` it"
        )
    return path
