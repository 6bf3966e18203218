"""Rules on a row's numbers and gaps that human rows state: sums, ratios, products, and where a value is missing.

A rule gives two masks of shape (rows,): the rows that break it, and the rows that it applies to, which have what it takes.
human: the rows that state it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.scan.index import has_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Floats, Mask

# Of fewer human rows that all have a value, or all lack one, the next may well not.
LEAST_LEVEL_ROWS = 10
# What is lost where numbers of this size are added as binary fractions.
_LOST = 1e-9


def numbers(frame: pl.DataFrame, columns: Sequence[str]) -> Floats:
    """The columns as numbers, NaN where one is missing; of shape (columns, rows)."""
    return np.stack([frame[name].cast(pl.Float64, strict=False).to_numpy() for name in columns])


def total_of(parts: Floats) -> Floats:
    """The sum of each row's parts, of shape (rows,). parts: of shape (parts, rows), as of all that are named so here."""
    whole: Floats = parts.sum(axis=0)
    return whole


def product_of(parts: Floats) -> Floats:
    """The product of each row's parts, of shape (rows,); one part is its own product."""
    whole: Floats = parts.prod(axis=0)
    return whole


def factor(made: Floats, result: Floats) -> float:
    """The k that brings k times what is made of the parts nearest to the result, by least squares; 0 where nothing is made."""
    is_whole = np.isfinite(made) & np.isfinite(result)
    size = float((made[is_whole] ** 2).sum())
    return float((made[is_whole] * result[is_whole]).sum()) / size if size else 0.0


def sum_broken(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> tuple[Mask, Mask]:
    """Where the last column is not the sum of the others, beyond what human rows are off by rounding."""
    *parts, result = numbers(human, columns)
    *own, own_result = numbers(rows, columns)
    return _beyond(total_of(np.stack(own)), own_result, np.abs(total_of(np.stack(parts)) - result))


def product_broken(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> tuple[Mask, Mask]:
    """Where the last column is not the product of the others times the number that human rows have, beyond their rounding."""
    *parts, result = numbers(human, columns)
    made = product_of(np.stack(parts))
    times = factor(made, result)
    *own, own_result = numbers(rows, columns)
    return _beyond(times * product_of(np.stack(own)), own_result, np.abs(times * made - result))


def missing_with_broken(human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> tuple[Mask, Mask]:
    """Where the last column is missing otherwise than the level of the first says in human rows; no value is a level as well.

    Levels with both among human rows, or too few of these, say nothing.
    """
    level, name = columns
    seen = _gaps(human, level, name).group_by("level").agg(pl.len(), pl.col("is_missing").mean().alias("ratio"))
    sure = seen.filter((pl.col("len") >= LEAST_LEVEL_ROWS) & pl.col("ratio").is_in([0.0, 1.0]))
    own = _gaps(rows, level, name).join(sure, on="level", how="left", nulls_equal=True, maintain_order="left")
    applies = own["ratio"].is_not_null().to_numpy()
    return (own["is_missing"].cast(pl.Float64) != own["ratio"]).fill_null(value=False).to_numpy() & applies, applies


def missing_together_broken(_human: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str]) -> tuple[Mask, Mask]:
    """Where some of the columns have a value and others have none."""
    filled = rows.select(has_value(name, rows.schema[name]) for name in columns)
    count = filled.select(pl.sum_horizontal(pl.all().cast(pl.Int64))).to_series().to_numpy()
    return (count > 0) & (count < len(columns)), np.ones(rows.height, dtype=bool)


def _gaps(frame: pl.DataFrame, level: str, name: str) -> pl.DataFrame:
    is_there = has_value(name, frame.schema[name])
    return frame.select(level=pl.col(level).cast(pl.String), is_missing=~is_there)


def _beyond(made: Floats, result: Floats, human_off: Floats) -> tuple[Mask, Mask]:
    """Where the result is further off than that of any human row, and where a row has all numbers."""
    applies = np.isfinite(made) & np.isfinite(result)
    most = float(np.nanmax(human_off, initial=0.0)) if np.isfinite(human_off).any() else np.inf
    sizes = np.maximum(np.abs(made), np.abs(result))
    with np.errstate(invalid="ignore"):
        return (np.abs(made - result) > most * (1 + _LOST) + _LOST * sizes) & applies, applies
