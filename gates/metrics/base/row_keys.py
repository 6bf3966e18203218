"""Hashes of what names a row. A missing key equals no other, as in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from gates.data.scan.row_index import RowIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.data.arrays import Ints, Mask
    from gates.data.batch import Batch
    from gates.data.scan.inputs import PassInputs

# Beyond the ids of all rows: those of their second entries.
_SECOND = 1 << 62


class KeyIndex:
    """An accumulator of an index in which a row's content is the hash of its key; rows without a key have no entry.

    keys: give these hashes of a batch, null for a row without a key. Of two, rows have an entry for each, and the entries of
    the second stand behind those of the first.
    """

    def __init__(self, inputs: PassInputs, *keys: Callable[[Batch], pl.Series]) -> None:
        self._keys, self.needs_rows = keys, bool(keys)
        self._table = inputs.index_table()

    def update(self, batch: Batch) -> None:
        for number, keys in enumerate(self._keys):
            hashes = keys(batch)
            has_key = hashes.is_not_null().to_numpy()
            row_id = batch.row_id + number * _SECOND
            columns = {"row_id": row_id, "digest": hashes.fill_null(0).to_numpy(), "origin": batch.origin}
            self._table.append(pa.record_batch({name: values[has_key] for name, values in columns.items()}))

    def merge(self, other: KeyIndex) -> None:
        for rows in other._table.columns("row_id", "digest", "origin"):
            self._table.append(rows)

    def value(self) -> RowIndex:
        return RowIndex(self._table)


def of_second_keys(keys: RowIndex) -> Mask:
    """Mask of the entries of the second keys."""
    mask = np.zeros(len(keys), dtype=bool)
    mask[int(keys.positions(np.array([_SECOND]))[0]) :] = True
    return mask


def rows_at(keys: RowIndex, positions: Ints) -> Ints:
    """The ids of the rows whose entries stand at these positions."""
    return keys.ids(positions) % _SECOND


def rows_with_key(index: RowIndex, keys: RowIndex, entries: Mask | None = None) -> Mask:
    """Mask of the rows of a dataset that have an entry. entries: mask of those that count, None for all."""
    mask, begin = np.zeros(len(index), dtype=bool), 0
    for batch in keys.table.columns("row_id"):
        ids = batch.column(0).to_numpy()
        counted = ids if entries is None else ids[entries[begin : begin + len(ids)]]
        mask[index.positions(counted % _SECOND)] = True
        begin += len(ids)
    return mask


def key_hashes(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """The hash of each row's key, null where a part of it is missing: null, NaN or blank text."""
    key = without_nan(rows.select(columns)).with_columns(
        pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name).str.strip_chars())
        for name in columns
        if rows.schema[name] == pl.String
    )
    is_complete = key.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    return key.hash_rows().zip_with(is_complete, pl.Series([None], dtype=pl.UInt64))


def without_nan(rows: pl.DataFrame) -> pl.DataFrame:
    """NaN, which polars holds greater than and equal to itself, as the missing value it stands for."""
    return rows.with_columns(pl.col(name).fill_nan(None) for name, kind in rows.schema.items() if kind.is_float())
