"""How long a stretch of a series is looked at as one: a day, or a week, month or more where a day has few readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.temporal.ordered_rows import ordered_rows

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

DAY = "1d"
# Of daily readings a month has thirty, of weekly ones a year 52, of monthly ones two years 24; of labs and storms, which are
# measured when they come, a century has all there are.
STRETCHES = {
    DAY: "days", "1w": "weeks", "1mo": "months", "1q": "quarters", "1y": "years", "2y": "pairs of years",
    "10y": "decades", "100y": "whole series",
}  # fmt: skip
# With fewer than twenty readings a correlation at lag 8 is noise.
READINGS_IN_ORDER = 20
# A stretch of fewer readings is equal by chance, or another one's by rounding.
READINGS_ALIKE = 12
# A few long days, as of a sensor that was tried out, are not how a series is read.
_MOST = 0.5


def stretch_in_order(scan: Scan) -> str:
    """The shortest of `STRETCHES` that mostly has readings enough to follow each other. Call through `scan.cached(stretch_in_order)`."""
    return _shortest(scan, READINGS_IN_ORDER)


def stretch_alike(scan: Scan) -> str:
    """The shortest that mostly has readings enough to equal another by no chance. Call through `scan.cached(stretch_alike)`."""
    return _shortest(scan, READINGS_ALIKE)


def stretch_of(length: str) -> pl.Expr:
    """The stretch that each row's `when` lies in."""
    return pl.col("when").dt.truncate(length)


def _shortest(scan: Scan, least: int) -> str:
    """The shortest in which half of the readings of each origin stand in stretches of so many; a day where none is."""
    for length in STRETCHES:
        parts = []
        for piece in ordered_rows(scan).entities():
            stretches = piece.drop_nulls("what").group_by("origin", "generator", "entity", stretch_of(length)).len()
            is_long = pl.col("len") >= least
            parts.append(
                stretches.group_by("origin").agg(pl.col("len").sum(), long=pl.col("len").filter(is_long).sum())
            )
        by_origin = pl.concat(parts).group_by("origin").sum()
        if by_origin.height and (by_origin["long"] >= _MOST * by_origin["len"]).all():
            return length
    return DAY
