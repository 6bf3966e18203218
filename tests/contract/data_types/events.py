"""Sessions of events: sound rows, and what breaks each row rule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from tests.contract.data_types.broken_cells import unreadable_time, with_cell
from tests.contract.laws import START, labels

if TYPE_CHECKING:
    import numpy as np


# From each state of a session where it goes: nobody pays with an empty basket.
_NEXT = {"open": ("view", "view"), "view": ("view", "add"), "add": ("view", "pay"), "pay": ("open", "view")}


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Sessions of twelve events, ten seconds or so apart."""
    rows = []
    for number in rng.integers(0, 10**6, count // 12).tolist():
        now, when = "open", START + timedelta(hours=number % 4000, seconds=round(float(rng.uniform(0, 3000)), 6))
        for _ in range(12):
            rows.append((f"{origin[0]}{number}", when, now))
            now = _NEXT[now][int(rng.integers(2))]
            when += timedelta(seconds=round(float(rng.exponential(10)), 6))
    frame = pl.DataFrame(rows, schema=["session", "timestamp", "event"], orient="row")
    return frame.with_columns(label=pl.Series(labels(rng, len(rows))))


RULES = {"timestamp/parseable": unreadable_time, "event/not-blank": with_cell("event", None)}
