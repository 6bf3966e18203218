"""Whether files stay as they are while they are read: what was hashed is then what was read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

# Linux gives two changes the same time when they follow within a tick of its clock, at most 10 ms.
_TICK_NS = 20_000_000
# Two seconds: whoever writes for longer is not done.
_MOST_TICKS = 100

Signs = tuple[int, ...]


def signs_of(path: Path) -> Signs:
    """Device, inode, size, times of the last change of content and of anything.

    The last one nobody can set: it tells a change that left size and time as they were, and a name that went to another
    file and came back.
    """
    about = path.stat()
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


class SteadyFiles:
    """Watches files by their signs."""

    def __init__(self) -> None:
        self._signs: dict[Path, tuple[str, Signs]] = {}

    def watch(self, path: Path, name: str) -> None:
        """Note how a file is before the first byte is read. name: what messages call it.

        Raises DataError where it is written again and again.
        """
        for _ in range(_MOST_TICKS):
            signs = signs_of(path)
            if not 0 <= time.time_ns() - signs[-1] < _TICK_NS:
                self._signs[path] = name, signs
                return
            time.sleep(_TICK_NS / 1e9)
        raise changed(name)

    def is_steady(self, path: Path) -> bool:
        """Whether a watched file is as it was."""
        try:
            return signs_of(path) == self._signs[path][1]
        except OSError:
            return False

    def confirm(self) -> None:
        """Raises DataError for the first file that is not as it was when it was watched."""
        for path, (name, _) in self._signs.items():
            if not self.is_steady(path):
                raise changed(name)


def changed(name: str) -> DataError:
    """That a file became another one while it was judged."""
    return DataError(f"{name}: changed while it was judged; run again when nothing writes to it")
