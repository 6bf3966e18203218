"""Whether one dataset has all rows of another, as often as that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.batch import Batch, OnBatch
from gates.data.facts import ROW_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.engine import Source


def has_rows_of(whole: Source, part: Source) -> bool:
    """Whether each content of a row of `part`, of whatever origin, stands in `whole` at least as often, which may have more columns.

    False where a column has another type in `whole`. Both are read; 16 bytes for each distinct row are held.
    """
    kinds, of_whole = (dict(zip(one.schema().names, one.schema().types, strict=True)) for one in (part, whole))
    columns = sorted({*kinds} - {ROW_ID})
    if any(of_whole.get(name) != kinds[name] for name in columns):
        return False
    pairs = _counts(part, columns).join(_counts(whole, columns), on="row", how="left", suffix="_in_whole")
    return bool((pairs["count_in_whole"].fill_null(0) >= pairs["count"]).all())


def _counts(rows: Source, columns: Sequence[str]) -> pl.DataFrame:
    """How many rows have each content, by its hash."""
    hashes = _Hashes(columns)
    rows.fold([hashes])
    return pl.concat([pl.Series("row", [], dtype=pl.UInt64), *hashes.parts]).value_counts()


class _Hashes(OnBatch):
    """The hash of each row over these columns."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns, self.parts = columns, list[pl.Series]()

    def update(self, batch: Batch) -> None:
        self.parts.append(pl.DataFrame(batch.rows.select(self._columns)).hash_rows().alias("row"))
