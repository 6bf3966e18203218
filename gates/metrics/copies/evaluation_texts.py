"""Searches texts of rows for texts of evaluation items, and judges what they share by its words that are no idiom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.text.contamination import COVERED_SHARE, SHORT_TOKENS, count_overlap, index_texts
from gates.data.text.idiom import index_phrases
from gates.data.text.tokens import tokenise

if TYPE_CHECKING:
    from gates.data.arrays import Ints, Mask
    from gates.data.batch import Batch
    from gates.data.scan.inputs import EvaluationItems

_SCHEMA = {
    "row": pl.Int64, "column": pl.Int64, "text": pl.Int64, "first": pl.Int64, "last": pl.Int64, "is_pair": pl.Boolean,
    "is_covered": pl.Boolean,
}  # fmt: skip

# A text that has most of an evaluation text's own words, and so many of them, or all there are, contains that text.
_IS_LEAK = (
    pl.col("is_pair")
    & (pl.col("distinctive") > COVERED_SHARE * pl.col("all"))
    & ((pl.col("distinctive") >= SHORT_TOKENS) | (pl.col("distinctive") == pl.col("all")))
)
# A text most of which stands in evaluation texts is a piece of them where most of what it shares is their own.
_IS_PIECE = (
    pl.col("is_covered").any()
    & (pl.col("distinctive").max() >= SHORT_TOKENS)
    & (pl.col("distinctive").sum() > COVERED_SHARE * pl.col("words").sum())
)


class TextSearch:
    """What some texts of rows share with some texts of items. cells: positions of the latter. whole_short: columns where short texts count as a whole."""

    def __init__(
        self, items: EvaluationItems, cells: Ints, columns: tuple[str, ...], whole_short: tuple[str, ...] = ()
    ) -> None:
        self._item, self._columns, self._whole_short = items.item[cells], columns, whole_short
        self._index = index_texts(tokenise(items.texts.gather(cells).to_arrow()))
        self._phrases = index_phrases(self._index.texts)
        self._rows_with = np.zeros(len(self._phrases.hashes), dtype=np.int64)
        self._rows = 0
        self._spans = [pl.DataFrame(schema=_SCHEMA)]

    @property
    def has_texts(self) -> bool:
        """Whether any text is long enough to be searched for."""
        return bool(len(self._index.grams) or len(self._index.short))

    def update(self, batch: Batch) -> Mask:
        """Take some rows, and say which of them share more than half of a text."""
        is_hit = np.zeros(batch.rows.num_rows, dtype=bool)
        for number, column in enumerate(self._columns if self.has_texts else ()):
            # Short answers ("Yes, it is true") coincide by chance; a short prompt is the item itself.
            overlap = count_overlap(self._index, batch.tokens(column), whole_short=column in self._whole_short)
            hit = overlap.contaminated()
            if not hit.any():
                continue
            is_hit |= hit
            kept = hit[overlap.spans.document]
            spans = pl.DataFrame({
                "document": overlap.spans.document[kept], "text": overlap.spans.evaluation_text[kept],
                "first": overlap.spans.first[kept], "last": overlap.spans.last[kept],
            })  # fmt: skip
            pairs = pl.DataFrame({"document": overlap.document, "text": overlap.evaluation_text}).unique()
            texts = pl.DataFrame({"document": np.flatnonzero(hit), "is_covered": overlap.covered[hit] > COVERED_SHARE})
            texts = texts.join(spans, on="document", how="left").join(
                pairs.with_columns(is_pair=pl.lit(value=True)), on=["document", "text"], how="left"
            )
            row = batch.row_id[texts["document"].to_numpy()]
            filled = texts.with_columns(
                pl.col("is_pair").fill_null(value=False), pl.col("text").fill_null(-1), pl.col("first", "last").fill_null(0),
                row=pl.Series(row, dtype=pl.Int64), column=pl.lit(number, pl.Int64),
            )  # fmt: skip
            self._spans.append(filled.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items()))
        return is_hit

    def count_phrases(self, batch: Batch, rows: Mask) -> None:
        """Count which of these rows have which phrases of the evaluation texts."""
        if not self.has_texts or not rows.any():
            return
        count = max(1, len(self._phrases.hashes))
        keys = [self._phrases.keys(batch.tokens(column).where(rows)) for column in self._columns]
        once = np.unique(np.concatenate(keys))
        self._rows_with += np.bincount(once % count, minlength=len(self._rows_with))
        self._rows += int(rows.sum())

    def merge(self, other: TextSearch) -> None:
        """Add what other rows share with the same texts."""
        self._spans += other._spans
        self._rows_with += other._rows_with
        self._rows += other._rows

    def value(self) -> tuple[pl.DataFrame, Ints]:
        """What texts share with evaluation texts, and the items of which a text contains more than half.

        The former has a row for each text with its `row`, the `item` it shares most with or -1, the `words` and `distinctive`
        words it shares with that, and whether it `is_contaminated`.
        """
        pairs = self._pairs()
        # Equal texts of several items are one; the first of these items is named.
        _, first_cell = np.unique(self._index.text_of, return_index=True)
        named = np.append(self._item[first_cell], -1)
        by_most = pairs.sort(
            "row", "column", "distinctive", "words", "text", descending=[False, False, True, True, False]
        )
        texts = by_most.group_by("row", "column", maintain_order=True).agg(
            pl.col("text", "words", "distinctive").first(), is_contaminated=pl.col("is_leak").any() | _IS_PIECE
        )
        item = pl.Series("item", named[texts["text"].to_numpy()], dtype=pl.Int64)
        leaked = np.isin(self._index.text_of, pairs.filter("is_leak")["text"].to_numpy())
        return texts.select("row", item, "words", "distinctive", "is_contaminated"), np.unique(self._item[leaked])

    def _pairs(self) -> pl.DataFrame:
        """How many words each text shares with each evaluation text, how many of these are no idiom, and of how many."""
        spans = pl.concat(self._spans)
        before, begin = self._phrases.distinctive(self._rows_with, self._rows), self._index.texts.offsets
        text, first, last = (spans[name].to_numpy() for name in ("text", "first", "last"))
        start, is_any = begin[text], text >= 0
        counted = spans.with_columns(
            words=last - first,
            distinctive=np.where(is_any, before[start + last] - before[start + first], 0),
            all=np.where(is_any, before[begin[text + 1]] - before[start], 0),
        )
        return (
            counted.group_by("row", "column", "text", "is_pair", "is_covered", "all")
            .agg(pl.col("words", "distinctive").sum())
            .with_columns(is_leak=_IS_LEAK)
        )
