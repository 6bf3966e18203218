"""A column of dates, times or text as times in UTC."""

from __future__ import annotations

import polars as pl

from gates.data.values.times import in_utc


def time_in_utc(column: str, kind: pl.DataType) -> pl.Expr:
    """The column as a time in UTC to the microsecond, null where it is none.

    kind: the column's type. Numbers are no times where no reading of the column says so, as their unit is unknown.
    """
    if kind == pl.Date:
        return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(kind, pl.Datetime):
        times = pl.col(column).dt.cast_time_unit("us")
        return times.dt.replace_time_zone("UTC") if kind.time_zone is None else times.dt.convert_time_zone("UTC")
    if kind not in (pl.String, pl.Categorical):
        return pl.lit(None, dtype=pl.Datetime("us", "UTC"))
    return pl.col(column).cast(pl.String).map_batches(in_utc, return_dtype=pl.Datetime("us", "UTC"))
