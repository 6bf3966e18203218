"""Synthetic rows that copy human rows, beyond what unseen human rows coincide in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.languages import Language, languages, no_language, too_few
from gates.metrics.base.measurement import (
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    with_details,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.strata import index_strata
from gates.metrics.copies.copy_baseline import (
    content_baseline,
    counted_holdout,
    excess,
    held_out,
    human_in_holdout,
    row_kinds,
    rows_left_out,
    text_baseline,
)
from gates.metrics.copies.duplicates import duplicate_matrix, long_enough
from gates.metrics.copies.equal_readings import at_least_by_chance
from gates.metrics.copies.near_duplicates import near_matrix, no_long_text
from gates.metrics.copies.near_rows import near_rows
from gates.metrics.copies.text_store import TOKENS_AT_LEAST, accumulate_texts
from gates.metrics.stats.intervals import clopper_pearson, difference
from gates.metrics.temporal.ordered_rows import accumulate_ordered

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.arrays import Mask
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

_VERBS = {"near": "nearly equal a human text", "span": "share 50 tokens in a row with a human text"}
# A holdout that shares one row in a hundred more with the human partition than human rows share among themselves is no
# holdout: copies would be excused by it.
HOLDOUT_OVERLAP = 0.01
# Of 252 answers of a model to prompts that people answered too, 17 equal a person's, nearly all of them short. Where half of
# the short rows do, beyond the share of human rows that equal another, coincidence is no reason to leave them out.
SHORT_BY_CHANCE = 0.5


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of distinct synthetic rows that copy a human row, minus the baseline of human rows that do, in [-1, 1].

    kind "exact": same content; texts under 20 tokens coincide by chance and are left out, unless half of the synthetic ones
    and more equal a human text beyond the baseline, or all are short and none does. "near": for texts token Jaccard >= .8, for tables as `near_rows` has it; "span":
    50 tokens in a row. The baseline is the holdout; without one, the human rows that another human row equals
    (leave one out), which estimates the same share as long as the human rows have not been deduplicated. Readings of the same
    sensors at the same times are set beside their series at other times too (`equal_readings`). It is weighted by
    the synthetic rows' languages, because languages differ in how much coincides. Synthetic rows that equal a row of the holdout
    beyond the share of human rows that do are a part: the generator has seen it. Without a holdout, rows that extend have the
    human rows of their label or slice as the baseline, and each of these is a part.
    Beyond four million human texts, or 400 million tokens of them, "near" and "span" compare with a sample of them: the
    share of copies is then a lower bound, and nothing passes. It is not divided by the compared share, because copies do
    not scatter: of a generator that varies one human text a hundred times, the sample shows all copies or none.
    """
    kind = str(params["kind"])
    if scan.roles.texts and kind != "exact":
        return _text_copies(scan, kind)
    if kind == "span":
        return NotConfigured("shared spans are defined for text")
    if kind == "near":
        return near_rows(scan)
    return _exact_rows(scan)


def _exact_rows(scan: Scan) -> Measurement:
    index, counted, (kind, _) = scan.index, long_enough(scan), row_kinds(scan)
    if scan.holdout is not None:
        fault = holdout_fault(scan)
        if fault:
            return Failed(fault)
    human = index.of(HUMAN_CODE)
    copied = index.with_content_of(human)
    among_all, among_short = (rows_left_out(scan, mask) for mask in (human, human & ~counted))
    unseen, matrix = content_baseline(scan, counted), scan.cached(duplicate_matrix).to_evidence()

    def share(rows: Mask) -> Measured | Inconclusive:
        mask = index.first_of_each(rows)
        short = mask & ~counted
        by_chance = among_short.like(kind.filter(short)).share
        beyond = difference(clopper_pearson(int((short & copied).sum()), int(short.sum())), by_chance)
        # Where all rows are short, human rows among themselves are the baseline, unless prompts explain that some coincide.
        is_explained = scan.roles.prompt is not None and (short & copied).any()
        with_short = beyond.low > SHORT_BY_CHANCE or not (is_explained or (mask & counted).any())
        own = mask if with_short else mask & counted
        baseline = (among_all if with_short else unseen).like(kind.filter(own))
        baseline = at_least_by_chance(scan, own, baseline)
        human_count = int((human if with_short else human & counted).sum())
        compared = excess(int((own & copied).sum()), int(own.sum()), baseline, human_count, "equal a human row")
        left_out = 0 if with_short else int(short.sum())
        note = compared.note + (f"; {left_out:,} under {TOKENS_AT_LEAST} tokens are not counted" if left_out else "")
        first = np.flatnonzero(own & copied)[: scan.named_rows]
        places = scan.twin_places(index.ids(first), index.ids(index.first_with_content_of(first, human)))
        return replace(compared, note=note, evidence={**compared.evidence, "matrix": matrix, "first_rows": places})

    return with_details(_whole_and_parts(scan, share), parts=_of_the_holdout(scan, counted))


def _of_the_holdout(scan: Scan, counted: Mask) -> dict[str, Part]:
    """The share of synthetic rows that equal a row of the holdout, which no generator has seen, beside that of human rows."""
    if scan.holdout is None:
        return {}
    index = scan.index
    own = index.first_of_each(index.of(SYNTHETIC_CODE) & counted)
    seen = own & index.with_content_in(counted_holdout(scan))
    human = human_in_holdout(scan, counted)
    if not len(human.hit):
        return {}
    # Human rows stand in both by nature, and as many of them as of synthetic rows are compared.
    baseline = human.all(int(own.sum()))
    compared = excess(int(seen.sum()), int(own.sum()), baseline, len(human.hit), "equal a row of the holdout")
    first = scan.first_places(seen)
    return {"the holdout": Part(replace(compared, evidence={**compared.evidence, "first_rows": first}), "stratum")}


