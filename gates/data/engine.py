"""The seam between metrics and whatever holds the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    import pyarrow as pa

    from gates.data.arrays import Ints


class Source(Protocol):
    """An opened dataset: columns bear the roles' names, plus ROW_ID (int64) and ORIGIN (string).

    ROW_ID is `file index << 40 | row number`, rows counted from 0 within their file, files in path order.
    """

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Every row of every origin once, in bounded batches."""

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for, with ROW_ID and ORIGIN."""
