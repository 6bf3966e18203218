"""What a campaign found: how many tries, and what each came to."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Any of these is a defect of gates; the others are what may become of damaged input.
DEFECTS = ("traceback", "crash", "hang", "silent pass")


@dataclass
class Figures:
    """counts: tries by what they came to. defects: each, with what repeats it. notes: what else was counted."""

    campaign: str
    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    seconds: float = 0.0

    def add(self, outcome: str, number: int, about: str = "") -> None:
        self.counts[outcome] += 1
        if outcome in DEFECTS:
            self.defects.append(f"{self.campaign} {number} of seed {self.seed}: {outcome}: {about}")

    @property
    def tries(self) -> int:
        return self.counts.total()

    def __str__(self) -> str:
        others = ", ".join(f"{count:,} {what}" for what, count in sorted(self.counts.items()) if what not in DEFECTS)
        bad = ", ".join(f"{self.counts[what]:,} {what}" for what in DEFECTS)
        return (
            f"{self.campaign}: {self.tries:,} tries in {self.seconds:,.0f} s (slowest {self.slowest:.1f} s), "
            f"seed {self.seed}: {others}; {bad}" + "".join(f"; {count:,} {what}" for what, count in self.notes.items())
        )


class Clock:
    """Counts tries until a moment; there is always one."""

    def __init__(self, seconds: float, first: int = 0) -> None:
        self.seconds, self.first = seconds, first
        self.restart()

    def restart(self) -> None:
        """Begin anew, when what comes before the first try is done."""
        self._start = time.monotonic()

    def numbers(self) -> Iterator[int]:
        number = self.first
        while number == self.first or time.monotonic() - self._start < self.seconds:
            yield number
            number += 1

    @property
    def passed(self) -> float:
        return time.monotonic() - self._start
