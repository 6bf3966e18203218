"""The first values of a column, by which it is told what a column of text holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

# Of so many values that say something, so large a share decides what a column of text holds.
SAMPLED_VALUES, DECIDING_SHARE = 200, 0.9


def first_values(parquet: Path, column: str) -> list[object]:
    """The first values of a column of a Parquet file."""
    with pq.ParquetFile(parquet) as opened:
        batches = opened.iter_batches(batch_size=SAMPLED_VALUES, columns=[column])
        first = next(batches, None)
    return [] if first is None else list(first.column(0).to_pylist())
