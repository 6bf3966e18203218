"""The files of the commit before that are not here as they were: their human rows must stand elsewhere now."""

from __future__ import annotations

import hashlib
import posixpath
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.config.digests import digest
from gates.config.removals import FOLDER, REMOVALS
from gates.config.schema_files import text_digest
from gates.data.previous_version import CommitBefore, PromotedRows
from gates.errors import DataError, GatesError, UsageError
from gates.versions.configuration import config_at
from gates.versions.path_contents import folder_of
from gates.versions.snapshots import data_files_at, snapshot_or_empty
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig
    from gates.versions.path_contents import SnapshotFile
    from gates.versions.snapshots import Snapshot
    from gates.versions.version import Version

_SHA1_LENGTH = 40


def commit_before(
    at: JudgedVersion, home: DatasetConfig, seen: Snapshot, manifests: Mapping[str, bytes]
) -> CommitBefore | None:
    """What the commit before had of a dataset, under its own configuration; None where it had nothing.

    home: the dataset with its root in the work tree. seen: what is judged. manifests: as in `Store`.
    """
    before = at.before
    if before is None:
        return None
    try:
        with _configured(at, home, before) as dataset:
            was = snapshot_or_empty(at.repository, dataset, before, manifests=manifests)
    except GatesError as error:
        return CommitBefore(str(before), unknown=f"the files of {before} are not known: {error}")
    is_read_alike = _reading(dataset) == _reading(home)
    as_they_were = {_identity(file) for file in seen.files if is_read_alike and file.entry.identity}
    files = tuple(file for file in was.files if _identity(file) not in as_they_were)
    if not files:
        return CommitBefore(str(before))
    records = frozenset(_records(at, home, before))
    here = {str(file.entry.identity): at.home / file.name for file in seen.files} if at.is_worktree else {}
    names = {file.name for file in seen.files}
    bytes_now = {file.entry.identity for file in seen.files}
    return CommitBefore(
        str(before),
        _CommitRows(at, home, before, files, here),
        digest([str(before), [_identity(file) for file in files], _reading(dataset), sorted(records)]),
        tuple((file.name, file.entry.md5, file.origin) for file in files),
        tuple(file.name for file in files if file.name not in names and file.entry.identity not in bytes_now),
        records,
    )


def _identity(file: SnapshotFile) -> tuple[str, str | None, str | None]:
    return file.name, file.entry.identity, file.origin


def _reading(dataset: DatasetConfig) -> list[object]:
    """What says who made a row, and what it says."""
    origins = [dataset.origins.human, dataset.origins.synthetic]
    return [dataset.type, dataset.origin, origins, sorted(dataset.columns.items())]


def _records(at: JudgedVersion, home: DatasetConfig, before: Version) -> Iterator[str]:
    """The digests of the records of removals that the commit has."""
    tree = tree_at(at.repository, before)
    folder = posixpath.normpath(posixpath.join(folder_of(at.repository, home), FOLDER, home.name, REMOVALS))
    yield from map(
        text_digest, tree.read(name for name in tree.listing.blobs if name.startswith(f"{folder}/")).values()
    )


def _has_same_configuration(at: JudgedVersion, before: Version) -> bool:
    """Whether the commit has the very file, by the name that git gives its bytes: then it need not be read."""
    name = at.repository.relative(at.config_path.resolve())
    blob = tree_at(at.repository, before).listing.blobs.get(name or "", "")
    content = at.config.path.read_bytes()
    kind = "sha1" if len(blob) == _SHA1_LENGTH else "sha256"
    return blob == hashlib.new(kind, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@contextmanager
def _configured(at: JudgedVersion, home: DatasetConfig, before: Version) -> Iterator[DatasetConfig]:
    """The dataset as the commit configures it, or as it is now where that has none of this name, or none to be read."""
    if _has_same_configuration(at, before):
        yield home
        return
    with ExitStack() as stack:
        try:
            own = stack.enter_context(config_at(at.repository, at.config_path, before)).datasets.get(home.name)
        except GatesError:
            own = None
        yield replace(own, root=at.home) if own else home


@dataclass(frozen=True)
class _CommitRows:
    """An `EarlierContent`."""

    at: JudgedVersion
    home: DatasetConfig
    before: Version
    files: tuple[SnapshotFile, ...]
    here: Mapping[str, Path]

    @contextmanager
    def rows(self) -> Iterator[PromotedRows]:
        from gates.contract.plugins.registry import data_type_of
        from gates.data.duckdb.dataset import open_dataset

        with ExitStack() as stack:
            try:
                dataset = stack.enter_context(_configured(self.at, self.home, self.before))
                data = stack.enter_context(data_files_at(self.at.repository, self.before, self.files, self.here))
                opened = stack.enter_context(open_dataset(dataset, data_type_of(dataset), files=data))
            except (UsageError, OSError) as error:
                raise DataError(str(error)) from error
            yield PromotedRows(opened, {column: role for role, column in dataset.columns.items()}, str(self.before))
