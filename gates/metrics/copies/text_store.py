"""The tokens of the texts that are compared with each other, kept in memory where they fit and else read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from gates.data.facts import ROW_ID
from gates.data.text.tokens import READ_TOKENS, TokenStream, joined, pieces, tokenise
from gates.metrics.base.text_samples import main_text, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.arrays import Ints
    from gates.data.scan.result import Scan
    from gates.data.text.tokens import Mask

# 100,000 texts of 1 KB: 130 MB, and no text is read twice.
TOKENS_IN_MEMORY = 1 << 24


class ComparedTexts(Protocol):
    """Texts by number. row_id: of each text; lengths: tokens of each."""

    @property
    def row_id(self) -> Ints: ...

    @property
    def lengths(self) -> Ints: ...

    def read(self, wanted: Mask) -> Iterator[tuple[Ints, TokenStream]]:
        """The texts under the mask, by number and tokens, as many at a time as fit into memory."""

    def take(self, numbers: Ints) -> TokenStream:
        """The tokens of these texts, in the order asked for."""


def compared_texts(scan: Scan, rows: Ints, least: int) -> ComparedTexts:
    """The main texts of rows, given by their positions in the index, then those of the holdout of at least `least` tokens."""
    row_id, lengths = scan.index.row_id[rows], scan.index.tokens[rows].astype(np.int64)
    held, held_id = _holdout(scan, least)
    both_ids = np.append(row_id, held_id)
    if lengths.sum() <= TOKENS_IN_MEMORY:
        return _InMemory(both_ids, joined([tokens_of(scan, row_id), held]))
    return _InFiles(both_ids, np.append(lengths, held.lengths()), scan, held, np.argsort(row_id))


def _holdout(scan: Scan, least: int) -> tuple[TokenStream, Ints]:
    if scan.holdout is None:
        return TokenStream(np.zeros(0, np.uint64), np.zeros(1, np.int64)), np.zeros(0, np.int64)
    stream = tokenise(main_text(scan.roles, scan.holdout.frame).to_arrow())
    kept = stream.lengths() >= least
    return stream.where(kept), scan.holdout.row_id[kept]


@dataclass(frozen=True)
class _InMemory:
    row_id: Ints
    stream: TokenStream

    @property
    def lengths(self) -> Ints:
        return self.stream.lengths()

    def read(self, wanted: Mask) -> Iterator[tuple[Ints, TokenStream]]:
        for first, last in pieces(self.stream.offsets, READ_TOKENS):
            kept = wanted[first:last]
            yield first + np.flatnonzero(kept), self.stream.between(first, last).where(kept)

    def take(self, numbers: Ints) -> TokenStream:
        return self.stream.take(numbers)


@dataclass(frozen=True)
class _InFiles:
    """The holdout's texts come last and are kept. by_row_id: numbers of the dataset's texts in the order of their rows."""

    row_id: Ints
    lengths: Ints
    scan: Scan
    held: TokenStream
    by_row_id: Ints

    def read(self, wanted: Mask) -> Iterator[tuple[Ints, TokenStream]]:
        ordered = self.row_id[self.by_row_id]
        for batch in self.scan.source.batches():
            rows = batch.column(ROW_ID).to_numpy()
            at = np.minimum(np.searchsorted(ordered, rows), len(ordered) - 1)
            numbers = self.by_row_id[at]
            kept = (ordered[at] == rows) & wanted[numbers]
            frame = pl.DataFrame(pa.Table.from_batches([batch]).select([self.scan.roles.texts[0]]))
            yield numbers[kept], tokenise(main_text(self.scan.roles, frame.filter(pl.Series(kept))).to_arrow())
        held = wanted[len(ordered) :]
        yield len(ordered) + np.flatnonzero(held), self.held.where(held)

    def take(self, numbers: Ints) -> TokenStream:
        is_held = numbers >= len(self.by_row_id)
        rows = self.scan.source.take(self.row_id[numbers[~is_held]])
        streams = [
            tokenise(main_text(self.scan.roles, rows).to_arrow()),
            self.held.take(numbers[is_held] - len(self.by_row_id)),
        ]
        return joined(streams).take(np.argsort(np.argsort(is_held, kind="stable")))
