"""Days of a series that no sensor gives: with repeated times, without any change, or played again."""

from __future__ import annotations

import polars as pl

# A day of fewer readings is equal by chance, or another day's by rounding.
READINGS_OF_A_DAY, VALUES_OF_A_DAY = 12, 3


def days_with_duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """By series, how many of its days have two readings at one time."""
    day = rows.with_columns(day=pl.col("when").dt.date()).group_by("series", "day")
    days = day.agg(repeated=pl.len() > pl.col("when").n_unique())
    per_series = days.group_by("series").agg(amount=pl.col("repeated").sum(), looked_at=pl.len())
    return looked_at_series(per_series, hits=pl.col("amount"), looked_at=pl.col("looked_at"))


def _days(rows: pl.DataFrame) -> pl.DataFrame:
    """The days that have readings enough, in order, with their readings."""
    given = rows.drop_nulls("what").with_columns(day=pl.col("when").dt.date())
    days = given.group_by("series", "day", maintain_order=True).agg("what")
    return days.filter(pl.col("what").list.len() >= READINGS_OF_A_DAY)


def _of_days(days: pl.DataFrame, is_unsound: pl.Expr) -> pl.DataFrame:
    per_series = days.group_by("series").agg(amount=is_unsound.sum(), looked_at=pl.len())
    return looked_at_series(per_series, hits=pl.col("amount"), looked_at=pl.col("looked_at"))


def constant_days(rows: pl.DataFrame) -> pl.DataFrame:
    """By series, on how many of its days all readings are equal."""
    return _of_days(_days(rows), pl.col("what").list.n_unique() == 1)


def repeated_days(rows: pl.DataFrame) -> pl.DataFrame:
    """By series, how many of its days repeat an earlier one; days that stand still are a kind of their own."""
    days = _days(rows).with_columns(values=pl.col("what").list.n_unique())
    is_repeat = ~pl.struct("series", "what").is_first_distinct() & (pl.col("values") >= VALUES_OF_A_DAY)
    return _of_days(days.with_columns(is_repeat=is_repeat), pl.col("is_repeat"))


def looked_at_series(per_series: pl.DataFrame, *, hits: pl.Expr, looked_at: pl.Expr) -> pl.DataFrame:
    """By series the `amount` of a defect, and what counts for how many of how many looked at."""
    # Series of two generators may have one name.
    amount = pl.col("amount").cast(pl.Float64)
    return per_series.select("series", amount, hits=hits.cast(pl.Int64), looked_at=looked_at.cast(pl.Int64))
