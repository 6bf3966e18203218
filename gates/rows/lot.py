"""The rows of a dataset as a lot to draw from: known by what they say, wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.arrays import Hashes, Ints, since_start
from gates.data.batch import OnBatch
from gates.data.facts import ORIGIN, ROW_ID
from gates.data.values.row_digests import row_digests, sha256_of_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from gates.data.duckdb.dataset import LocalDataset

# Half of a sha256, which no two rows share by chance.
DIGEST_LETTERS = 32
# Without letters in front, spreadsheets take `12e45...` for a number and write another one back.
_PREFIX = "sha256:"


@dataclass(frozen=True)
class Lot:
    """Every row of a dataset. frame: origin and what strata are made by, as text, one row each, missing values null.

    digests: rows x 4 words of the sha256 of what a row says, its origin among it. row_id: as of the opened dataset.
    """

    frame: pl.DataFrame
    digests: Hashes
    row_id: Ints

    def __len__(self) -> int:
        return len(self.row_id)

    def shown(self, positions: Ints) -> list[str]:
        """The digests of rows as people and files have them."""
        words = self.digests[positions].astype(">u8")
        return [_PREFIX + row.tobytes().hex()[:DIGEST_LETTERS] for row in words]

    def all_shown(self) -> list[str]:
        """As `shown`, of every row."""
        return self.shown(np.arange(len(self)))

    def sha256(self) -> str:
        """What names the whole lot, in whatever order and files its rows are."""
        return sha256_of_rows(self.digests)

    def occurrences(self) -> Ints:
        """Of each row, how many that say the same come before it."""
        order = np.lexsort((self.row_id, *self.digests.T[::-1]))
        ordered = self.digests[order]
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        numbers = np.empty(len(order), dtype=np.int64)
        numbers[order] = since_start(is_first)
        return numbers


def read_lot(opened: LocalDataset, by: Sequence[str]) -> Lot:
    """Every row of an opened dataset, read once. by: the columns that strata are made by."""
    frames, digests, ids = [], [np.empty((0, 4), dtype=np.uint64)], []

    def on_batch(batch: pa.RecordBatch) -> None:
        frames.append(pl.DataFrame(batch.select([ORIGIN, *by])).cast(pl.String))
        ids.append(batch.column(ROW_ID).to_numpy())
        digests.append(row_digests(batch))

    opened.fold([OnBatch(on_batch)])
    return Lot(pl.concat(frames), np.concatenate(digests), np.concatenate(ids))
