"""What `gates init` says that it guessed."""

from __future__ import annotations

import re
from itertools import takewhile


def guesses(out: str) -> dict[str, tuple[str, ...]]:
    """What was guessed by what it is of: what it is and, where it is said, why."""
    lines = out.splitlines()
    head = next(at for at, line in enumerate(lines) if line.split() == ["guess", "is", "because"])
    rows = takewhile(lambda cells: len(cells) > 1, (re.split(r" {2,}", line.strip()) for line in lines[head + 1 :]))
    return {cells[0]: tuple(cells[1:]) for cells in rows}
