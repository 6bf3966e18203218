"""Which rows of a promoted version a record of a removal names; values are compared, nothing is executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gates.config.removals import Removal, Value
    from gates.data.previous_version import PromotedRows


def named_rows(frame: pl.DataFrame, record: Removal, promoted: PromotedRows, key: str | None) -> npt.NDArray[np.bool_]:
    """Mask of the rows of a frame that a record names, by key, by place or by their values.

    key: the key's column, where there is one. Raises UsageError, naming file and line, for a column that is not there and for
    what is neither key nor place.
    """
    if record.where is None:
        return _by_name(frame, record, promoted, key)
    found = np.ones(frame.height, dtype=bool)
    for column, values in record.where.items():
        name = promoted.columns.get(column, column)
        if name not in frame.columns or name == ROW_ID:
            known = {*frame.columns, *promoted.columns} - {ROW_ID}
            raise UsageError(f"{record.place}: where: no column '{column}' ({did_you_mean(column, known)})")
        found &= _has_one(frame[name], values)
    return found


def place(files: Sequence[str], row_id: int) -> str:
    """`path:row`, rows counted from 1."""
    return f"{files[row_id >> ROWS_PER_FILE_BITS]}:{(row_id & ((1 << ROWS_PER_FILE_BITS) - 1)) + 1}"


def _by_name(frame: pl.DataFrame, record: Removal, promoted: PromotedRows, key: str | None) -> npt.NDArray[np.bool_]:
    by_place = [row_id for name in record.rows if (row_id := _row_id(name, promoted.files)) is not None]
    found = np.isin(frame[ROW_ID].to_numpy(), by_place)
    if key is not None and key in frame.columns:
        keyed = frame[key].cast(pl.String).is_in(list(record.rows)).fill_null(value=False)
        found |= keyed.to_numpy()
        return found
    strange = next((name for name in record.rows if _row_id(name, promoted.files) is None), None)
    if strange is not None:
        files = ", ".join(promoted.files[:3])
        raise UsageError(
            f"{record.place}: rows: '{strange}' is no row of what was promoted: without a key expected path:row, with one of {files}"
        )
    return found


def _row_id(name: str, files: Sequence[str]) -> int | None:
    path, _, number = name.rpartition(":")
    is_row = path in files and number.isascii() and number.isdigit() and int(number) > 0
    return (files.index(path) << ROWS_PER_FILE_BITS) + int(number) - 1 if is_row else None


def _has_one(cells: pl.Series, values: Sequence[Value]) -> npt.NDArray[np.bool_]:
    """Texts are compared as texts, numbers as numbers, whatever the column's type; true is no 1."""
    if cells.dtype.is_nested():
        return np.zeros(len(cells), dtype=bool)
    words = [value for value in values if isinstance(value, str)]
    truths = [value for value in values if isinstance(value, bool)]
    numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    found = np.zeros(len(cells), dtype=bool)
    if words:
        found |= cells.cast(pl.String, strict=False).is_in(words).fill_null(value=False).to_numpy()
    if truths and cells.dtype == pl.Boolean:
        found |= cells.is_in(truths).fill_null(value=False).to_numpy()
    if numbers and cells.dtype != pl.Boolean:
        found |= cells.cast(pl.Float64, strict=False).is_in(numbers).fill_null(value=False).to_numpy()
    return found
