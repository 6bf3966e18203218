"""Searches every row of a dataset for evaluation items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import ROW_ID
from gates.data.scan.inputs import EvaluationItems
from gates.data.text.contamination import count_overlap, index_texts
from gates.data.text.tokens import tokenise

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.batch import Batch
    from gates.data.facts import Roles
    from gates.data.scan.inputs import PassInputs

SEED = "seed_id"
_NONE = np.empty(0, dtype=np.int64)
_NO_ITEMS = EvaluationItems(pl.Series(dtype=pl.String), _NONE, np.empty(0, dtype=str), ())


@dataclass(frozen=True)
class ContaminatedRows:
    """Ids of the rows that share texts with evaluation items, and the item that each text of these shares most with.

    rows, item: by position; a row with several such texts stands there several times, and -1 is no single item.
    leaked: items of which a single row contains more than half of a text. by_seed: rows made from an evaluation item.
    has_texts: whether any text of the items is long enough to be searched for.
    """

    items: EvaluationItems
    rows: Ints
    item: Ints
    leaked: Ints
    by_seed: Ints
    has_texts: bool


class EvaluationSearch:
    """A `gates.data.scan.accumulators.Accumulator` of what rows share with evaluation sets; without sets or texts it needs no rows."""

    def __init__(self, inputs: PassInputs) -> None:
        roles, evaluation = inputs.roles, inputs.evaluation
        self._items = evaluation.items() if evaluation and roles.texts else _NO_ITEMS
        self._index = index_texts(tokenise(self._items.texts.to_arrow()))
        self.needs_rows = bool(len(self._index.grams) or len(self._index.short))
        # First the prompt, or the main text where there is none.
        self._texts = tuple(dict.fromkeys([*([roles.prompt] if roles.prompt else []), *roles.texts]))
        self._seeds = _Seeds(self._items, roles)
        self._rows, self._text, self._leaked = [_NONE], [_NONE], [_NONE]

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""
        row_id = batch.rows.column(ROW_ID).to_numpy()
        for number, text in enumerate(self._texts):
            # Short answers ("Yes, it is true") coincide by chance; a short prompt is the item itself.
            overlap = count_overlap(self._index, batch.tokens(text), whole_short=number == 0)
            hit = np.flatnonzero(overlap.contaminated())
            self._rows.append(row_id[hit])
            self._text.append(overlap.nearest[hit])
            self._leaked.append(np.unique(overlap.evaluation_text))
        self._seeds.update(batch)

    def merge(self, other: EvaluationSearch) -> None:
        """Add the matches of other rows, for the same sets."""
        self._rows += other._rows
        self._text += other._text
        self._leaked += other._leaked
        self._seeds.merge(other._seeds)

    def value(self) -> ContaminatedRows:
        """The matches of all rows."""
        text, item, index = np.concatenate(self._text), self._items.item, self._index
        # Equal texts of several items are one; the first of these items is named.
        _, first = np.unique(index.text_of, return_index=True)
        named = np.full(len(text), -1, dtype=np.int64)
        named[text >= 0] = item[first[text[text >= 0]]]
        leaked = np.unique(item[np.isin(index.text_of, np.concatenate(self._leaked))])
        return ContaminatedRows(
            self._items, np.concatenate(self._rows), named, leaked, self._seeds.rows(), has_texts=self.needs_rows
        )


class _Seeds:
    """Rows whose seed has the id of an evaluation item, unless a row of the dataset has that id itself."""

    def __init__(self, items: EvaluationItems, roles: Roles) -> None:
        ids = pl.Series(items.ids, dtype=pl.String).unique()
        # Bare numbers name rows in every set and identify none.
        self._ids = ids.filter((ids != "") & ~ids.str.contains(r"^\d+$"))
        self._column, self._key = roles.lineage.get(SEED), roles.key
        self._matches: list[pl.DataFrame] = []
        self._own: list[pl.Series] = []

    def update(self, batch: Batch) -> None:
        """Take a batch of the dataset."""
        if self._column is None or not len(self._ids):
            return
        frame = batch.frame
        seeds = frame.select(row=ROW_ID, seed=pl.col(self._column).cast(pl.String))
        self._matches.append(seeds.filter(pl.col("seed").is_in(self._ids.implode())))
        if self._key:
            own = frame[self._key].cast(pl.String)
            self._own.append(own.filter(own.is_in(self._ids.implode())))

    def merge(self, other: _Seeds) -> None:
        """Add the matches of other rows."""
        self._matches += other._matches
        self._own += other._own

    def rows(self) -> Ints:
        """Ids of these rows."""
        if not self._matches:
            return _NONE
        matches = pl.concat(self._matches)
        if self._own:
            matches = matches.filter(~pl.col("seed").is_in(pl.concat(self._own).implode()))
        return matches["row"].to_numpy()
