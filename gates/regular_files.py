"""Files that are read whole or not at all: what lies in a file's place and is none is never taken for nothing."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

# How the few lines begin that Git LFS, under its present and its former names, keeps in place of a file
# (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
_POINTERS = tuple(
    b"version " + spec
    for spec in (b"https://git-lfs.github.com/spec/", b"https://hawser.github.com/spec/", b"http://git-media.io/v/")
)
_LONGEST = max(map(len, _POINTERS))
_FETCH = "`git lfs pull` brings it"
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (lambda _: True, "a device"),
)


def is_file(path: Path, shown: str) -> bool:
    """Whether there is a file; False only where there is nothing.

    Raises UsageError for a folder, a pipe, a device and a broken link. shown: what messages call the path.
    """
    mode = _mode(path, shown)
    if mode is None or stat.S_ISREG(mode):
        return mode is not None
    raise UsageError(f"{shown}: is {_kind(mode)} and no file; replace it by the file, or remove it")


def is_folder(path: Path, shown: str) -> bool:
    """Whether there is a folder; False only where there is nothing. Raises UsageError for all else."""
    mode = _mode(path, shown)
    if mode is None or stat.S_ISDIR(mode):
        return mode is not None
    kind = "a file" if stat.S_ISREG(mode) else _kind(mode)
    raise UsageError(f"{shown}: is {kind} and no folder; replace it by the folder, or remove it")


def content_of(path: Path, shown: str) -> bytes:
    """What a file holds. Raises UsageError where it is no file or cannot be read, DataError where Git LFS has it."""
    if not is_file(path, shown):
        raise UsageError(f"{shown}: cannot be read: there is no such file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{shown}: cannot be read: {error.strerror}") from error
    refuse_pointer(content, shown)
    return content


def refuse_pointer_at(path: Path, shown: str) -> None:
    """As `refuse_pointer`, of the file at a path."""
    with path.open("rb") as stream:
        refuse_pointer(stream.read(_LONGEST), shown)


def refuse_pointer(start: bytes, shown: str, fix: str = _FETCH) -> None:
    """Raises DataError where a file begins as what Git LFS keeps in place of one that was not fetched."""
    if start.startswith(_POINTERS):
        raise DataError(f"{shown}: in Git LFS, and here is but what stands for it; {fix}")


def _mode(path: Path, shown: str) -> int | None:
    """The kind of what lies at a path, links followed; None where neither it nor anything in the way of it is there."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        nearest = next((place for place in (path, *path.parents) if os.path.lexists(place)), path)
    except OSError as error:
        raise UsageError(f"{shown}: cannot be read: {error.strerror}") from error
    except ValueError:
        # No file has such a name: it holds a NUL.
        return None
    if nearest.is_dir():
        return None
    kind = "a broken symbolic link" if nearest.is_symlink() else "no folder"
    raise UsageError(f"{shown}: {nearest.name} is {kind}; restore what it stood for, or remove it")


def _kind(mode: int) -> str:
    return next(name for is_kind, name in _KINDS if is_kind(mode))
