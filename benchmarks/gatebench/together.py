"""Defects of what belongs together: two columns, a source and its translation, a time and what happens then.

Each column by itself stays as it was, so that nothing that looks at columns one by one sees them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from .planting import Halves, Plant, Rng


def dealt_out(share: float, column: str) -> Plant:
    """A share of cells of one column come from other synthetic rows."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        rows = halves.synthetic
        marks = pl.Series(rng.random(rows.height) < share)
        others = rows[column][rng.permutation(rows.height)]
        return replace(halves, synthetic=rows.with_columns(pl.when(marks).then(others).otherwise(column).alias(column)))

    return plant


def hours_later(hours: int) -> Plant:
    """Every synthetic time lies so many hours later."""
    later = pl.col("timestamp").dt.offset_by(f"{hours}h")
    return lambda halves, _rng: replace(halves, synthetic=halves.synthetic.with_columns(timestamp=later))


def first_half(unit: str) -> Plant:
    """Of every session only the first half is left."""
    place, count = pl.int_range(pl.len()).over(unit), pl.len().over(unit)
    return lambda halves, _rng: replace(
        halves, synthetic=halves.synthetic.sort("timestamp").filter(place < (count + 1) // 2)
    )


def still_days(share: float) -> Plant:
    """On a share of days the first reading stands all day."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        days = halves.synthetic.select("entity", "day").unique(maintain_order=True)
        still = days.filter(pl.Series(rng.random(days.height) < share)).with_columns(is_still=pl.lit(value=True))
        first = pl.col("value").first().over("entity", "day")
        rows = halves.synthetic.join(still, on=["entity", "day"], how="left", maintain_order="left")
        values = pl.when(pl.col("is_still").fill_null(value=False)).then(first).otherwise("value")
        return replace(halves, synthetic=rows.with_columns(value=values).drop("is_still"))

    return plant


def other_digits(text: str) -> str:
    """The text with other digits."""
    rng = np.random.default_rng(len(text))
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + int(rng.integers(1, 10))) % 10), text)


def without_places(text: str) -> str:
    """A message without the places that a program fills in."""
    return re.sub(r"%\(\w+\)s|%[sd]|\{\w+\}", "", text)
