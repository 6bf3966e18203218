"""Rows that hold what evaluation sets ask: what was trained on cannot be tested on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.languages import languages, too_few_together
from gates.metrics.measurement import Estimate, Measurement
from gates.metrics.metric import Metric, Side
from gates.metrics.parts import with_languages
from gates.scan import HUMAN_CODE, ROW_ID, SYNTHETIC_CODE
from gates.text.contamination import known_texts, shared_with
from gates.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    import pyarrow as pa

    from gates.metrics.languages import Language
    from gates.scan import EvaluationItems, Ints, Roles, Scan
    from gates.text.contamination import Known
    from gates.verdict import Scope

EVIDENCE_ROWS = 10
SEED = "seed_id"


@dataclass(frozen=True)
class _Found:
    """Ids of the rows that share texts with evaluation items, and a text of these that each shares, by position.

    leaked: evaluation texts of which a single row holds more than half. by_seed: rows made from an evaluation item.
    """

    rows: Ints
    text: Ints
    leaked: Ints
    by_seed: Ints


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of distinct rows that are contaminated, in [0, 1]; every row is read, so it is without interval.

    A row is contaminated where more than half of one of its texts stands in evaluation sets in runs of 13 tokens, where
    it holds more than half of an evaluation text, where a short main text equals one, or where its seed is an
    evaluation item.
    """
    if not scan.roles.texts:
        return Measurement(not_asked="contamination is defined for text")
    if scan.evaluation is None:
        return Measurement(not_asked='no evaluation sets are declared; add: evaluation = ["data/benchmarks"]')
    items = scan.evaluation.items()
    known = known_texts(tokenise(items.texts.to_arrow()))
    if not len(known.grams) and not len(known.short):
        return Measurement(failure=f"the evaluation sets hold no text of 4 tokens in their {len(items):,} rows")
    return _measured(scan, items, known, _search(scan, items, known))


def _measured(scan: Scan, items: EvaluationItems, known: Known, found: _Found) -> Measurement:
    index = scan.index
    flagged = np.zeros(len(index.row_id), dtype=bool)
    flagged[np.searchsorted(index.row_id, np.concatenate([found.rows, found.by_seed]))] = True
    # Of rows with equal content one counts, and it must not be one that only a seed sets apart.
    flagged = np.isin(index.digest, index.digest[flagged])
    masks = {"human": index.of(HUMAN_CODE), "synthetic": index.of(SYNTHETIC_CODE)}
    rows = {name: int((mask & index.is_first).sum()) for name, mask in masks.items()}
    hits = {name: int((mask & index.is_first & flagged).sum()) for name, mask in masks.items()}
    total, count = int(index.is_first.sum()), int((index.is_first & flagged).sum())
    leaked = len(np.unique(items.item[np.isin(known.text_of, found.leaked)]))
    note = f"{count:,} of {total:,} distinct rows; {leaked:,} of {len(items):,} evaluation items stand in single rows"
    # A text that two generators made counts for both, whichever stands first.
    generators = {
        name: len(np.unique(index.digest[masks["synthetic"] & flagged & (index.generator == number)]))
        for number, name in enumerate(index.generators)
    }
    whole = Measurement(
        Estimate.exact(count / total),
        rows["human"],
        rows["synthetic"],
        note=note,
        evidence={
            "contaminated_rows": hits,
            "contaminated_by_generator": {name: hit for name, hit in generators.items() if hit},
            "contaminated_by_seed": len(found.by_seed),
            "evaluation_items": len(items),
            "leaked_items": leaked,
            "first_rows": _first_rows(scan, items, known, found),
        },
    )
    return with_languages(scan, whole, scan.once(languages).either, lambda one: _within(scan, one, flagged))


def _within(scan: Scan, one: Language, flagged: npt.NDArray[np.bool_]) -> Measurement:
    """The share of contaminated ones among the distinct rows of a language."""
    digest, sides = scan.index.digest, (one.human, one.synthetic)
    human, synthetic = (len(np.unique(digest[mask])) for mask in sides)
    rows = human + synthetic
    hits = sum(len(np.unique(digest[mask & flagged])) for mask in sides)
    few, note = too_few_together(human, synthetic), f"{hits:,} of {rows:,} distinct rows"
    return few or Measurement(Estimate.exact(hits / rows), human, synthetic, note=note)


