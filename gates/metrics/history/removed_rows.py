"""Which rows of a promoted version a record of a removal names; values are compared, nothing is executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.config.removals import Removal, Value
    from gates.data.arrays import Mask
    from gates.data.previous_version import PromotedRows


def named_rows(frame: pl.DataFrame, record: Removal, promoted: PromotedRows, key: str | None) -> Mask:
    """Mask of the rows of a frame that a record names, by key, by place or by their values.

    key: the key's column, where there is one. Raises UsageError, naming file and line, for a missing column and for what is
    neither key nor place.
    """
    if record.where is None:
        return _by_name(frame, record, promoted, key)
    named = np.ones(frame.height, dtype=bool)
    for column, values in record.where.items():
        name = promoted.columns.get(column, column)
        if name not in frame.columns or name == ROW_ID:
            names = {*frame.columns, *promoted.columns} - {ROW_ID}
            raise UsageError(f"{record.place}: where: no column '{column}' ({did_you_mean(column, names)})")
        named &= _has_one(frame[name], values)
    return named


def _by_name(frame: pl.DataFrame, record: Removal, promoted: PromotedRows, key: str | None) -> Mask:
    row_ids = {name: _row_id(name, promoted.files) for name in record.rows}
    named = np.isin(frame[ROW_ID].to_numpy(), [row_id for row_id in row_ids.values() if row_id is not None])
    if key is not None and key in frame.columns:
        return named | _mask(frame[key].cast(pl.String).is_in(list(record.rows)))
    wrong = next((name for name, row_id in row_ids.items() if row_id is None), None)
    if wrong is not None:
        files = ", ".join(promoted.files[:3])
        raise UsageError(
            f"{record.place}: rows: '{wrong}' is no row of {promoted.version}: without a key expected path:row, with one of {files}"
        )
    return named


def _row_id(name: str, files: Sequence[str]) -> int | None:
    path, _, number = name.rpartition(":")
    is_row = path in files and number.isascii() and number.isdigit() and int(number) > 0
    return (files.index(path) << ROWS_PER_FILE_BITS) + int(number) - 1 if is_row else None


def _has_one(cells: pl.Series, values: Sequence[Value]) -> Mask:
    """Texts are compared as texts, numbers as numbers, whatever the column's type; true is no 1."""
    if cells.dtype.is_nested():
        return np.zeros(len(cells), dtype=bool)
    words = [value for value in values if isinstance(value, str)]
    truths = [value for value in values if isinstance(value, bool)]
    numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    has_one = np.zeros(len(cells), dtype=bool)
    if words:
        has_one |= _mask(cells.cast(pl.String, strict=False).is_in(words))
    if truths and cells.dtype == pl.Boolean:
        has_one |= _mask(cells.is_in(truths))
    if numbers and cells.dtype != pl.Boolean:
        has_one |= _mask(cells.cast(pl.Float64, strict=False).is_in(numbers))
    return has_one


def _mask(flags: pl.Series) -> Mask:
    return flags.fill_null(value=False).to_numpy()
