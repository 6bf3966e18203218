"""Days of a series that no sensor gives: with repeated times, without any change, or played again; and those that are a human series' again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.temporal.ordered_rows import ordered_rows
from gates.metrics.temporal.stretches import READINGS_ALIKE
from gates.verdict import Scope

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.scan.result import Scan

# Stretches of two values, as of a switch, repeat by nature.
VALUES_OF_A_DAY = 3
# As many as a day must have to be recognised whole.
_WINDOW = 12
# Steps of a counter or of a reading in whole degrees are a few. Of eleven steps eight that differ are met twice by copying alone.
_STEPS = 8
# Windows are kept by what they say, so that the same ones are kept of every series: one in four leaves half a dozen of a day of hourly readings ...
_KEPT = 4
# ... and of more rows as many as take 100 MB.
_WINDOWS_AT_MOST = 4_000_000
_OWNER = ["origin", "generator", "entity"]


def days_with_duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """By series, how many of its days have two readings at one time."""
    day = rows.with_columns(day=pl.col("when").dt.date()).group_by("series", "day")
    days = day.agg(repeated=pl.len() > pl.col("when").n_unique())
    per_series = days.group_by("series").agg(amount=pl.col("repeated").sum(), looked_at=pl.len())
    return looked_at_series(per_series, hits=pl.col("amount"), looked_at=pl.col("looked_at"))


def _days(rows: pl.DataFrame) -> pl.DataFrame:
    """The days, by `stretch`, that have readings enough, in order, with their readings."""
    days = rows.drop_nulls("what").group_by("series", "stretch", maintain_order=True).agg("what")
    return days.filter(pl.col("what").list.len() >= READINGS_ALIKE)


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


def days_of_human_series(scan: Scan) -> pl.DataFrame:
    """By series, how many of its days are mostly windows of twelve readings that a human series has too, and how many were looked at.

    origin, entity, amount, hits and looked_at, as of the other defects. Of a human series it is windows that stand twice among human
    readings: the share of days that are so by themselves. Times do not count, so that copies under other times or names are found; a day
    without a window in which eight steps differ is not looked at. Windows are picked by their content (winnowing: Schleimer,
    Wilkerson & Aiken, SIGMOD 2003). Call through `scan.cached(days_of_human_series)`.
    """
    ordered = ordered_rows(scan)
    kept = max(_KEPT, -(-len(scan.index.origin) // _WINDOWS_AT_MOST))
    windows = pl.concat([_windows(piece, kept, has_values=not ordered.has_events) for piece in ordered.entities()])
    is_human = pl.col("origin") == Scope.HUMAN.value
    counts = windows.filter(is_human).group_by("digest").agg(among_human=pl.len())
    beside = windows.join(counts, on="digest", how="left").with_columns(pl.col("among_human").fill_null(0))
    is_again = pl.col("among_human") > is_human.cast(pl.Int64)
    days = beside.group_by(*_OWNER, "day").agg(is_again=is_again.sum() * 2 > pl.len())
    per_series = days.group_by(_OWNER).agg(
        hits=pl.col("is_again").sum().cast(pl.Int64), looked_at=pl.len().cast(pl.Int64)
    )
    return per_series.select("origin", "entity", pl.col("hits").cast(pl.Float64).alias("amount"), "hits", "looked_at")


def _windows(piece: pl.DataFrame, kept: int, *, has_values: bool) -> pl.DataFrame:
    """Whose, the day and the digest of windows whose steps differ."""
    rows = piece.drop_nulls("what") if has_values else piece.clear()
    rows = rows.with_columns(series=pl.struct(_OWNER).rle_id())
    starts = np.arange(max(0, rows.height - _WINDOW + 1))
    series = rows["series"].to_numpy()
    starts = starts[series[starts] == series[starts + _WINDOW - 1]]
    values = rows["what"].to_numpy() if has_values else np.empty(0)
    digests = _digests(values, starts)
    is_kept = digests % np.uint64(kept) == 0
    starts, digests = starts[is_kept], digests[is_kept]
    differs = _differing_steps(values, starts) >= _STEPS
    chosen: pl.DataFrame = rows[starts[differs]].select(*_OWNER, day=pl.col("when").dt.date())
    return chosen.with_columns(digest=pl.Series(digests[differs], dtype=pl.UInt64))


def _digests(values: npt.NDArray[np.float64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Of each window, mixed so that its last digits are as good as its first."""
    hashes = pl.Series(values, dtype=pl.Float64).hash(seed=1).to_numpy()
    digests = np.zeros(len(starts), np.uint64)
    for place in range(_WINDOW):
        digests = digests * np.uint64(0x9E3779B97F4A7C15) + hashes[starts + place]
    return pl.Series(digests).hash(seed=2).to_numpy()


def _differing_steps(values: npt.NDArray[np.float64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if not len(starts):
        return np.zeros(0, np.int64)
    # What was added to a float in another order is the same step.
    steps = np.round(np.diff(np.stack([values[starts + place] for place in range(_WINDOW)]), axis=0), 9)
    differing: npt.NDArray[np.int64] = 1 + (np.diff(np.sort(steps, axis=0), axis=0) != 0).sum(axis=0)
    return differing
