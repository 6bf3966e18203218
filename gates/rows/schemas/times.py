"""Text as times, in the forms of ISO 8601 that programs write."""

from __future__ import annotations

import polars as pl

# As pyarrow, DuckDB and polars write it, and dates alone. Formats are listed because polars' own guess follows the
# first value of a batch, which would make the answer depend on how rows are batched.
NAIVE_TIMES = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
ZONED_TIMES = (
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%dT%H:%MZ",
)


def naive_time(text: pl.Expr) -> pl.Expr:
    """The time that a text without a zone states, to the microsecond; null where it states none."""
    forms = [text.str.to_datetime(form, time_unit="us", strict=False) for form in NAIVE_TIMES]
    return pl.coalesce(*forms, text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")))


def zoned_time(text: pl.Expr) -> pl.Expr:
    """As `naive_time`, of a text with a zone, in UTC."""
    return pl.coalesce(
        text.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False) for form in ZONED_TIMES
    )


def parsed_time(text: pl.Expr) -> pl.Expr:
    """The time that a text states, with or without a zone, in UTC where it has one; null where it states none."""
    return pl.coalesce(naive_time(text), zoned_time(text).dt.replace_time_zone(None))
