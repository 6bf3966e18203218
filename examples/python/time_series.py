"""Readings of sensors: series whose values are right one by one and stand in no order, beside measured ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

import gates

START = datetime(2026, 1, 1, tzinfo=UTC)
PER_DAY, DAYS, SENSORS = 24, 10, 10


def readings(kind: str, rng: np.random.Generator) -> pl.DataFrame:
    """Hourly values with the season of a day, each near the one before."""
    hours = np.arange(PER_DAY * DAYS)
    frames = []
    for number in range(SENSORS):
        noise = np.zeros(len(hours))
        for at in range(1, len(hours)):
            noise[at] = 0.8 * noise[at - 1] + rng.normal()
        values = 20 + 5 * np.sin(2 * np.pi * hours / PER_DAY) + noise
        times = [START + timedelta(hours=int(hour)) for hour in hours]
        frames.append(pl.DataFrame({"entity": f"{kind} {number}", "timestamp": times, "value": values}))
    return pl.concat(frames)


def main() -> None:
    """Judge series that were shuffled, and set what they say of time beside what good ones say."""
    rng = np.random.default_rng(1)
    human, good = readings("sensor", rng), readings("made", rng)
    shuffled = good.with_columns(pl.col("value").shuffle(seed=1).over("entity"))
    print(gates.check(human=human, synthetic=shuffled, type="timeseries"))
    of_time = [
        gates.check(human=human, synthetic=frame, type="timeseries", only=["temporal_structure"])
        for frame in (good, shuffled)
    ]
    print(gates.compare(*of_time))


if __name__ == "__main__":
    main()
