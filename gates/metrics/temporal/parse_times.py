"""A column of dates, times or text as times in UTC."""

from __future__ import annotations

import polars as pl


def time_in_utc(column: str, kind: pl.DataType) -> pl.Expr:
    """The column as a time in UTC to the microsecond, null where it is none.

    kind: the column's type. Numbers are no times, as their unit is unknown.
    """
    if kind == pl.Date:
        return pl.col(column).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(kind, pl.Datetime):
        times = pl.col(column).dt.cast_time_unit("us")
        return times.dt.replace_time_zone("UTC") if kind.time_zone is None else times.dt.convert_time_zone("UTC")
    if kind not in (pl.String, pl.Categorical):
        return pl.lit(None, dtype=pl.Datetime("us", "UTC"))
    words = pl.col(column).cast(pl.String).str.strip_chars()
    day = words.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    plain = words.str.replace(r"[Zz]$", "").str.replace(" ", "T").str.replace(r"(T\d\d:\d\d)$", "${1}:00")
    local = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False).dt.replace_time_zone("UTC")
    zoned = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", strict=False).dt.convert_time_zone("UTC")
    return pl.coalesce(zoned, local, day)
