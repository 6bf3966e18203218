"""Files that are written whole or not at all."""

from __future__ import annotations

import glob
import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


# A file that is being written lives for seconds; one of this age was left by a process that was killed.
LEFT_BEHIND_AFTER = 3600
# Ours alone: an editor keeps a file of its own beside the one that it has open.
UNFINISHED = ".gates-unfinished"


def replace_text(path: Path, text: str) -> None:
    """Write the file whole or not at all; it keeps its mode, or gets that of other new files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        temporary.write_text(text, encoding="utf-8", newline="")
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Remove what killed processes left of a file: unfinished ones beside it."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{UNFINISHED}"):
        # Another process may be sweeping too.
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - LEFT_BEHIND_AFTER:
                left.unlink()
