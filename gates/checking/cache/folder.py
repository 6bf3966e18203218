"""What was computed before, by what it was computed from: a bounded folder of small files that may vanish any time.

The folder lies in the repository, so that a checkout may bring along entries of others, or a commit have them. An entry
counts only if it is authenticated with a secret that lies outside.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import stat
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gates.atomic_files import LEFT_BEHIND_AFTER
from gates.checking.cache.secret import cache_secret
from gates.verdicts.store import FOLDER
from gates.versions.repository import DVC_DIR, Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


logger = logging.getLogger(__name__)

# A verdict takes 20 to 200 kB: room for more than a thousand, and too little to be missed on a disk that holds data.
SIZE_AT_MOST = 256 << 20
# What is known of a file's rows takes 20 to 40 bytes a row: room for some 30 million rows, in less than their data takes.
# A bound of its own, so that a single large dataset cannot throw all verdicts out.
SUMMARIES_AT_MOST = 1 << 30
_SUMMARIES = "scans"
# HMAC-SHA256 in hex and a line end.
_MARK_SIZE = 65
_SUFFIX, _UNFINISHED = ".json", ".unfinished"


@dataclass(frozen=True)
class Cache:
    """Entries by key. Nothing that goes wrong with the folder is an error: what cannot be read is computed again.

    secret: authenticates entries; without one nothing is read or written.
    """

    folder: Path
    size_at_most: int = SIZE_AT_MOST
    secret: bytes | None = field(default_factory=cache_secret, repr=False)

    def get(self, key: str) -> dict[str, Any] | None:
        """The entry under a key; None where there is none, or where it is not what was written with this secret."""
        text = self.get_bytes(key)
        entry = None if text is None else json.loads(text)
        return entry if isinstance(entry, dict) else None

    def get_bytes(self, key: str) -> bytes | None:
        """As `get`, of what `put_bytes` wrote."""
        path = self._path(key)
        try:
            about = path.lstat()
            # Whoever made the folder may have put a pipe there, or a file without an end.
            if not stat.S_ISREG(about.st_mode) or about.st_size > self.size_at_most + _MARK_SIZE:
                return None
            mark, _, content = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if self.secret is None or not hmac.compare_digest(_mark(self.secret, key, content), mark):
            return None
        # The bound is kept by throwing away what was not asked for longest.
        with suppress(OSError):
            os.utime(path)
        return content

    def put(self, key: str, entry: Mapping[str, object]) -> None:
        """Keep an entry, whole or not at all; of several writers the last one counts."""
        self.put_bytes([(key, json.dumps(entry, allow_nan=False).encode())])

    def put_bytes(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """As `put`, of any number of keys and contents; the bound counts once all are written."""
        left = self.size_at_most
        if self.secret is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for key, content in entries:
                left -= len(content) + _MARK_SIZE
                # More than fits would only push out itself.
                if left < 0:
                    break
                self._write(key, content, self.secret)
            self._trim()
        except OSError as error:
            logger.debug("%s: not kept: %s", self.folder, error)

    def for_summaries(self) -> Cache:
        """The cache beside this one for what is known of the rows of single files."""
        return Cache(self.folder / _SUMMARIES, SUMMARIES_AT_MOST, self.secret)

    def _write(self, key: str, content: bytes, secret: bytes) -> None:
        handle, name = tempfile.mkstemp(suffix=_UNFINISHED, dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.writelines((_mark(secret, key, content), b"\n", content))
            Path(name).replace(self._path(key))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}{_SUFFIX}"

    def _trim(self) -> None:
        """Remove the oldest entries until the rest fits, and what killed processes left behind."""
        left = self.size_at_most
        for path, about in sorted(self._entries(), key=lambda entry: (-entry[1].st_mtime_ns, entry[0])):
            left -= about.st_size
            if left < 0:
                path.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self.folder.iterdir():
            # Another process may be tidying up too.
            with suppress(FileNotFoundError):
                about = path.stat()
                if path.suffix == _SUFFIX:
                    yield path, about
                elif path.suffix == _UNFINISHED and about.st_mtime < time.time() - LEFT_BEHIND_AFTER:
                    path.unlink()


def _mark(secret: bytes, key: str, content: bytes) -> bytes:
    """In hex; of the key too, so that an entry under another's name is seen."""
    return hmac.digest(secret, b"%d %s %s" % (len(key), key.encode(), content), "sha256").hex().encode()


def cache_of(repository: Repository, root: Path) -> Cache:
    """The cache for a configuration's folder: among DVC's own temporary files, else in `.gates/`; git ignores both.

    One that a link leads to elsewhere is not used: a commit may have the link, and the bound deletes what lies there.
    """
    inside = repository.relative(root.resolve())
    dvc = repository.dvc_root(f"{inside}/.") if inside else None
    folder = repository.top / dvc / DVC_DIR / "tmp" / "gates" if dvc else root / FOLDER / "cache"
    within = repository.top if dvc else root
    parts = (folder / _SUMMARIES, folder, *folder.parents)
    is_linked = any(part.is_symlink() for part in parts if within in part.parents)
    return Cache(folder, secret=None if is_linked else cache_secret(repository.top))
