"""Searches every row of a dataset for evaluation items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.roles import INPUT
from gates.data.facts import HUMAN_CODE, ROW_ID, ROWS_PER_FILE_BITS, Roles
from gates.data.scan.inputs import EvaluationItems, PassInputs
from gates.metrics.copies.evaluation_texts import TextSearch

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.batch import Batch

SEED = "seed_id"
_NONE = np.empty(0, dtype=np.int64)
_NO_ITEMS = EvaluationItems(pl.Series(dtype=pl.String), _NONE, np.empty(0, dtype=str), ())


# So many rows at the beginning of each file tell idiom; more would cost more than they tell.
_IDIOM_ROWS = 20_000
_WITHIN_FILE = (1 << ROWS_PER_FILE_BITS) - 1


@dataclass(frozen=True)
class ContaminatedRows:
    """Ids of the rows that share texts with evaluation items, and the item that each text of these shares most with.

    rows, item: by position; a row with several such texts stands there several times, and -1 is no single item. words: how
    many words in a row, or in several runs, each shares with this item; distinctive: those of them that are no idiom.
    leaked: items of which a single row contains more than half of a text. by_seed: rows made from an evaluation item.
    by_idiom: rows that share as much, but nothing that tells them from what many rows and items share.
    has_texts: whether any text of the items is long enough to be searched for.
    """

    items: EvaluationItems
    rows: Ints
    item: Ints
    words: Ints
    distinctive: Ints
    leaked: Ints
    by_seed: Ints
    by_idiom: Ints
    has_texts: bool


class EvaluationSearch:
    """A `gates.data.scan.accumulators.Accumulator` of what rows share with evaluation sets; without sets or texts it needs no rows."""

    def __init__(self, inputs: PassInputs) -> None:
        roles, evaluation = inputs.roles, inputs.evaluation
        self._items = items = evaluation.items() if evaluation and roles.texts else _NO_ITEMS
        # First the prompt, or the main text where there is none.
        texts = tuple(dict.fromkeys([*([roles.prompt] if roles.prompt else []), *roles.texts]))
        is_answer = np.zeros(len(items.texts), dtype=bool)
        is_answer[items.answers] = True
        # What is asked leaks in any text; an answer only in one.
        answering = tuple(name for name in texts if name not in (roles.prompt, INPUT))
        self._searches = (
            TextSearch(items, np.flatnonzero(~is_answer), texts, whole_short=texts[:1]),
            TextSearch(items, np.flatnonzero(is_answer), answering),
        )
        self.needs_rows = any(search.has_texts for search in self._searches)
        self._seeds = _Seeds(self._items, roles)

    def update(self, batch: Batch) -> None:
        hits = [search.update(batch) for search in self._searches]
        # A row that contains an item makes nothing in it idiom, however often it is repeated.
        is_idiomatic = (
            (batch.origin == HUMAN_CODE) & (batch.row_id & _WITHIN_FILE < _IDIOM_ROWS) & ~np.any(hits, axis=0)
        )
        for search in self._searches:
            search.count_phrases(batch, is_idiomatic)
        self._seeds.update(batch)

    def merge(self, other: EvaluationSearch) -> None:
        """Add the matches of other rows, for the same sets."""
        for search, more in zip(self._searches, other._searches, strict=True):
            search.merge(more)
        self._seeds.merge(other._seeds)

    def value(self) -> ContaminatedRows:
        shared, leaked = zip(*(search.value() for search in self._searches), strict=True)
        texts = pl.concat(shared)
        rows = texts.filter("is_contaminated")
        return ContaminatedRows(
            self._items,
            rows["row"].to_numpy(),
            rows["item"].to_numpy(),
            rows["words"].to_numpy(),
            rows["distinctive"].to_numpy(),
            np.unique(np.concatenate(leaked)),
            self._seeds.rows(),
            np.setdiff1d(texts["row"].to_numpy(), rows["row"].to_numpy()),
            has_texts=self.needs_rows,
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
        if self._column is None or not len(self._ids):
            return
        frame = batch.frame
        seeds = frame.select(row=ROW_ID, seed=pl.col(self._column).cast(pl.String))
        self._matches.append(seeds.filter(pl.col("seed").is_in(self._ids.implode())))
        if self._key:
            own = frame[self._key].cast(pl.String)
            self._own.append(own.filter(own.is_in(self._ids.implode())))

    def merge(self, other: _Seeds) -> None:
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
