"""Which files of a dataset have other bytes than before, and which files tell the columns that all of them share."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.data.files import DataFile, Format, data_file

if TYPE_CHECKING:
    from gates.config.deadline import Deadline
    from gates.versions.dataset.comparison import Comparison
    from gates.versions.dataset.local_files import FilesAtHand
    from gates.versions.dataset.path_contents import SnapshotFile
    from gates.versions.dataset.snapshots import Snapshot

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


def changed_files(seen: Snapshot, changes: Comparison | None) -> ChangedFiles:
    """Files with other bytes than the version before had under their name, and files that it had not.

    A file that only got another name in its folder is none of them; one from another folder is, for folders can say
    who made a row. All files are, where there is no version before, or none to compare with: then changes is None.
    """
    if changes is None:
        return ChangedFiles(seen.files, frozenset(file.name for file in seen.files))
    refiled = {new for old, new in changes.moved if posixpath.dirname(old) != posixpath.dirname(new)}
    return ChangedFiles(seen.files, frozenset({*changes.added, *changes.changed, *refiled}))


def openable(changes: ChangedFiles, at_hand: FilesAtHand, deadline: Deadline) -> Openable:
    """What can be opened of a dataset without fetching anything, and what has to be, to look at the changed files.

    The footer of Parquet tells a file's columns, and JSON Lines and Arrow tell their own types. In CSV only whole columns do,
    so that all such files are read where one changed, and none is looked at where one of them is not here.
    Raises DataError for names in no known format, and TimeUpError.
    """
    formats = {file.name: data_file(Path(file.name), file.name).format for file in changes.files}
    has_delimited = any(formats[name] in _DELIMITED for name in changes.changed)
    files: list[tuple[SnapshotFile, DataFile]] = []
    absent: set[str] = set()
    for file in changes.files:
        form = formats[file.name]
        if file.name in changes.changed or form is Format.PARQUET or (has_delimited and form in _DELIMITED):
            deadline.check()
            at = at_hand.find(file)
            if at is None:
                absent.add(file.name)
            else:
                files.append((file, at))
    if any(formats[name] in _DELIMITED for name in absent):
        files = [(file, at) for file, at in files if formats[file.name] not in _DELIMITED]
    looked_at = changes.changed & {file.name for file, _ in files}
    return Openable(tuple(files), looked_at, is_whole=len(files) == len(changes.files))
