"""One writer at a time in a clone: a lock of the operating system, which ends with the process that holds it."""

from __future__ import annotations

import errno
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zc.lockfile import LockError, SimpleLockFile

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gates.versions.git.commands import Git

# It stays where it is: who deleted it would take it from under the feet of those who wait for it.
_FILE = "gates-promotion.lock"
# Whoever waits for less does not wonder why nothing happens.
_REPORTED_AFTER = 1.0
# Nobody notices that long, and a try costs microseconds.
_PAUSE = 0.05
# What systems answer where somebody else holds it.
_LOCKED = frozenset({errno.EACCES, errno.EAGAIN})


@contextmanager
def only_promotion(git: Git, report: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of the clone and all its work trees; while another process has it, wait, and report it.

    Processes that are started meanwhile do not inherit it. Raises DataError where git's folder cannot be written, or
    its file system has no locks.
    """
    common = os.fsdecode(git.run("rev-parse", "--git-common-dir")).rstrip("\n")
    with only_holder(git.top / common / _FILE, "gates promote", report):
        yield


@contextmanager
def only_holder(path: Path, command: str, report: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a file, which is made where it is missing; while another process has it, wait, and report it.

    command: what holds it, for messages. Raises DataError where the file cannot be written, or its file system has no locks.
    """
    lock = _acquire(path, command, report)
    try:
        yield
    finally:
        lock.close()


def _acquire(path: Path, command: str, report: Callable[[str], None]) -> SimpleLockFile:
    start, is_reported = time.monotonic(), False
    while True:
        try:
            return SimpleLockFile(path)
        except LockError as error:
            cause = error.__context__
            if isinstance(cause, OSError) and cause.errno not in _LOCKED:
                raise DataError(
                    f"{path}: cannot be locked: {cause.strerror}; run `{command}` on a local disk"
                ) from error
        except OSError as error:
            raise DataError(
                f"{path}: cannot be written: {error.strerror}; `{command}` writes into its folder"
            ) from error
        if not is_reported and time.monotonic() - start >= _REPORTED_AFTER:
            report(f"another `{command}` is at work in this clone; this one waits for its end")
            is_reported = True
        time.sleep(_PAUSE)
