"""What lies at a path of a configuration at a version: files in git, and files that DVC tracks."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.addresses import is_address
from gates.data.files import FORMATS_TEXT, holds_no_rows
from gates.errors import DataError, UsageError, did_you_mean
from gates.versions.dvc.md5 import blocks_md5
from gates.versions.dvc.pointer import ManifestEntry, Pointer, PointerKind
from gates.versions.dvc.pointers import pointers_in
from gates.versions.path_patterns import concerns, fixed_part, is_below, matching
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.dataset import DataPaths
    from gates.versions.dvc.store import Store
    from gates.versions.repository import Repository
    from gates.versions.version import Version


@dataclass(frozen=True)
class SnapshotFile:
    """One file of a dataset at a version. name: as `DataFile.name`, relative to the configuration's folder.

    entry: its path in the repository, and what names its bytes. origin: the one a partition path gives it.
    blob: its blob, where git has it. pointer: the pointer that names it, where DVC has it. In the work tree: neither.
    """

    name: str
    entry: ManifestEntry
    origin: str | None = None
    blob: str | None = None
    pointer: Pointer | None = None


def lies_elsewhere(repository: Repository, config: DataPaths) -> bool:
    """Whether some of the data is at an address or outside of the repository, where no version has it."""
    root = config.root.resolve()
    return any(
        is_address(spec) or repository.relative(Path(os.path.normpath(root / spec))) is None for spec in config.paths()
    )


def folder_of(repository: Repository, config: DataPaths) -> str:
    """The configuration's folder within the repository. Raises UsageError when it lies elsewhere."""
    folder = repository.relative(config.root.resolve())
    if folder is None:
        raise UsageError(f"{config.source} lies in {config.root}, outside of the repository {repository.top}")
    return folder


