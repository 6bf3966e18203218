"""Types of single values: what converts without loss is of the type, what does not is named row by row.

Human and synthetic files are opened as one table, so one file whose numbers are strings turns the whole column into
strings. The rows of the other file are not to blame for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gates.data.values.kinds import is_null_word
from gates.data.values.times import has_zone, in_utc

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from gates.data.values.readings import Reading

INTEGRAL_DECIMAL = r"^[+-]?\d+\.0*$"


@dataclass(frozen=True)
class Conversion:
    """A column in the expected type; values that do not convert are null in it and True in `failed`."""

    values: pl.Series
    failed: npt.NDArray[np.bool_]


def convert(values: pl.Series, expected: pl.DataType, reading: Reading | None = None) -> Conversion:
    """The values in the expected type, where nothing is lost by it. reading: what the column reads as, for other types than text.

    Strings are parsed; numbers change their width, and become integers only without a fraction; times change their
    unit. Nothing but text becomes text. Missing values, NaN among integers, and words for nothing where text is read stay
    missing.
    """
    is_read = reading is not None and not isinstance(expected, pl.String)
    stated = reading.read(values) if reading and is_read else values
    try:
        converted = _converter(stated.dtype, expected)(stated, expected)
    except pl.exceptions.PolarsError:
        # A pair of types that polars knows no way between.
        converted = _nothing(stated, expected)
    missing = values.is_nan().fill_null(True) if values.dtype.is_float() else values.is_null()
    if is_read and isinstance(values.dtype, pl.String):
        missing |= is_null_word(values).fill_null(False)
    return Conversion(converted, (converted.is_null() & ~missing).to_numpy())


def _converter(actual: pl.DataType, expected: pl.DataType) -> Callable[[pl.Series, pl.DataType], pl.Series]:
    text = isinstance(actual, pl.String | pl.Categorical | pl.Enum)
    if isinstance(actual, pl.Null) or actual == expected:
        return _cast
    if isinstance(actual, pl.Binary) and isinstance(expected, pl.String):
        return _decode
    if text:
        return _parser(expected)
    if actual.is_float() and expected.is_float():
        # Half the digits are a matter of storage, not of type.
        return _cast
    if (actual.is_numeric() and expected.is_numeric()) or (actual.is_temporal() and expected.is_temporal()):
        return _cast_without_loss
    return _nothing


def _parser(expected: pl.DataType) -> Callable[[pl.Series, pl.DataType], pl.Series]:
    if expected.is_integer():
        return _parse_integers
    if isinstance(expected, pl.Boolean):
        return _parse_booleans
    if isinstance(expected, pl.Datetime | pl.Date):
        return _parse_times
    return _cast


def _cast(values: pl.Series, expected: pl.DataType) -> pl.Series:
    return values.cast(expected, strict=False)


def _nothing(values: pl.Series, expected: pl.DataType) -> pl.Series:
    return pl.Series(values.name, [None] * len(values), dtype=expected)


def _cast_without_loss(values: pl.Series, expected: pl.DataType) -> pl.Series:
    converted = values.cast(expected, strict=False)
    back = converted.cast(values.dtype, strict=False)
    same = back.eq_missing(values)
    return converted.zip_with(same, _nothing(values, expected))


def _decode(values: pl.Series, _: pl.DataType) -> pl.Series:
    def text(value: bytes | None) -> str | None:
        if value is None:
            return None
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return None

    return pl.Series(values.name, [text(value) for value in values], dtype=pl.String)


def _parse_integers(values: pl.Series, expected: pl.DataType) -> pl.Series:
    text = values.cast(pl.String)
    decimal = text.str.contains(INTEGRAL_DECIMAL).fill_null(False)
    return text.zip_with(~decimal, text.str.replace(r"\.0*$", "")).cast(expected, strict=False)


def _parse_booleans(values: pl.Series, _: pl.DataType) -> pl.Series:
    text = values.cast(pl.String).str.to_lowercase()
    is_boolean = text.is_in(["true", "false"])
    return (text == "true").zip_with(is_boolean.fill_null(False), _nothing(values, pl.Boolean()))


def _parse_times(values: pl.Series, expected: pl.DataType) -> pl.Series:
    """A text without a zone states no time of a type that has one, nor the other way round."""
    text = values.cast(pl.String)
    zone = expected.time_zone if isinstance(expected, pl.Datetime) else None
    times = in_utc(text).dt.convert_time_zone(zone) if zone else in_utc(text).dt.replace_time_zone(None)
    is_alike = has_zone(text) == (zone is not None)
    return _cast_without_loss(times.zip_with(is_alike, _nothing(times, times.dtype)), expected)
