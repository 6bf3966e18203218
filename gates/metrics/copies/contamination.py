"""Rows that contain evaluation items: what was trained on cannot be tested on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.languages import Language, languages, too_few_together
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.copies.evaluation_rows import EvaluationRows, contaminated_rows
from gates.metrics.copies.evaluation_search import ContaminatedRows, EvaluationSearch

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.scan.result import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of distinct rows that are contaminated, in [0, 1]; every row is read, so it is without interval.

    A row is contaminated where more than half of one of its texts stands in evaluation sets in runs of 13 tokens, where
    it contains more than half of an evaluation text, where a short main text equals one, or where its seed is an
    evaluation item. Phrases that many items or human rows have are idiom and do not count. Rows without texts are as
    `contaminated_rows` has it.
    """
    if scan.evaluation is None:
        return NotConfigured("no evaluation sets are declared", 'evaluation = ["data/benchmarks"]')
    if not scan.roles.texts:
        return contaminated_rows(scan)
    rows = scan.collected(EvaluationSearch)
    if not rows.has_texts:
        return Failed(f"the evaluation sets have no text of 4 tokens in their {len(rows.items):,} rows")
    return _measured(scan, rows)


def _measured(scan: Scan, contaminated: ContaminatedRows) -> Measurement:
    index = scan.index
    flagged = np.zeros(len(index), dtype=bool)
    flagged[index.positions(np.concatenate([contaminated.rows, contaminated.by_seed]))] = True
    # Of rows with equal content one counts, and it must not be one that only a seed sets apart.
    flagged = index.with_content_of(flagged)
    masks = {"human": index.of(HUMAN_CODE), "synthetic": index.of(SYNTHETIC_CODE)}
    rows = {name: int((mask & index.is_first).sum()) for name, mask in masks.items()}
    hits = {name: int((mask & index.is_first & flagged).sum()) for name, mask in masks.items()}
    total, count = int(index.is_first.sum()), int((index.is_first & flagged).sum())
    leaked, items = len(contaminated.leaked), len(contaminated.items)
    places = _first_rows(scan, contaminated)
    note = _hits(count, total, places) + f"; {leaked:,} of {items:,} evaluation items stand in single rows"
    # A text that two generators made counts for both, whichever stands first.
    generators = {
        name: index.distinct(masks["synthetic"] & flagged & (index.generator == number))
        for number, name in enumerate(index.generators)
    }
    note += _words(contaminated) + _not_told(contaminated)
    whole = Measured(
        Estimate.exact(count / total),
        RowCounts(rows["human"], rows["synthetic"]),
        note=note,
        evidence={
            "contaminated_rows": hits,
            "contaminated_by_generator": {name: hit for name, hit in generators.items() if hit},
            "contaminated_by_seed": len(contaminated.by_seed),
            "rows_of_idiom": len(contaminated.by_idiom),
            "evaluation_items": items,
            "leaked_items": leaked,
            "first_rows": places,
        },
    )
    return with_languages(
        scan, whole, scan.cached(languages).either, lambda one: _within(scan, one, flagged, contaminated)
    )


def _within(scan: Scan, one: Language, flagged: Mask, contaminated: ContaminatedRows) -> Measurement:
    """The share of contaminated ones among the distinct rows of a language."""
    index, sides = scan.index, (one.human, one.synthetic)
    human, synthetic = (index.distinct(mask) for mask in sides)
    rows = human + synthetic
    hits = sum(index.distinct(mask & flagged) for mask in sides)
    if few := too_few_together(human, synthetic):
        return few
    in_language = one.human | one.synthetic
    kept = in_language[index.positions(contaminated.rows)]
    by_seed = contaminated.by_seed[in_language[index.positions(contaminated.by_seed)]]
    places = _first_rows(
        scan, replace(contaminated, rows=contaminated.rows[kept], item=contaminated.item[kept], by_seed=by_seed)
    )
    note = _hits(hits, rows, places)
    return Measured(
        Estimate.exact(hits / rows), RowCounts(human, synthetic), note=note, evidence={"first_rows": places}
    )


def _hits(hits: int, rows: int, places: list[str]) -> str:
    first = f", first at {places[0]}" if places else ""
    return f"{hits:,} of {rows:,} distinct rows{first}"


def _words(contaminated: ContaminatedRows) -> str:
    """How many words the first row shares, and how many of these tell a leak."""
    if not len(contaminated.rows):
        return ""
    at = int(np.argmin(contaminated.rows))
    words, distinctive = int(contaminated.words[at]), int(contaminated.distinctive[at])
    return f"; the first shares {words:,} words, {distinctive:,} of them in no phrase that many rows or items have"


def _not_told(contaminated: ContaminatedRows) -> str:
    """What was not compared, and where what is shared tells nothing."""
    note = ""
    if count := len(contaminated.by_idiom):
        note += f"; {count:,} rows share only phrases with items that many human rows or items have: whether they leak cannot be told"
    if rejected := contaminated.items.rejected:
        note += f"; rejected answers of evaluation sets ({', '.join(rejected)}) are not compared"
    return note


def _first_rows(scan: Scan, contaminated: ContaminatedRows) -> list[str]:
    """Places of the first rows, with the evaluation item that each shares most with."""
    first, at = np.unique(contaminated.rows, return_index=True)
    places = []
    for row, item in zip(
        first[: scan.named_rows].tolist(), contaminated.item[at][: scan.named_rows].tolist(), strict=True
    ):
        places.append(scan.place(row) + (f" = {contaminated.items.place(item)}" if item >= 0 else ""))
    by_seed = [f"{scan.place(row)} (seed)" for row in np.unique(contaminated.by_seed).tolist()]
    return [*places, *by_seed][: scan.named_rows]


METRIC = Metric(
    expectation="expect_contamination_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Rows contain items of evaluation sets",
    unit=Unit.SHARE,
    asks="Do rows contain items of evaluation sets?",
    why=(
        "A model that has seen the questions scores well whatever it learned, unnoticed. Any shared run of words would be too "
        "strict, because code and boilerplate share them by idiom; more than half of a text is the text itself. Phrases of four "
        "words that more than ten items or human rows have, and more than 1 % of them, count as idiom: an item is told by "
        "its other words. Human rows that contain an item make nothing idiom, so repeating a leak does not hide it. Rejected "
        "answers of evaluation sets are not compared, and their other answers with answers only. A row of a table leaks where it equals "
        "an item in all columns that both have, but for the label, unless no more rows do than coincide by nature."
    ),
    source="Brown et al., NeurIPS 2020, appendix C; Sainz et al., NLP Evaluation in Trouble, EMNLP Findings 2023",
    fix="Drop these rows; where they are synthetic, take the evaluation items out of the generator's seeds and prompts.",
    reads="the texts of every row, or all of its columns where it has none, while rows are read, and the evaluation sets",
    accumulate=lambda inputs, _params: (EvaluationSearch if inputs.roles.texts else EvaluationRows,),
)