def _whole_and_parts(scan: Scan, share: Callable[[Mask], Measured | Inconclusive]) -> Measurement:
    """Of all synthetic rows, of each generator, of each language with enough human rows, and of each stratum of rows that extend."""
    index, counted = scan.index, long_enough(scan)
    made = index.of(SYNTHETIC_CODE)
    parts = {name: Part(share(made & (index.generator == index.generators.index(name)))) for name in scan.generators}
    if scan.holdout is None:
        parts |= {name: Part(share(own), "stratum") for name, _, own in index_strata(scan)}

    def of_language(one: Language) -> Measurement:
        compared = share(one.synthetic)
        return too_few(int((one.human & counted).sum()), compared.rows.synthetic) or compared

    return with_languages(scan, replace(share(made), parts=parts), scan.cached(languages).parts, of_language)


def holdout_fault(scan: Scan) -> str:
    """Why the holdout is no baseline of the human partition, or "" where it is one."""
    if scan.holdout is None or not len(scan.holdout.digests):
        return "the holdout lacks content columns of the dataset, or is empty: give it the same columns"
    own = scan.index.of(HUMAN_CODE) & long_enough(scan)
    holdout = counted_holdout(scan)
    overlap = held_out(holdout, partial(scan.index.having, mask=own), no_language(len(holdout))).all()
    baseline = rows_left_out(scan, own).all()
    if difference(overlap.share, baseline.share).low <= HOLDOUT_OVERLAP:
        return ""
    return (
        f"{overlap.hits:,} of {overlap.rows:,} holdout rows stand in the human partition too: they are not held out; "
        "take them out of one of the two"
    )


def _text_copies(scan: Scan, kind: str) -> Measurement:
    index, matrix, (kinds, _) = scan.index, scan.cached(near_matrix), row_kinds(scan)
    copied = matrix.near_human() if kind == "near" else matrix.shares_span
    if index.of(SYNTHETIC_CODE).any() and not matrix.count(SYNTHETIC_CODE):
        return NotConfigured(no_long_text("synthetic"))
    unseen, evidence = text_baseline(scan, matrix, copied), matrix.to_evidence()
    texts, digest = matrix.of(SYNTHETIC_CODE), matrix.contents(index, SYNTHETIC_CODE)
    contents, first_text = np.unique(digest, return_index=True)
    is_copy = index.with_content_in(digest[copied[texts]])
    # Whole rows that equal a human row are the exact check's: repeated human rows are one text in the matrix.
    is_compared = index.with_content_in(digest) & ~index.with_content_of(index.of(HUMAN_CODE))

    def share(rows: Mask) -> Measured | Inconclusive:
        own = index.first_of_each(rows & is_compared)
        copies = own & is_copy
        baseline = unseen.like(kinds.filter(own))
        compared = excess(int(copies.sum()), int(own.sum()), baseline, matrix.count(HUMAN_CODE), _VERBS[kind])
        first = np.flatnonzero(copies)[: scan.named_rows]
        if kind == "near":
            shown = texts[first_text[np.searchsorted(contents, index.at("digest", first))]]
            places = scan.twin_places(index.ids(first), matrix.row_id[matrix.human_twins(shown)])
        else:
            places = scan.first_places(copies)
        compared = replace(compared, evidence={**compared.evidence, **evidence, "first_rows": places})
        if isinstance(compared, Inconclusive):
            return compared
        growth = replace(compared.growth, rows_read=matrix.most_texts())
        return replace(compared, unread=matrix.not_compared(HUMAN_CODE), growth=growth)

    return _whole_and_parts(scan, share)


def _accumulate(inputs: PassInputs, params: Params) -> tuple[type, ...]:
    is_of_rows = params.get("kind") == "exact"
    return accumulate_ordered(inputs, params) if is_of_rows else accumulate_texts(inputs, params)


METRIC = Metric(
    expectation="expect_synthetic_to_not_copy_human",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic rows copy human rows",
    unit=Unit.EXTRA_SHARE,
    asks="Are synthetic rows copies of human rows?",
    why=(
        "A copy adds nothing, leaks a person's row under a synthetic label, and flatters every other check. Independent human rows "
        "coincide too, so copies are compared with a holdout that no generator has seen, or with human rows among themselves."
    ),
    source="Carlini et al., USENIX Security 2021; exact binomial bounds (Clopper & Pearson 1934)",
    fix=(
        "Drop these rows, and train the generator with less capacity or with privacy noise. If the human rows were "
        'deduplicated, declare a holdout (holdout = "path") so that coincidences are known.'
    ),
    params=(("kind", "exact"),),
    detail=("kind",),
    cached="exact copies: hashes of content",
    reads=(
        "the holdout; near copies and shared spans: every text of 20 tokens and more, up to 4 million or 400 million tokens of "
        "each origin, and of more human texts nothing passes; near copies of table rows: the sample, of wide or long tables the first rows of it"
    ),
    accumulate=_accumulate,
)
