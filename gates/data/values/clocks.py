"""Times of day alone: 08:15, 8:15:30 pm, 20.15 Uhr, 20h15."""

from __future__ import annotations

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind

_HALF = r"(?P<half>[AaPp]\.?[Mm]\.?)"
# A point between hours and minutes is one of a number unless a word says that it is not.
_CLOCK = (
    r"^\s*[Tt]?(?P<hour>\d{1,2})(?P<mark>[:hH.])(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    rf"\s*(?:{_HALF}|(?P<word>Uhr|Z))?\s*$"
)
_HOURS, _MINUTES = 24, 60


def _parts(text: pl.Series) -> pl.DataFrame:
    """The time of day in nanoseconds, null where a text states none, and how it is written."""
    parts = text.str.extract_groups(_CLOCK).struct.unnest()
    hour, minute, second = (pl.col(name).cast(pl.Int64, strict=False) for name in ("hour", "minute", "second"))
    is_half, is_evening = pl.col("half").is_not_null(), pl.col("half").str.contains("^[Pp]")
    hours = pl.when(is_half).then(hour % 12 + pl.when(is_evening).then(12).otherwise(0)).otherwise(hour)
    fraction = pl.col("fraction").str.pad_end(9, "0").cast(pl.Int64, strict=False).fill_null(0)
    fits_half = ~is_half | ((hour > 0) & (hour <= _HOURS // 2))
    is_marked = (pl.col("mark") != ".") | is_half | pl.col("word").is_not_null()
    is_time = (hour < _HOURS) & (minute < _MINUTES) & (second.fill_null(0) < _MINUTES) & fits_half & is_marked
    since_midnight = ((hours * 60 + minute) * 60 + second.fill_null(0)) * 1_000_000_000 + fraction
    return parts.select(
        "half",
        "mark",
        "second",
        clock=pl.when(is_time).then(since_midnight),
        is_padded=pl.col("hour").str.len_chars() > 1,
    )


def _manners(text: pl.Series) -> pl.DataFrame:
    """hours: of twelve or of twenty-four."""
    is_half = pl.col("half").is_not_null()
    traits = {
        "hours": pl.when(is_half).then(pl.lit("twelve hours")).otherwise(pl.lit("twenty-four hours")),
        "mark": pl.col("mark"),
        "seconds": pl.when(pl.col("second").is_null()).then(pl.lit("without")).otherwise(pl.lit("with")),
    }
    return _parts(text).select(
        pl.when(pl.col("clock").is_not_null()).then(one).alias(name) for name, one in traits.items()
    )


def _read(text: pl.Series, _decision: ColumnDecision) -> pl.Series:
    return _parts(text)["clock"].cast(pl.Time).alias(text.name)


def _traits(manners: Manners, _decision: ColumnDecision) -> pl.DataFrame:
    words = {
        "hours": pl.lit("by ") + pl.col("hours"),
        "mark": pl.format("with '{}' after the hour", "mark"),
        "seconds": pl.col("seconds") + " seconds",
    }
    return manners.select("origin", "count", **words)


CLOCKS = WrittenKind("times of day", _manners, _read, _traits)
