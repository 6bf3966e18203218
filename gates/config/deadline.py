"""A moment after which nobody waits for an answer any more."""

from __future__ import annotations

import time
from dataclasses import dataclass


class TimeUpError(Exception):
    """The deadline has passed; what was found until then may still be reported."""


@dataclass(frozen=True)
class Deadline:
    """at: the moment on the clock of `time.monotonic()`."""

    at: float

    def left(self) -> float:
        """Seconds until the deadline; negative behind it."""
        return self.at - time.monotonic()

    def check(self) -> None:
        """Raises TimeUpError once the deadline has passed."""
        if self.left() <= 0:
            raise TimeUpError
