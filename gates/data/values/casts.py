"""Columns of one set of rows in the types that another has, so that equal values have equal hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.values.times import in_utc

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_types(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """These columns of the frame, each as `in_type` has it."""
    return frame.select(in_type(frame[name], kind) for name, kind in schema.items())


def in_type(values: pl.Series, kind: pl.DataType) -> pl.Series:
    """The values in another type; null where one has no counterpart there, as `soon` has none among dates.

    Text is read as the dates and times that columns of text are read as.
    """
    if isinstance(values.dtype, pl.String) and isinstance(kind, (pl.Date, pl.Datetime)):
        values = in_utc(values)
        if isinstance(kind, pl.Date) or kind.time_zone is None:
            values = values.dt.replace_time_zone(None)
    try:
        return values.cast(kind, strict=False)
    except pl.exceptions.InvalidOperationError:
        # A pair of types that polars knows no way between.
        return pl.Series(values.name, [None] * len(values), dtype=kind)
