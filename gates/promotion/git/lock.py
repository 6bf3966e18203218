"""One promotion at a time in a clone: a lock of the operating system, which ends with the process that holds it."""

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

    from gates.versions.git import Git

# It stays where it is: who deleted it would take it from under the feet of those who wait for it.
_FILE = "gates-promotion.lock"
# Whoever waits for less does not wonder why nothing happens.
_SAID_AFTER = 1.0
# Nobody notices that long, and asking costs microseconds.
_PAUSE = 0.05
# What systems answer where somebody else holds it.
_HELD = frozenset({errno.EACCES, errno.EAGAIN})


@contextmanager
def only_promotion(git: Git, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of the clone and all its work trees; while another process has it, wait, and say so.

    Processes that are started meanwhile do not inherit it. Raises DataError where git's folder cannot be written, or
    its file system has no locks.
    """
    common = os.fsdecode(git.run("rev-parse", "--git-common-dir")).rstrip("\n")
    lock = _taken(git.top / common / _FILE, say)
    try:
        yield
    finally:
        lock.close()


def _taken(path: Path, say: Callable[[str], None]) -> SimpleLockFile:
    start, is_said = time.monotonic(), False
    while True:
        try:
            return SimpleLockFile(path)
        except LockError as error:
            cause = error.__context__
            if isinstance(cause, OSError) and cause.errno not in _HELD:
                raise DataError(f"{path}: cannot be locked: {cause.strerror}; promote on a local disk") from error
        except OSError as error:
            raise DataError(
                f"{path}: cannot be written: {error.strerror}; who promotes writes into git's folder"
            ) from error
        if not is_said and time.monotonic() - start >= _SAID_AFTER:
            say("another `gates promote` is at work in this clone; this one waits for its end")
            is_said = True
        time.sleep(_PAUSE)
