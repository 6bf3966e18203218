"""Sends data to DVC's remote."""

from __future__ import annotations

import subprocess
import sys
from itertools import takewhile
from typing import TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.versions.git.commands import Git

# How DVC begins a line that says what went wrong.
_ERROR = "ERROR: "


def push_data(git: Git, pointers: Sequence[str]) -> None:
    """Send what the pointers name to DVC's remote, so that who gets the tag gets the data. Raises DataError."""
    if not pointers:
        return
    command = [sys.executable, "-m", "dvc", "push", *pointers]
    ended = subprocess.run(command, cwd=git.top, env=dict(git.environment), capture_output=True, text=True, check=False)
    if ended.returncode:
        raise DataError(
            f"the data is not at DVC's remote, nothing was promoted: {_reason(ended.stderr or ended.stdout)}; see "
            "`dvc remote list` and `dvc push`"
        )


def _reason(printed: str) -> str:
    """What DVC says went wrong: its first error with the lines that go on below it, else what it says first.

    Not its closing line on where to ask for help.
    """
    lines = [line for line in printed.splitlines() if line.strip()]
    start = next((at for at, line in enumerate(lines) if line.startswith(_ERROR)), None)
    if start is None:
        return lines[0].strip() if lines else "it does not say why"
    further = takewhile(lambda line: line[0].isspace(), lines[start + 1 :])
    return " ".join([lines[start].removeprefix(_ERROR).strip(), *(f"`{line.strip()}`" for line in further)])
