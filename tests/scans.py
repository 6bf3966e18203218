"""Scans built from plain lists, for tests of metrics."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from gates.scan import HUMAN_CODE, SYNTHETIC_CODE, FileFacts, Roles, RowIndex, Rows, Scan
from gates.text.marks import marks
from gates.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.scan import Hashes, Ints

# As in the shared scan: a generator with fewer rows is not judged alone.
GENERATOR_ROWS = 300


class FrameSource:
    """An opened dataset held in memory."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self.frame.to_arrow().to_batches()

    def take(self, row_ids: Ints) -> pl.DataFrame:
        return self.frame[row_ids.tolist()]


def content_hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def text_scan(human: Sequence[str], synthetic: Sequence[str], generator: Sequence[str] | None = None) -> Scan:
    """A scan of texts: all human rows first, then all synthetic ones, in one file `texts.parquet`."""
    texts = [*human, *synthetic]
    names = [""] * len(human) + list(generator or [""] * len(synthetic))
    known = tuple(sorted(set(names) - {""}))
    origin = np.repeat(np.array([HUMAN_CODE, SYNTHETIC_CODE], np.int8), [len(human), len(synthetic)])
    digest = np.array([content_hash(text) for text in texts], np.uint64)
    stream = tokenise(pa.array(texts, pa.large_string()))
    index = RowIndex(
        row_id=np.arange(len(texts), dtype=np.int64),
        origin=origin,
        digest=digest,
        group=digest,
        generator=np.array([known.index(name) if name else -1 for name in names], np.int16),
        marks=marks(pa.array(texts, pa.large_string()), stream),
        tokens=stream.lengths().astype(np.int32),
        generators=known,
    )
    rows = _rows(texts, digest, names)
    people, machines = rows.where(origin == HUMAN_CODE), rows.where(origin == SYNTHETIC_CODE)
    alone = [name for name in known if names.count(name) >= GENERATOR_ROWS]
    return Scan(
        roles=Roles("text", ("text",), ("text",), generator="generator" if known else None),
        files=(FileFacts("texts.parquet", len(texts), {"text": "string"}, "", 0),),
        index=index,
        human=people,
        synthetic=machines,
        holdout=None,
        failures={},
        source=FrameSource(rows.frame),
        seed=int(np.bitwise_xor.reduce(digest) >> np.uint64(1)),
        generators={name: machines.where(machines.generator == name) for name in alone},
    )


def _rows(texts: list[str], digest: Hashes, names: list[str]) -> Rows:
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    return Rows(
        frame, np.arange(len(texts), dtype=np.int64), digest, digest, np.array(names, dtype=np.str_), len(texts)
    )
