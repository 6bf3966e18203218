"""Readings of sensors: sound rows, and what breaks each row rule."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from tests.contract.changes import after, with_cells
from tests.contract.data_types.broken_cells import unreadable_time, with_cell, with_word
from tests.contract.laws import START, labels


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Hourly readings of 31 sensors, each near the one before."""
    sensors = 31
    length = count // sensors
    shocks = rng.normal(size=(sensors, length))
    values = shocks.copy()
    for at in range(1, length):
        values[:, at] = 0.3 * values[:, at - 1] + shocks[:, at]
    times = [START + timedelta(hours=at) for at in range(length)]
    return pl.DataFrame({
        "entity": np.repeat([f"sensor {number}" for number in range(sensors)], length),
        "timestamp": times * sensors,
        "value": values.round(6).reshape(-1),
        "label": labels(rng, sensors * length),
    })  # fmt: skip


RULES = {
    "entity/not-blank": with_cell("entity", ""),
    "timestamp/parseable": unreadable_time,
    "value/type": with_word("value"),
    "value/finite": with_cell("value", float("inf")),
    "value/not-null": after(*(with_cells(origin, "value", None, 10) for origin in ("human", "synthetic"))),
}
