"""The files of the commit before that are not here as they were: their human rows must stand elsewhere now."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gates.checking.changes.moved_datasets import (
    MovedDatasets,
    has_datasets_as_now,
    has_same_configuration,
    moved_since,
)
from gates.config.digests import digest
from gates.config.removals import Removal, new_part
from gates.data.previous_version import CommitBefore, PromotedRows
from gates.errors import DataError, GatesError, UsageError
from gates.verdict import Scope
from gates.versions.configuration import config_at
from gates.versions.dataset.snapshots import Snapshot, data_files_at, files_at, snapshot_or_empty
from gates.versions.removals import removals_at
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from gates.checking.changes.moved_datasets import PlacedDataset
    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig
    from gates.data.files import DataFile
    from gates.versions.dataset.comparison import Comparison
    from gates.versions.dataset.path_contents import SnapshotFile

    _Earlier = tuple[Version, Callable[[], AbstractContextManager[DatasetConfig]]]


def commit_before(
    at: JudgedVersion, home: DatasetConfig, seen: Snapshot, manifests: Mapping[str, bytes]
) -> CommitBefore | None:
    """What the commit before had of a dataset, under its own configuration; None where it had nothing.

    Of a dataset that is new, or has other paths, that is also what the commit has in datasets that are gone by their id.
    home: the dataset with its root in the work tree. seen: what is judged. manifests: as in `Store`.
    """
    before = at.before
    if before is None:
        return None
    try:
        moved = {version: _moved(at, home, version) for version in (before, *at.compares.beside)}
        heirs = tuple(dict.fromkeys(heir for one in moved.values() for heir in one.heirs))
        earlier = (one for version in moved for one in _earlier(at, home, version, moved[version]))
        parts = tuple(_changed_parts(at, home, seen, earlier, manifests))
        elsewhere = [file for heir in heirs for file in _files_now(at, heir)]
    except GatesError as error:
        return CommitBefore(str(before), unknown=f"the files of {before} are not known: {error}")
    if not parts:
        return CommitBefore(str(before))
    name = " and ".join(dict.fromkeys(str(part.version) for part in parts))
    records = tuple(record for part in parts for record in part.records)
    here = {str(file.entry.identity): at.home / file.name for file in seen.files} if at.is_worktree else {}
    names = {file.name for file in seen.files}
    bytes_now = {file.entry.identity for file in (*seen.files, *elsewhere)}
    files = [file for part in parts for file in part.files]
    identities = [[_identity(file) for file in some] for some in (files, elsewhere)]
    return CommitBefore(
        name,
        _CommitRows(at, parts, heirs, here),
        digest([name, identities, [part.reading for part in parts], sorted({record.sha256 for record in records})]),
        tuple((file.name, file.entry.md5, file.origin) for file in files),
        tuple(file.name for file in files if file.name not in names and file.entry.identity not in bytes_now),
        records,
    )


def is_near_before(at: JudgedVersion) -> bool:
    """Whether `commit_before` asks for no more than the same dataset of the one version before, configured as it is now."""
    return at.before is not None and not at.compares.beside and has_datasets_as_now(at, at.before)


def lost_human_files(at: JudgedVersion, old: Snapshot, seen: Snapshot, changes: Comparison) -> tuple[str, ...]:
    """Human files that the index lacks and whose rows can stand nowhere else, known without reading a row.

    None are named where a file that may have human rows was added or changed, also a held-out one, or where a record came along.
    """
    if at.before is None or at.version.kind is not VersionKind.STAGED or old.holdout != seen.holdout:
        return ()
    # To list the index for its records takes another call of git.
    if not changes.removed:
        return ()
    origins = {file.name: file.origin for file in seen.files}
    if any(origins[name] != Scope.SYNTHETIC for name in (*changes.added, *changes.changed)):
        return ()
    was, now = (removals_at(tree_at(at.repository, version)) for version in (at.before, at.version))
    if any(new_part(record, was) for record in now):
        return ()
    left = {file.entry.identity for file in seen.files}
    gone = (file for file in old.files if file.name in changes.removed and file.entry.identity not in left)
    return tuple(file.name for file in gone if file.origin == Scope.HUMAN)


@dataclass(frozen=True)
class _Part:
    """The files of one dataset of the commit that are not here as they were. configured: its configuration; reading: of that.

    records: the commit's records of removals, of any dataset, as a record may move with its own.
    """

    version: Version
    configured: Callable[[], AbstractContextManager[DatasetConfig]]
    reading: Sequence[object]
    files: tuple[SnapshotFile, ...]
    records: tuple[Removal, ...]


def _changed_parts(
    at: JudgedVersion, home: DatasetConfig, seen: Snapshot, earlier: Iterable[_Earlier], manifests: Mapping[str, bytes]
) -> Iterator[_Part]:
    for version, configured in earlier:
        with configured() as dataset:
            was, reading = snapshot_or_empty(at.repository, dataset, version, manifests=manifests), _reading(dataset)
        is_read_alike = reading == _reading(home)
        as_they_were = {_identity(file) for file in seen.files if is_read_alike and file.entry.identity}
        files = tuple(file for file in was.files if _identity(file) not in as_they_were)
        if files:
            yield _Part(version, configured, reading, files, removals_at(tree_at(at.repository, version)))


def _earlier(at: JudgedVersion, home: DatasetConfig, before: Version, moved: MovedDatasets) -> Iterator[_Earlier]:
    """The dataset as a version has it, and those of that version which are gone."""
    yield before, partial(_configured, at, home, before)
    yield from ((before, partial(one.configured, at.repository)) for one in moved.gone)


def _moved(at: JudgedVersion, home: DatasetConfig, before: Version) -> MovedDatasets:
    return MovedDatasets() if has_datasets_as_now(at, before) else moved_since(at, home.name, before)


def _files_now(at: JudgedVersion, heir: PlacedDataset) -> tuple[SnapshotFile, ...]:
    with heir.configured(at.repository) as dataset:
        return snapshot_or_empty(at.repository, dataset, at.version).files


def _identity(file: SnapshotFile) -> tuple[str, str | None, str | None]:
    return file.name, file.entry.identity, file.origin


def _reading(dataset: DatasetConfig) -> list[object]:
    """What says who made a row, and what it says."""
    origins = [dataset.origins.human, dataset.origins.synthetic]
    return [dataset.type, dataset.origin, origins, sorted(dataset.columns.items())]


@contextmanager
def _configured(at: JudgedVersion, home: DatasetConfig, before: Version) -> Iterator[DatasetConfig]:
    """The dataset as the commit configures it, or as it is now where that has none of this name, or none to be read."""
    if has_same_configuration(at, before):
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
    parts: tuple[_Part, ...]
    heirs: tuple[PlacedDataset, ...]
    here: Mapping[str, Path]

    @contextmanager
    def rows(self) -> Iterator[Sequence[PromotedRows]]:
        with _opening() as stack:
            opened = []
            for part in self.parts:
                dataset = stack.enter_context(part.configured())
                files = data_files_at(self.at.repository, part.version, part.files, self.here)
                rows = opened_rows(stack, dataset, stack.enter_context(files), part.version)
                opened.append(replace(rows, records=part.records))
            yield opened

    @contextmanager
    def elsewhere(self) -> Iterator[Sequence[PromotedRows]]:
        with _opening() as stack:
            opened = []
            for heir in self.heirs:
                dataset = stack.enter_context(heir.configured(self.at.repository))
                files = stack.enter_context(files_at(self.at.repository, dataset, self.at.version))
                opened.append(opened_rows(stack, dataset, files.dataset, self.at.version))
            yield opened


def opened_rows(stack: ExitStack, dataset: DatasetConfig, files: list[DataFile], version: Version) -> PromotedRows:
    """The rows of files of a dataset, open as long as the stack is."""
    from gates.contract.plugins.registry import data_type_of
    from gates.data.duckdb.dataset import open_dataset

    opened = stack.enter_context(open_dataset(dataset, data_type_of(dataset), files=files))
    return PromotedRows(opened, {column: role for role, column in dataset.columns.items()}, str(version))


@contextmanager
def _opening() -> Iterator[ExitStack]:
    """What is opened within; raises DataError for whatever cannot be."""
    with ExitStack() as stack:
        try:
            yield stack
        except (UsageError, OSError) as error:
            raise DataError(str(error)) from error
