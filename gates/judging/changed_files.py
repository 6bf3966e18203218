"""Which files of a dataset have other bytes than before, and which files tell the columns that all of them share."""

from __future__ import annotations

import logging
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.engines.files import Format, data_file
from gates.errors import GatesError
from gates.judging.cache import cache_of
from gates.judging.compared import snapshot_before
from gates.judging.remembered_hashes import RememberedHashes
from gates.versions.comparison import compare
from gates.versions.snapshots import snapshot

if TYPE_CHECKING:
    from gates.configuration.dataset import DatasetConfig
    from gates.deadline import Deadline
    from gates.engines.files import DataFile
    from gates.judging.versions import JudgedVersion
    from gates.versions.at_hand import FilesAtHand
    from gates.versions.contents import SnapshotFile
    from gates.versions.snapshots import Snapshot

logger = logging.getLogger(__name__)

_DELIMITED = (Format.CSV, Format.TSV)


@dataclass(frozen=True)
class ChangedFiles:
    """The files of a dataset sorted by name, and the names of those that changed."""

    files: tuple[SnapshotFile, ...]
    changed: frozenset[str]


@dataclass(frozen=True)
class Openable:
    """Files to open, sorted by name: those to look at, and others that tell columns and types.

    is_whole: every file of the dataset is among them.
    """

    files: tuple[tuple[SnapshotFile, DataFile], ...]
    looked_at: frozenset[str]
    is_whole: bool


def changed_files(at: JudgedVersion, dataset: DatasetConfig, deadline: Deadline) -> ChangedFiles:
    """Files with other bytes than the version before had under their name, and files that it had not.

    A file that only got another name in its folder is none of them; one from another folder is, for folders can say
    who made a row. All files are, where there is no version before, or none to compare with.
    Raises what `snapshot` raises, and TimeUpError while the work tree is hashed.
    """
    home = replace(dataset, root=at.home)
    hashes = _TimedHashes(RememberedHashes(cache_of(at.repository, at.home), f"{at.home}:{dataset.name}"), deadline)
    seen = snapshot(at.repository, home, at.version, md5_of=hashes)
    return ChangedFiles(seen.files, _changed(at, home, seen))


def openable(found: ChangedFiles, at_hand: FilesAtHand, deadline: Deadline) -> Openable:
    """What can be opened of a dataset without fetching anything, and what has to be, to look at the changed files.

    The footer of Parquet tells a file's columns, and JSON Lines and Arrow tell their own types. In CSV only whole columns do,
    so that all such files are read where one changed, and none is looked at where one of them is not here.
    Raises DataError for names in no known format, and TimeUpError.
    """
    formats = {file.name: data_file(Path(file.name), file.name).format for file in found.files}
    has_delimited = any(formats[name] in _DELIMITED for name in found.changed)
    files: list[tuple[SnapshotFile, DataFile]] = []
    absent: set[str] = set()
    for file in found.files:
        form = formats[file.name]
        if file.name in found.changed or form is Format.PARQUET or (has_delimited and form in _DELIMITED):
            deadline.check()
            at = at_hand.find(file)
            if at is None:
                absent.add(file.name)
            else:
                files.append((file, at))
    if any(formats[name] in _DELIMITED for name in absent):
        files = [(file, at) for file, at in files if formats[file.name] not in _DELIMITED]
    looked_at = found.changed & {file.name for file, _ in files}
    return Openable(tuple(files), looked_at, is_whole=len(files) == len(found.files))


def _changed(at: JudgedVersion, home: DatasetConfig, seen: Snapshot) -> frozenset[str]:
    everything = frozenset(file.name for file in seen.files)
    if at.before is None:
        return everything
    try:
        comparison = compare(snapshot_before(at, home, seen, at.before), seen)
    except GatesError as error:
        logger.debug("%s: cannot be compared with %s: %s", home.name, at.before, error)
        return everything
    refiled = {new for old, new in comparison.moved if posixpath.dirname(old) != posixpath.dirname(new)}
    return frozenset({*comparison.added, *comparison.changed, *refiled})


@dataclass(frozen=True)
class _TimedHashes:
    """A `Md5Of` that looks at the clock before each file."""

    hashes: RememberedHashes
    deadline: Deadline

    def __call__(self, path: Path, *, is_legacy: bool) -> tuple[str, int]:
        self.deadline.check()
        return self.hashes(path, is_legacy=is_legacy)
