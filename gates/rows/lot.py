"""The rows of a dataset as a lot to draw from: known by what they say, wherever they stand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.batch import OnBatch
from gates.data.facts import ORIGIN, ROW_ID, TURNS, WRITTEN_ORIGIN
from gates.rows.plain_values import plain, python_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from gates.data.arrays import Hashes, Ints
    from gates.data.duckdb.dataset import LocalDataset

# Half of a sha256, which no two rows share by chance.
DIGEST_LETTERS = 32
# Without letters in front, spreadsheets take `12e45...` for a number and write another one back.
_PREFIX = "sha256:"
_NO_CONTENT = (ROW_ID, TURNS, WRITTEN_ORIGIN)


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
        return hashlib.sha256(self.digests[self._by_digest()].astype(">u8").tobytes()).hexdigest()

    def occurrences(self) -> Ints:
        """Of each row, how many that say the same come before it."""
        order = self._by_digest()
        ordered = self.digests[order]
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        starts = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
        numbers = np.empty(len(order), dtype=np.int64)
        numbers[order] = np.arange(len(order)) - starts
        return numbers

    def _by_digest(self) -> Ints:
        return np.lexsort((self.row_id, *self.digests.T[::-1]))


def read_lot(opened: LocalDataset, by: Sequence[str]) -> Lot:
    """Every row of an opened dataset, read once. by: the columns that strata are made by."""
    frames, digests, ids = [], bytearray(), []

    def on_batch(batch: pa.RecordBatch) -> None:
        nonlocal digests
        frames.append(pl.DataFrame(batch.select([ORIGIN, *by])).cast(pl.String))
        ids.append(batch.column(ROW_ID).to_numpy())
        digests += b"".join(_digests(batch))

    opened.fold([OnBatch(on_batch)])
    words = np.frombuffer(bytes(digests), dtype=">u8").astype(np.uint64).reshape(-1, 4)
    return Lot(pl.concat(frames), words, np.concatenate(ids))


def _digests(batch: pa.RecordBatch) -> Iterator[bytes]:
    """sha256 of each row as JSON, by the names of its columns."""
    names = sorted(name for name in batch.schema.names if name not in _NO_CONTENT)
    columns = [python_values(batch.column(name)) for name in names]
    for values in zip(*columns, strict=True):
        yield hashlib.sha256(json.dumps(dict(zip(names, map(plain, values), strict=True))).encode()).digest()
