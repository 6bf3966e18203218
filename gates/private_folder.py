"""Folders for files that only the process that made them may see, and that do not outlive it."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from zc.lockfile import LockError, SimpleLockFile

if TYPE_CHECKING:
    from types import TracebackType

PREFIX = "gates-"
_LOCK = ".lock"
# Where Linux shows a process its own open files: a file without a name can be opened again there.
_OPEN_FILES = Path("/proc/self/fd")
# The rest of the descriptors that a process may have is for libraries.
_DESCRIPTORS_SHARE = 0.5


class PrivateFolder:
    """A context manager. path: the folder, for what is no file of rows.

    Its files are known by paths that hold nothing of a name that somebody else gave: no engine takes one for a pattern,
    a URL or an archive. A lock that ends with the process tells others that the folder is in use; what killed processes
    left is removed by whoever makes the next folder.
    """

    def __init__(self, purpose: str = "") -> None:
        _sweep()
        self.path, self._lock = _locked_folder(purpose)
        self._descriptors: dict[Path, int] = {}
        self._count = 0

    def new_file(self) -> Path:
        """A path to a new empty file that only its owner may read. Where the system allows it has no name to be left behind."""
        named = self.new_path()
        os.close(os.open(named, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return self.adopt(named)

    def new_path(self) -> Path:
        """A path in the folder at which there is nothing yet."""
        self._count += 1
        return self.path / f"{self._count:06}"

    def adopt(self, path: Path) -> Path:
        """The path of a file of the folder from now on: where the system allows its name goes."""
        reached = self._reached(path)
        if reached:
            path.unlink()
        return reached or path

    def link(self, path: Path) -> Path:
        """A path to a file that lies elsewhere: to the file that is there now, where the system allows."""
        reached = path if path.parent == _OPEN_FILES else self._reached(path)
        if reached:
            return reached
        named = self.new_path()
        named.symlink_to(path.resolve())
        return named

    def discard(self, path: Path) -> None:
        """Remove a file that `new_file` made, or a link."""
        descriptor = self._descriptors.pop(path, None)
        if descriptor is not None:
            os.close(descriptor)
        elif path.parent == self.path:
            path.unlink()

    def close(self) -> None:
        """Remove the folder with all files."""
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reached(self, path: Path) -> Path | None:
        """A path to a file that is kept open, whatever becomes of its name; None where the system has none, or no more."""
        # Whoever put a pipe there would have to be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        reached = _OPEN_FILES / str(descriptor)
        # A process is given the lowest number that is free.
        if descriptor < _most_descriptors() and reached.exists():
            self._descriptors[reached] = descriptor
            return reached
        os.close(descriptor)
        return None


def _locked_folder(purpose: str) -> tuple[Path, SimpleLockFile]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}"))
        # Whoever sweeps just now may take a folder that is not locked yet for one that was left.
        with suppress(LockError, FileNotFoundError):
            lock = SimpleLockFile(str(path / _LOCK))
            if (path / _LOCK).exists():
                return path, lock
            lock.close()


def _sweep() -> None:
    """Remove the folders whose process is gone; one without a file to lock has nothing in it yet."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{_LOCK}"):
        with suppress(OSError, LockError):
            is_own = lock.lstat().st_uid == os.geteuid() and not lock.parent.is_symlink()
            if is_own:
                left = SimpleLockFile(str(lock))
                shutil.rmtree(lock.parent, ignore_errors=True)
                left.close()


def _most_descriptors() -> float:
    try:
        import resource
    except ImportError:
        return 0
    return _DESCRIPTORS_SHARE * resource.getrlimit(resource.RLIMIT_NOFILE)[0]