class Contents:
    """All that git and DVC have at a version, looked up by the paths of one configuration."""

    def __init__(self, repository: Repository, config: DataPaths, version: Version, store: Store) -> None:
        self.tree = tree = tree_at(repository, version)
        tracked = pointers_in(tree)
        self._repository, self._version, self._store = repository, version, store
        self._blobs = tree.listing.blobs
        self._pointers, self._unplaced, self._unlocked = tracked.by_path, tracked.unplaced, tracked.unlocked
        self._root, self._folder = config.root.resolve(), folder_of(repository, config)

    def find(self, spec: str, place: str, origin: str | None = None) -> list[SnapshotFile]:
        """The data files that a file, folder or glob stands for, sorted by name, as in `gates.data.files.resolve`.

        Raises UsageError when there is nothing, DataError when what is there holds no data or cannot be listed.
        """
        path = self._path_of(spec, place)
        files = self.find_any(spec, place, origin)
        if files:
            return files
        if matching(self._files_at(path), path):
            raise DataError(f"{place}: {spec} holds no data files in {self._version}; expected {FORMATS_TEXT}")
        raise UsageError(f"{place}: {self._nothing_at(spec, path)}")

    def find_any(self, spec: str, place: str, origin: str | None = None) -> list[SnapshotFile]:
        """As `find`, but nothing where there is nothing. Raises DataError for a path that no version can have."""
        try:
            path = self._path_of(spec, place)
        except UsageError as error:
            raise DataError(str(error)) from error
        candidates = self._files_at(path)
        chosen = [
            replace(candidates[match], origin=origin)
            for match in matching(candidates, path)
            if match == path or not holds_no_rows(match.rpartition("/")[2])
        ]
        return sorted(self._with_hashes(chosen), key=lambda file: file.name)

    def names_at(self, spec: str) -> list[str]:
        """The names of all files that may lie at a path or below it, whether they hold rows or not."""
        return [file.name for file in self._files_at(self._path_of(spec, spec)).values()]

    def _path_of(self, spec: str, place: str) -> str:
        if is_address(spec):
            raise UsageError(
                f"{place}: no version has what lies at {spec}; only the work tree can be judged, or what `dvc import-url` "
                "brings into the repository"
            )
        path = self._repository.relative(Path(os.path.normpath(self._root / spec)))
        if path is None:
            raise UsageError(
                f"{place}: '{spec}' lies outside of {self._repository.top.name}; only the work tree can be judged"
            )
        return path

    def _files_at(self, spec: str) -> Mapping[str, SnapshotFile]:
        """Files that a path may stand for, by their path in the repository."""
        unread = next((why for path, why in self.tree.listing.unread.items() if concerns(path, spec)), None)
        if unread:
            raise DataError(unread)
        self.tree.listing.refuse_link(fixed_part(spec))
        files: dict[str, SnapshotFile] = {}
        for pointer in self._pointers.values():
            if not concerns(pointer.path, spec):
                continue
            # Outs with `cache: false` have a pointer, but their bytes are in git.
            is_in_git = pointer.path in self._blobs
            for entry in (pointer.content,) if is_in_git else self._store.manifest(pointer):
                files[entry.name] = self._file(entry, None, pointer)
        for path, blob in self._blobs.items():
            if concerns(path, spec):
                pointed = files.get(path)
                entry = pointed.entry if pointed and _tells_bytes(pointed.pointer) else ManifestEntry(path, None)
                files[path] = self._file(entry, blob, None)
        return files

    def _file(self, entry: ManifestEntry, blob: str | None, pointer: Pointer | None) -> SnapshotFile:
        return SnapshotFile(posixpath.relpath(entry.name, self._folder), entry, None, blob, pointer)

    def _with_hashes(self, files: list[SnapshotFile]) -> list[SnapshotFile]:
        """Files of git get their md5, so that data moved from git to DVC is seen to be the same."""
        if not any(file.blob for file in files):
            return files
        hashed = []
        with self.tree.blobs() as blobs:
            for file in files:
                entry = file.entry
                if file.blob:
                    self.tree.listing.refuse_link(entry.name)
                    md5, size = blocks_md5(blobs.blocks(file.blob))
                    self._refuse_other_pointer(entry, md5)
                    entry = replace(entry, md5=md5, size=size)
                hashed.append(replace(file, entry=entry))
        return hashed

    def _refuse_other_pointer(self, entry: ManifestEntry, md5: str) -> None:
        """Raises DataError where a pointer names other bytes than git has: which lie there depends on who came last."""
        if entry.md5 not in {None, md5}:
            raise DataError(
                f"{entry.name}: git has other bytes in {self._version} than DVC's pointer names; `git rm --cached` it, or "
                "remove it from DVC"
            )

    def _nothing_at(self, spec: str, path: str) -> str:
        """That there is nothing, with the nearest name there is, and how to bring what lies in the work tree there."""
        problem = f"'{spec}' is not in {self._version}"
        stage = next((stage for out, stage in self._unlocked.items() if is_below(path, out)), None)
        if stage:
            return f"{problem}: {stage} has no entry in its dvc.lock, as after a failure; `dvc repro`, then commit dvc.lock"
        if (self._repository.top / path).exists():
            return f"{problem}, but in the work tree; {self._adding(spec, path)}, or give --worktree"
        if self._unplaced:
            return f"{problem}; outs of {self._unplaced[0]} were not looked at: its wdir is a template, write it out"
        folder = posixpath.dirname(path)
        names = {*self._pointers, *self._blobs, *self._files_at(path)}
        near = {
            name[len(folder) + 1 if folder else 0 :].split("/")[0] for name in names if concerns(name, folder or ".")
        }
        hint = did_you_mean(posixpath.basename(path), near)
        return problem + (f" ({hint})" if hint.startswith("did") else "")

    def _adding(self, spec: str, path: str) -> str:
        within = next((name for name in self.tree.listing.submodules if is_below(path, name)), None)
        if within:
            return f"commit it in the submodule {within}, then `git add {within}`"
        if self._repository.dvc_root(path) is None:
            return f"run `git add {spec}`"
        is_added = (self._repository.top / f"{path}.dvc").is_file()
        return f"run `git add {spec}.dvc`" if is_added else f"run `dvc add {spec}` and `git add {spec}.dvc`"


def _tells_bytes(pointer: Pointer | None) -> bool:
    """Whether a pointer tells which bytes git has. The lock of a stage may be behind; DVC 2's md5 takes CRLF for LF."""
    return pointer is not None and pointer.kind is not PointerKind.STAGE and not pointer.is_legacy