def _first_rows(scan: Scan, items: EvaluationItems, known: Known, found: _Found) -> list[str]:
    """Places of the first rows, with the evaluation item that each shares most with."""
    first, at = np.unique(found.rows, return_index=True)
    places = []
    for row, text in zip(first[:EVIDENCE_ROWS].tolist(), found.text[at][:EVIDENCE_ROWS].tolist(), strict=True):
        item = int(items.item[np.argmax(known.text_of == text)]) if text >= 0 else -1
        places.append(scan.place(row) + (f" = {items.place(item)}" if item >= 0 else ""))
    by_seed = [f"{scan.place(row)} (seed)" for row in np.unique(found.by_seed).tolist()]
    return [*places, *by_seed][:EVIDENCE_ROWS]


def _search(scan: Scan, items: EvaluationItems, known: Known) -> _Found:
    """Every row of the dataset once, batch by batch."""
    nothing = np.empty(0, dtype=np.int64)
    rows, texts, leaked = [nothing], [nothing], [nothing]
    seeds = _Seeds(items, scan.roles)
    for batch in scan.source.batches():
        row_id = batch.column(ROW_ID).to_numpy()
        for number, column in enumerate(_texts(scan.roles, batch)):
            # Short answers ("Yes, it is true") coincide by nature; a short prompt is the item itself.
            shared = shared_with(known, tokenise(column), whole_short=number == 0)
            hit = np.flatnonzero(shared.contaminated())
            rows.append(row_id[hit])
            texts.append(shared.nearest[hit])
            leaked.append(np.unique(shared.known))
        seeds.update(batch)
    return _Found(np.concatenate(rows), np.concatenate(texts), np.unique(np.concatenate(leaked)), seeds.rows())


def _texts(roles: Roles, batch: pa.RecordBatch) -> Iterator[pa.Array]:
    """The texts of a batch by role: first what is asked, or the main text where nothing is."""
    asked = roles.prompt or roles.texts[0]
    yield batch.column(asked)
    yield from (batch.column(role) for role in roles.texts if role != asked)


class _Seeds:
    """Rows whose seed has the id of an evaluation item, unless a row of the dataset has that id itself."""

    def __init__(self, items: EvaluationItems, roles: Roles) -> None:
        ids = pl.Series(items.ids, dtype=pl.String).unique()
        # Bare numbers name rows in every set and tell none from another.
        self._ids = ids.filter((ids != "") & ~ids.str.contains(r"^\d+$"))
        self._column, self._key = roles.lineage.get(SEED), roles.key
        self._found: list[pl.DataFrame] = []
        self._own: list[pl.Series] = []

    def update(self, batch: pa.RecordBatch) -> None:
        """Take a batch of the dataset."""
        if self._column is None or not len(self._ids):
            return
        frame = pl.DataFrame(batch.select([name for name in (ROW_ID, self._column, self._key) if name]))
        seeds = frame.select(row=ROW_ID, seed=pl.col(self._column).cast(pl.String))
        self._found.append(seeds.filter(pl.col("seed").is_in(self._ids.implode())))
        if self._key:
            own = frame[self._key].cast(pl.String)
            self._own.append(own.filter(own.is_in(self._ids.implode())))

    def rows(self) -> Ints:
        """Ids of the rows found so far."""
        if not self._found:
            return np.empty(0, dtype=np.int64)
        found = pl.concat(self._found)
        if self._own:
            found = found.filter(~pl.col("seed").is_in(pl.concat(self._own).implode()))
        return found["row"].to_numpy()


METRIC = Metric(
    expectation="expect_contamination_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    asks="Do rows hold what evaluation sets ask?",
    why=(
        "A model that has seen the questions scores well whatever it learned, and nobody notices. Any shared run of words would be too "
        "strict, because code and boilerplate share them by idiom; more than half of a text is the text itself."
    ),
    source="Brown et al., NeurIPS 2020, appendix C; Sainz et al., NLP Evaluation in Trouble, EMNLP Findings 2023",
    fix="Drop the rows named in the evidence; where they are synthetic, take the evaluation items out of the generator's seeds and prompts.",
)
