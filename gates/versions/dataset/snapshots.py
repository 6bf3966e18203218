"""A dataset at a version: the names of its files, and what names their bytes."""

from __future__ import annotations

import hashlib
import json
import posixpath
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.addresses import is_address
from gates.data.files import (
    DataFile,
    by_partition,
    data_file,
    data_files,
    evaluation_files,
    files_of_specs,
    holdout_files,
    overlap,
)
from gates.errors import UsageError
from gates.regular_files import refuse_pointer
from gates.versions.dataset.path_contents import Contents, SnapshotFile, folder_of
from gates.versions.dvc.ignored import DvcIgnored, covering
from gates.versions.dvc.md5 import Md5Of, file_md5
from gates.versions.dvc.pointer import ManifestEntry
from gates.versions.dvc.pointers import pointers
from gates.versions.dvc.store import Store
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from gates.config.dataset import DataPaths
    from gates.versions.git.blobs import Blobs
    from gates.versions.repository import Repository

_IN_THE_WORK_TREE = "`git lfs pull` brings it into the work tree: give --worktree; or `dvc add` it"


@dataclass(frozen=True)
class Snapshot:
    """The files of a dataset at a version, and those of its holdout and of its evaluation sets, each sorted by name.

    No holdout and no evaluation sets are None. left_out: as in `VersionFiles`.
    """

    version: Version
    files: tuple[SnapshotFile, ...]
    holdout: tuple[SnapshotFile, ...] | None = None
    evaluation: tuple[SnapshotFile, ...] | None = None
    left_out: tuple[str, ...] = ()

    @property
    def all_files(self) -> tuple[SnapshotFile, ...]:
        """Everything that is read to reach a verdict."""
        return (*self.files, *(self.holdout or ()), *(self.evaluation or ()))

    @property
    def digest(self) -> str:
        """sha256 over names, hashes and origins of all files: equal where the same data would be judged.

        It stands on md5 and is a key for what was computed before, never evidence.
        """
        parts = [
            files and [[file.name, file.entry.identity, file.origin] for file in files]
            for files in (self.files, self.holdout, self.evaluation)
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def pointer_md5s(self) -> dict[str, str]:
        """The md5 that each pointer of the files names, by the path that it tracks.

        Raises UsageError for a file that no pointer tracks, or one without an md5.
        """
        md5s = {}
        for file in self.all_files:
            if file.pointer is None:
                raise UsageError(
                    f"{file.name} is in git and not in DVC; `git rm --cached {file.name}`, `dvc add {file.name}`, commit and check again"
                )
            if file.pointer.md5 is None:
                raise UsageError(
                    f"{file.name}: {file.pointer.place} has no md5, as in cloud-versioned remotes; nothing names the bytes offline: track the file itself with `dvc add`"
                )
            md5s[file.pointer.path] = file.pointer.md5 + (".dir" if file.pointer.is_dir else "")
        return md5s


@dataclass(frozen=True)
class VersionFiles:
    """Files to open, as in `open_dataset(config, files=files.dataset)`: of holdout and evaluation sets too.

    left_out: names of files in the work tree that no commit would have, as a `.dvcignore` keeps them out of DVC.
    """

    dataset: list[DataFile]
    holdout: list[DataFile] | None
    evaluation: list[DataFile] | None
    left_out: tuple[str, ...] = ()


def work_tree_files(repository: Repository, config: DataPaths) -> VersionFiles:
    """The files of a dataset in the work tree, as `dvc add` and `git add` would take them.

    Raises what `data_files`, `holdout_files` and `evaluation_files` raise.
    """
    ignored = DvcIgnored(repository, config)
    dataset = data_files(config, ignored.without)
    holdout, evaluation = holdout_files(config, ignored.without), evaluation_files(config, ignored.without)
    return VersionFiles(dataset, holdout, evaluation, tuple(sorted(ignored.names)))


def snapshot(
    repository: Repository,
    config: DataPaths,
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
    repository: Repository, config: DataPaths, version: Version, *, manifests: Mapping[str, bytes] | None = None
) -> Snapshot:
    """As `snapshot`, to compare with: at a version where the dataset was not there yet, it has no files."""
    if version.kind is VersionKind.WORKTREE:
        return snapshot(repository, config, version)
    with Store(repository, version, manifests) as store:
        return _listed(config, version, Contents(repository, config, version, store).find_any)


@contextmanager
def files_at(repository: Repository, config: DataPaths, version: Version) -> Iterator[VersionFiles]:
    """The files of a dataset at a version, ready to be opened; what had to be fetched or unpacked goes at the end.

    Names are those of the work tree, so that equal bytes give equal verdicts. Bytes that a pointer names are verified.
    Raises what `snapshot` raises, and DataError for bytes that cannot be had or are not what their name says.
    """
    if version.kind is VersionKind.WORKTREE:
        yield work_tree_files(repository, config)
        return
    with Store(repository, version) as store:
        contents = Contents(repository, config, version, store)
        current = _of_version(contents, config, version)
        with contents.tree.blobs() as blobs:
            dataset = [_data_file(file, store, blobs) for file in current.files]
            holdout, evaluation = (
                None if files is None else [_data_file(file, store, blobs) for file in files]
                for files in (current.holdout, current.evaluation)
            )
        yield VersionFiles(dataset, holdout, evaluation)


def refuse_damaged(repository: Repository, seen: Snapshot, md5_of: Md5Of) -> None:
    """Raises DataError where an object in DVC's cache is not what a snapshot's pointers name. What is not here is not fetched.

    md5_of: how they are hashed, for callers that remember.
    """
    with Store(repository, seen.version) as store:
        for file in seen.all_files:
            if file.pointer and seen.version.kind is not VersionKind.WORKTREE:
                store.refuse_damaged(file.entry, file.pointer, md5_of)


@contextmanager
def data_files_at(
    repository: Repository, version: Version, files: Iterable[SnapshotFile], here: Mapping[str, Path]
) -> Iterator[list[DataFile]]:
    """Some files of a commit or the index, ready to be opened. here: bytes in the work tree, by what names them.

    Raises DataError as `files_at` does.
    """
    with Store(repository, version) as store, tree_at(repository, version).blobs() as blobs:
        yield [
            data_file(path, file.name, file.origin)
            if file.pointer
            and not store.at_hand(file.entry, file.pointer)
            and (path := here.get(file.entry.identity or ""))
            else _data_file(file, store, blobs)
            for file in files
        ]


def _of_version(contents: Contents, config: DataPaths, version: Version) -> Snapshot:
    listed = _listed(config, version, contents.find)
    own = {file.entry.name for file in listed.files}
    for key, others in (("holdout", listed.holdout), ("evaluation", listed.evaluation)):
        for file in others or ():
            if file.entry.name in own:
                raise UsageError(overlap(config, file.name, key))
    return listed


def _listed(config: DataPaths, version: Version, find: Callable[..., list[SnapshotFile]]) -> Snapshot:
    """What one of the two ways of `Contents` finds at the paths of a configuration."""
    files = by_partition(config, find)
    beside = (("holdout", config.holdout), ("evaluation", config.evaluation))
    holdout, evaluation = (
        tuple(files_of_specs(specs, lambda spec, key=key: find(spec, config.place(key)))) if specs else None  # type: ignore[misc]
        for key, specs in beside
    )
    return Snapshot(version, tuple(files), holdout, evaluation)


def _of_work_tree(repository: Repository, config: DataPaths, version: Version, md5_of: Md5Of) -> Snapshot:
    tracked = pointers(repository, version)
    folder = folder_of(repository, config)

    def hashed(file: DataFile) -> SnapshotFile:
        name = file.name if is_address(file.name) else posixpath.normpath(posixpath.join(folder, file.name))
        pointer = covering(tracked, name)
        md5, size = md5_of(file.path, is_legacy=pointer is not None and pointer.is_legacy)
        return SnapshotFile(file.name, ManifestEntry(name, md5, size), file.origin)

    present = work_tree_files(repository, config)
    holdout, evaluation = (
        None if files is None else tuple(map(hashed, files)) for files in (present.holdout, present.evaluation)
    )
    return Snapshot(version, tuple(map(hashed, present.dataset)), holdout, evaluation, present.left_out)


def _data_file(file: SnapshotFile, store: Store, blobs: Blobs) -> DataFile:
    path = store.path_of(file.entry, file.pointer) if file.pointer else unpacked(file, store, blobs)
    return data_file(path, file.name, file.origin)


def unpacked(file: SnapshotFile, store: Store, blobs: Blobs) -> Path:
    """Where the bytes of a file that git has lie now. Raises DataError for what only stands for the bytes."""
    path = store.new_file()
    start = b""
    with path.open("wb") as stream:
        for block in blobs.blocks(str(file.blob)):
            start = start or block
            stream.write(block)
    refuse_pointer(start, file.entry.name, _IN_THE_WORK_TREE)
    return path
