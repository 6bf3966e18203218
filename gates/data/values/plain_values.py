"""Values of columns as JSON can say them."""

from __future__ import annotations

import base64
import math

import pyarrow as pa


def python_values(column: pa.Array) -> list[object]:
    """A column's values as Python has them; bytes where they claim to be text and are not UTF-8."""
    try:
        return list(readable(column).to_pylist())
    except (OverflowError, ValueError):
        # A time that Python has no word for is kept as Arrow writes it.
        return list(column.cast(pa.string()).to_pylist())


def plain(value: object) -> object:
    """A value as JSON knows it; what JSON cannot say becomes text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)


def readable(column: pa.Array) -> pa.Array:
    """The column, or its bytes where it claims to be text and is not UTF-8; nothing checks that on the way in."""
    as_bytes = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
    if pa.types.is_dictionary(column.type) and column.type.value_type in as_bytes:
        column = column.dictionary_decode()
    if column.type not in as_bytes:
        return column
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return column.view(as_bytes[column.type])
    return column
