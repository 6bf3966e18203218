"""Series and sessions made from seeds, as frames and as scans."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tests.tables import table_scan

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

SERIES_ROLES = ("entity", "timestamp", "value")
EVENT_ROLES = ("session", "timestamp", "event")
_START = datetime(2026, 1, 1)  # noqa: DTZ001  # data without a zone is the common case
# From each state of the session where it goes, as people do: nobody pays with an empty basket.
_NEXT = {"open": ("view", "view"), "view": ("view", "add"), "add": ("view", "pay"), "pay": ("open", "view")}


def readings(entities: int, days: int, seed: int, *, keeps: float = 0.9, per_day: int = 48) -> pl.DataFrame:
    """Autoregressive readings every half hour; `keeps` is the correlation of neighbours."""
    rng = np.random.default_rng(seed)
    frames = []
    for number in range(entities):
        noise = rng.normal(size=days * per_day)
        values = np.empty_like(noise)
        last = 0.0
        for at, shock in enumerate(noise):
            last = keeps * last + shock * (1 - keeps**2) ** 0.5
            values[at] = last
        step = timedelta(days=1) / per_day
        times = [_START + step * at for at in range(len(values))]
        frames.append(pl.DataFrame({"entity": [f"sensor {number}"] * len(values), "timestamp": times, "value": values}))
    return pl.concat(frames)


def sessions(count: int, seed: int, length: int = 12) -> pl.DataFrame:
    """Sessions of a shop, ten seconds or so between events."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        now, when = "open", _START
        for _ in range(length):
            rows.append((f"{seed}-{number}", when, now))
            now = _NEXT[now][int(rng.integers(2))]
            when += timedelta(seconds=float(rng.exponential(10)))
    return pl.DataFrame(rows, schema=EVENT_ROLES, orient="row")


def series_scan(human: pl.DataFrame, synthetic: pl.DataFrame, bound: tuple[str, ...] = SERIES_ROLES) -> Scan:
    """A scan in which columns play the roles of the same names."""
    return table_scan(human, synthetic, bound=bound)
