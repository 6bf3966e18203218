"""The type that a column has whose files have it with several; no value loses a digit, and equal numbers stay equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# What Arrow's decimals of 128 bits, DuckDB's and polars' hold.
MOST_DIGITS = 38
# Digits of the largest number that so many bits hold, signed and unsigned.
_SIGNED_DIGITS = {8: 3, 16: 5, 32: 10, 64: 19}
_UNSIGNED_DIGITS = {8: 3, 16: 5, 32: 10, 64: 20}


def common_type(kinds: Iterable[pa.DataType]) -> tuple[pa.DataType, str]:
    """The type that all these fit into, and DuckDB's word for it ("" where nothing has to be cast).

    Columns without values fit anything. Whole numbers and decimals become a type that holds all digits of both; beside
    fractions in binary they become such, as these have no more. What nothing else holds is text.
    """
    distinct = list(dict.fromkeys(kind for kind in kinds if not pa.types.is_null(kind)))
    if not distinct:
        return pa.string(), "VARCHAR"
    if len(distinct) == 1:
        # Files may hold text that DuckDB takes for JSON.
        return distinct[0], "VARCHAR" if pa.types.is_string(distinct[0]) else ""
    for suit, kind, sql_type in _COMMON:
        if suit(distinct):
            return kind, sql_type
    return (_common_decimal(distinct) if all(map(_is_exact, distinct)) else None) or (pa.string(), "VARCHAR")


def as_text(value: str, kind: pa.DataType) -> str:
    """SQL of a value as text; equal decimals of two types are written alike."""
    text = f"CAST({value} AS VARCHAR)"
    return f"regexp_replace({text}, '\\.?0+$', '')" if pa.types.is_decimal(kind) and kind.scale > 0 else text


def _common_decimal(kinds: Iterable[pa.DataType]) -> tuple[pa.DataType, str] | None:
    digits = [_digits(kind) for kind in kinds]
    scale = max(fraction for _, fraction in digits)
    precision = max(whole for whole, _ in digits) + scale
    return (pa.decimal128(precision, scale), f"DECIMAL({precision}, {scale})") if precision <= MOST_DIGITS else None


def _digits(kind: pa.DataType) -> tuple[int, int]:
    """How many digits a number of this type has before and after the point at most."""
    if pa.types.is_decimal(kind):
        return kind.precision - kind.scale, kind.scale
    return (_SIGNED_DIGITS if pa.types.is_signed_integer(kind) else _UNSIGNED_DIGITS)[kind.bit_width], 0


def _is_int64(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) and kind != pa.uint64())


def _is_exact(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _has_fractions(kinds: list[pa.DataType]) -> bool:
    return any(map(pa.types.is_floating, kinds)) and all(
        pa.types.is_floating(kind) or _is_exact(kind) for kind in kinds
    )


def _is_local_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None))


def _is_world_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) and kind.tz is not None)


def _each(suits: Callable[[pa.DataType], bool]) -> Callable[[list[pa.DataType]], bool]:
    return lambda kinds: all(map(suits, kinds))


# The first entry that suits the types; local and world time have nothing in common but text.
_COMMON: tuple[tuple[Callable[[list[pa.DataType]], bool], pa.DataType, str], ...] = (
    (_each(_is_int64), pa.int64(), "BIGINT"),
    (_each(pa.types.is_unsigned_integer), pa.uint64(), "UBIGINT"),
    (_has_fractions, pa.float64(), "DOUBLE"),
    (_each(_is_local_time), pa.timestamp("us"), "TIMESTAMP"),
    (_each(_is_world_time), pa.timestamp("us", "UTC"), "TIMESTAMPTZ"),
)
