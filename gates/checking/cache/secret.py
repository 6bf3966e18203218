"""The secret that shows which entries of a cache this user wrote: whoever can put files into a repository lacks it."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import stat
import tempfile
from pathlib import Path

from gates.visible_text import has_visible_text

logger = logging.getLogger(__name__)

# For machines that live shorter than their cache, as those of CI: set from a secret there.
VARIABLE = "GATES_CACHE_KEY"
_NAME, _SIZE = "cache.key", 32


def cache_secret(top: Path | None = None) -> bytes | None:
    """The secret of `GATES_CACHE_KEY`, else that of a file of the user's, made where there is none yet; None without any.

    top: of the repository. A file below it may have come with it, and is not read.
    """
    text = os.environ.get(VARIABLE, "")
    if has_visible_text(text):
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    # Found as DVC finds its own folders.
    import platformdirs

    path = Path(platformdirs.user_state_dir("gates", appauthor=False), _NAME)
    if top and path.resolve().is_relative_to(top.resolve()):
        logger.debug("%s lies in the repository: nothing is cached", path)
        return None
    try:
        return _read(path) or _made(path)
    except OSError as error:
        logger.debug("%s: nothing is cached: %s", path, error)
        return None


def _read(path: Path) -> bytes | None:
    """What the file has; None where it is missing, or where others could read or write it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.debug("%s: not read: %s", path, error)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        about = os.fstat(descriptor)
        is_own = os.name != "posix" or (about.st_uid == os.geteuid() and not about.st_mode & 0o077)
        content = stream.read(_SIZE + 1) if stat.S_ISREG(about.st_mode) and is_own else b""
    return content if len(content) == _SIZE else None


def _made(path: Path) -> bytes | None:
    """The secret that lies at the path now: a new one, or that of another process which was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(_SIZE))
        try:
            path.hardlink_to(new)
        except OSError:
            # Another process made it, or it is no file of the user's alone, or there are no links on this disk.
            if _read(path) is None:
                new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return _read(path)
