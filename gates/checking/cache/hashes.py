"""Hashes of files in the work tree, remembered as long as nothing about the file has changed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from gates.versions.dvc.md5 import file_md5

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gates.checking.cache.folder import Cache

# File systems give two writes the same time when they follow close enough: FAT counts in steps of two seconds.
_TOO_YOUNG_NS = 2_000_000_000


class RememberedHashes:
    """A `Md5Of`. Files touched within two seconds of the moment they are remembered in are not remembered.

    on_block: called before each block of a file that is read. saw_legacy: a hash that takes CRLF for LF was asked for:
    such a hash does not tell the bytes.
    """

    def __init__(self, cache: Cache | None, name: str, on_block: Callable[[], None] = lambda: None) -> None:
        self._cache, self._name, self._on_block = cache, f"hashes of {name}", on_block
        self._known = (cache.get(self._name) or {}) if cache else {}
        self._seen: dict[str, list[object]] = {}
        self.saw_legacy = False

    def __call__(self, path: Path, *, is_legacy: bool) -> tuple[str, int]:
        """md5 in hex and size in bytes of a file."""
        if is_legacy:
            self.saw_legacy = True
            return file_md5(path, is_legacy=True, on_block=self._on_block)
        place, before = os.path.abspath(path), _about(path)  # noqa: PTH100 (resolving links costs more than the rest)
        entry = self._known.get(place)
        md5 = str(entry[-1]) if entry and entry[:-1] == before else file_md5(path, on_block=self._on_block)[0]
        # What changed while it was read has no hash worth remembering.
        if _about(path) == before:
            self._seen[place] = [*before, md5]
        return md5, before[0]

    def save(self) -> None:
        """Keep what was seen for the next time, where it is not there already."""
        youngest = time.time_ns() - _TOO_YOUNG_NS
        old_enough = {
            place: entry
            for place, entry in self._seen.items()
            if max(int(str(entry[1])), int(str(entry[2]))) < youngest
        }
        if self._cache and old_enough != self._known:
            self._known = old_enough
            self._cache.put(self._name, old_enough)


def _about(path: Path) -> list[int]:
    """Size, times of the last change of content and of anything, inode: git's own signs that a file is as it was."""
    about = path.stat()
    return [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
