"""Files that are written whole or not at all."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from zc.lockfile import LockError, SimpleLockFile

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ours alone: an editor keeps a file of its own beside the one that it has open.
UNFINISHED = ".gates-unfinished"
# Seconds after which what a killed process left in a folder that several write to is nobody's.
LEFT_BEHIND_AFTER = 3600


def replace_text(path: Path, text: str) -> None:
    """Write the file whole or not at all; it keeps its mode, or gets that of other new files."""
    with unfinished(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
        if path.exists():
            shutil.copymode(path, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A new file that only its owner may read, and that is at the path once the block is done; gone after an error.

    It is locked until then, and a lock ends with its process: what killed ones left beside the path is removed first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    temporary, lock = _locked_file(path)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
        lock.close()


def _locked_file(path: Path) -> tuple[Path, SimpleLockFile]:
    while True:
        handle, name = tempfile.mkstemp(UNFINISHED, f".{path.name}.", path.parent)
        os.close(handle)
        # Whoever sweeps just now may take a file that is not locked yet for one that was left.
        with suppress(LockError, FileNotFoundError):
            lock = SimpleLockFile(name)
            if Path(name).exists():
                return Path(name), lock
            lock.close()


def _sweep(path: Path) -> None:
    """Remove what killed processes left of a file: unfinished ones beside it that nobody locks."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{UNFINISHED}"):
        # Another process may be sweeping too.
        with suppress(FileNotFoundError, LockError):
            lock = SimpleLockFile(str(left))
            left.unlink()
            lock.close()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
