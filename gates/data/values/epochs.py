"""Times that are counted in seconds since 1970, or in thousandths, millionths or billionths of a second."""

from __future__ import annotations

import re

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind

# Microseconds in a unit, by its name.
_UNITS = {"seconds": 1e6, "milliseconds": 1e3, "microseconds": 1.0, "nanoseconds": 1e-3}
# From 1980 to 2100, in seconds: in these bounds no unit's numbers are another's.
_FIRST, _LAST = 315_532_800, 4_102_444_800
# A number in these bounds may count anything; what it is called says that it counts time.
_NAME = re.compile(
    r"(^|[^a-z])(date|time|timestamp|datetime|ts|epoch|when|created|updated|modified)($|[^a-z])|_at$|(Time|Date|At)$"
)


def counts_time_by_name(name: str) -> bool:
    """Whether a column is called like a time."""
    return bool(_NAME.search(name) or _NAME.search(name.lower()))


def _unit(numbers: pl.Series) -> pl.Series:
    """The unit in which each number counts, null where it counts no time of these years."""
    microseconds = numbers.cast(pl.Float64, strict=False).alias("number")
    value = pl.col("number")
    unit = pl.coalesce(
        pl.when((value * size / 1e6).is_between(_FIRST, _LAST)).then(pl.lit(name)) for name, size in _UNITS.items()
    )
    return microseconds.to_frame().select(unit.alias("unit")).to_series()


def _manners(numbers: pl.Series) -> pl.DataFrame:
    return _unit(numbers).to_frame()


def _read(numbers: pl.Series, _decision: ColumnDecision) -> pl.Series:
    size = pl.col("unit").replace_strict(_UNITS, default=None, return_dtype=pl.Float64)
    # A float has all digits of microseconds in these years.
    both = pl.DataFrame([numbers.cast(pl.Float64, strict=False).alias("number"), _unit(numbers)])
    microseconds = both.select((pl.col("number") * size).round().cast(pl.Int64)).to_series()
    return microseconds.cast(pl.Datetime("us", "UTC")).alias(numbers.name)


def _traits(manners: Manners, _decision: ColumnDecision) -> pl.DataFrame:
    return manners.select("origin", "count", time=pl.lit("as ") + pl.col("unit") + " since 1970")


EPOCHS = WrittenKind("times", _manners, _read, _traits, reads_numbers=True)
