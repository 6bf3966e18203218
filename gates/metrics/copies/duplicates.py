"""Rows that repeat each other: within human rows, within synthetic rows, and across. One origin-aware matrix serves all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import HUMAN_CODE, NATURAL_REPEAT_RATIO, SYNTHETIC_CODE
from gates.metrics.base.breakdowns import with_languages, with_parts
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import (
    Estimate,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.base.synthetic_alone import REFERENCE_LINE, SYNTHETIC_ROWS_ONLY, as_habit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.copies.copy_baseline import repeats_are_natural
from gates.metrics.copies.drawn_repeats import repeat_share
from gates.metrics.copies.near_duplicates import NearMatrix, near_matrix, no_long_text
from gates.metrics.copies.text_store import TOKENS_AT_LEAST, accumulate_texts
from gates.metrics.stats.coincidence import has_peak
from gates.metrics.stats.intervals import ratio_difference
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.arrays import Ints, Mask
    from gates.data.scan.result import Scan
    from gates.data.scan.row_index import RowIndex

# Of short answers of seven models up to 4 % repeat another of the same model, of two that degenerate 23 and 40 %.
SHORT_REPEATS = 0.15
# Of a survey of 1,000 people, whose columns have few values, .12 repeat another, of 20,000 .22: where more repeat than are new, rows
# were repeated.
REPEATED_AT_MOST = 0.5
# Fewer short human rows say nothing about how often such rows repeat.
HUMAN_ROWS_AT_LEAST = 30
BY_NATURE = "so many rows agree in all columns but one or two that those which agree in all may be different things"


@dataclass(frozen=True)
class DuplicateMatrix:
    """Counts over rows long enough to count: rows, rows repeating an earlier row of their origin, and rows shared.

    human_in_human, synthetic_in_synthetic: rows beyond the first of their content within the origin;
    synthetic_in_human: distinct synthetic rows whose content a human row has; short: rows too short to count.
    """

    human: int
    synthetic: int
    human_in_human: int
    synthetic_in_synthetic: int
    synthetic_in_human: int
    short: int

    def to_evidence(self) -> dict[str, int]:
        """As plain counts."""
        return dict(vars(self))


def long_enough(scan: Scan) -> Mask:
    """Mask of the rows that count: all of a table's, the texts of at least 20 tokens."""
    if not scan.roles.texts:
        return np.ones(len(scan.index), dtype=bool)
    return scan.index.tokens >= TOKENS_AT_LEAST


def duplicate_matrix(scan: Scan) -> DuplicateMatrix:
    """The exact matrix. Call through `scan.cached(duplicate_matrix)`."""
    index, counted = scan.index, long_enough(scan)
    human, synthetic = (counted & index.of(code) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    contents = dict.fromkeys(("human", "synthetic", "both"), 0)
    for rows in index.by_content({"human": human, "synthetic": synthetic}):
        for name, mask in (("human", rows["human"] > 0), ("synthetic", rows["synthetic"] > 0)):
            contents[name] += int(mask.sum())
        contents["both"] += int(((rows["human"] > 0) & (rows["synthetic"] > 0)).sum())
    return DuplicateMatrix(
        human=int(human.sum()),
        synthetic=int(synthetic.sum()),
        human_in_human=int(human.sum()) - contents["human"],
        synthetic_in_synthetic=int(synthetic.sum()) - contents["synthetic"],
        synthetic_in_human=contents["both"],
        short=int((~counted).sum()),
    )


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of rows that repeat an earlier row of their origin, in [0, 1]: a count over all of them.

    kind "exact": same content; texts under 20 tokens coincide by chance and are left out, unless there are no others or
    synthetic ones repeat each other by .15 and more beyond human ones; "near": token Jaccard of at least .8 with another
    text, of which a sample shows fewer: nothing passes where only a sample was compared, and a share beyond the limit fails.
    For synthetic rows the same share among equally many human rows is subtracted, because repeats grow with n and a coarse
    table repeats by chance; the difference has an interval below 100 rows a side, and where human rows repeat by nature.
    These are then reported only. Of a set of synthetic rows alone the share itself counts: beyond .5, or where rows were written
    out twice, which nobody draws; short texts where .15 and more of them repeat.
    """
    if params["kind"] == "near":
        return _near(scan, scope)
    matrix = scan.cached(duplicate_matrix)
    counted = long_enough(scan)
    if scope is Scope.HUMAN:
        return _among_human(scan, matrix, counted if matrix.human else np.ones_like(counted))
    if scan.declared.is_synthetic_alone:
        return _among_synthetic(scan, matrix, counted)

    def excess(synthetic: Mask, human: Mask) -> Measurement:
        sides = synthetic & counted, human & counted
        if not min(map(np.sum, sides)) or _repeat_short_ones(scan.index, synthetic & ~counted, human & ~counted):
            sides = synthetic, human
        synthetic_count, human_count = (int(side.sum()) for side in sides)
        size = min(synthetic_count, human_count)
        if not size:
            return _nothing_to_count(matrix)
        own, baseline = (repeat_share(scan.index, side, size) for side in sides)
        estimate = Estimate.exact(own - baseline)
        if size < ROWS_TO_PASS or (baseline > NATURAL_REPEAT_RATIO and scan.cached(repeats_are_natural)):
            estimate = ratio_difference(own * size, size, baseline * size, size)
        return _counted(scan, matrix, estimate, sides[0], RowCounts(human_count, synthetic_count))

    return with_parts(scan, excess, distinct_rows=False, against_human=True)


def _among_human(scan: Scan, matrix: DuplicateMatrix, counted: Mask) -> Measurement:
    """Of all human rows and of those in each language."""

    def share(mask: Mask) -> Measurement:
        rows = int(mask.sum())
        ratio = (rows - scan.index.distinct(mask)) / max(1, rows)
        return _counted(scan, matrix, Estimate.exact(ratio), mask, RowCounts(rows))

    def of_language(one: Language) -> Measurement:
        own = one.human & counted
        return too_few(int(own.sum()), None) or share(own)

    human = scan.index.of(HUMAN_CODE) & counted
    if not human.any():
        return _nothing_to_count(matrix)
    measured = with_languages(scan, share(human), scan.cached(languages).human, of_language)
    is_natural = matrix.human_in_human > NATURAL_REPEAT_RATIO * matrix.human and scan.cached(repeats_are_natural)
    return ReportOnly(measured, BY_NATURE) if is_natural and not has_peak(scan.index.times(human)) else measured


def _among_synthetic(scan: Scan, matrix: DuplicateMatrix, counted: Mask) -> Measurement:
    """Of all synthetic rows, where there are no human ones to say how often such rows repeat."""
    if _repeat_short_ones(scan.index, scan.index.of(SYNTHETIC_CODE) & ~counted, np.zeros_like(counted)):
        counted = np.ones_like(counted)
    own = scan.index.of(SYNTHETIC_CODE) & counted
    rows = int(own.sum())
    if not rows:
        return _nothing_to_count(matrix, Severity.INFO)
    share = Estimate.exact((rows - scan.index.distinct(own)) / rows)
    measured = _counted(scan, matrix, share, own, RowCounts(synthetic=rows))
    return measured if has_peak(scan.index.times(own)) else as_habit(measured, REPEATED_AT_MOST)


def _near(scan: Scan, scope: Scope) -> Measurement:
    if not scan.roles.texts:
        return NotConfigured('near duplicates are defined for text; tables have kind = "exact"')
    if scan.declared.is_synthetic_alone:
        # Of texts by people, questions and what is asked of them, half and more nearly repeat another.
        return NotConfigured(SYNTHETIC_ROWS_ONLY, REFERENCE_LINE)
    matrix = scan.cached(near_matrix)
    texts = matrix.of(HUMAN_CODE), matrix.of(SYNTHETIC_CODE)
    code = HUMAN_CODE if scope is Scope.HUMAN else SYNTHETIC_CODE
    if scan.index.of(code).any() and not matrix.count(code):
        return NotConfigured(no_long_text(scope.value))
    whole = replace(_near_among(matrix, scope, *texts), evidence=matrix.to_evidence())
    if isinstance(whole, Inconclusive):
        return whole
    contents = matrix.contents(scan.index, HUMAN_CODE), matrix.contents(scan.index, SYNTHETIC_CODE)

    def of_language(one: Language) -> Measurement:
        human, synthetic = (
            own[scan.index.having(content, mask)]
            for own, content, mask in zip(texts, contents, (one.human, one.synthetic), strict=True)
        )
        few = too_few(len(human), len(synthetic) if scope is Scope.SYNTHETIC else None)
        return few or _near_among(matrix, scope, human, synthetic)

    tagged = scan.cached(languages)
    return with_languages(scan, whole, tagged.parts if scope is Scope.SYNTHETIC else tagged.human, of_language)


def _near_among(matrix: NearMatrix, scope: Scope, human: Ints, synthetic: Ints) -> Measured | Inconclusive:
    """Among these texts of the matrix."""
    counts = len(human), len(synthetic)
    size = len(human) if scope is Scope.HUMAN else min(counts)
    if not size:
        return Inconclusive(f"no text of {TOKENS_AT_LEAST} tokens to count", RowCounts(*counts))
    alike = matrix.repeats(human[:size])
    value, note = alike / size, f"{alike:,} of {size:,} texts nearly repeat another"
    if scope is Scope.SYNTHETIC:
        own = matrix.repeats(synthetic[:size])
        value = own / size - value
        note = f"{own:,} of {size:,} texts nearly repeat another, and of as many human texts {alike:,}"
    unread = matrix.not_compared(HUMAN_CODE, *([SYNTHETIC_CODE] if scope is Scope.SYNTHETIC else []))
    return Measured(
        Estimate.exact(value),
        RowCounts(*counts),
        growth=Growth(rows_read=matrix.most_texts()),
        unread=unread,
        undecided=Severity.WARNING if unread else None,
        note=note if value > 0 else "",
    )


def _counted(scan: Scan, matrix: DuplicateMatrix, share: Estimate, mask: Mask, rows: RowCounts) -> Measured:
    """The share, with how many of these rows, all of one origin, repeat an earlier one, and the first of them with that."""
    index = scan.index
    repeats = mask & ~index.first_of_each(mask)
    shown = np.flatnonzero(repeats)[: scan.named_rows]
    places = scan.twin_places(index.ids(shown), index.ids(index.first_with_content_of(shown, mask)))
    counted = long_enough(scan)
    # Where short rows are left out, the number of rows is none that somebody knows from elsewhere.
    long = f" of {TOKENS_AT_LEAST} tokens and more" if counted[mask].all() and not counted.all() else ""
    note = (
        f"{int(repeats.sum()):,} of {int(mask.sum()):,} rows{long} repeat another, first at {places[0]}"
        if places
        else ""
    )
    evidence = {"matrix": matrix.to_evidence(), "repeats": int(repeats.sum()), "first_rows": places}
    return Measured(share, rows, is_count=True, note=note, evidence=evidence)


def _nothing_to_count(matrix: DuplicateMatrix, undecided: Severity | None = None) -> Measurement:
    evidence, rows = {"matrix": matrix.to_evidence()}, RowCounts(matrix.human, matrix.synthetic)
    return Inconclusive("no rows to count", rows, undecided=undecided, evidence=evidence)


def _repeat_short_ones(index: RowIndex, *sides: Mask) -> bool:
    """Whether short rows of the first side, the synthetic, repeat so much more than human ones that it is no coincidence.

    Several generators give one short answer to one prompt, so that each is compared with itself.
    """
    synthetic_count, human_count = (int(mask.sum()) for mask in sides)
    if human_count < HUMAN_ROWS_AT_LEAST:
        return synthetic_count > 0 and repeat_share(index, sides[0], synthetic_count, by_generator=True) > SHORT_REPEATS
    size = min(synthetic_count, human_count)
    if not size:
        return False
    own, human = (repeat_share(index, mask, size, by_generator=True) for mask in sides)
    return own - human > SHORT_REPEATS


METRIC = Metric(
    expectation="expect_duplicate_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Rows repeat each other",
    unit=Unit.SHARE,
    asks="Do rows repeat each other?",
    why=(
        "Repeated rows count an opinion twice, leak between folds, and are the first sign of a generator that collapsed. "
        "Synthetic rows are compared with equally many human rows, because repeats grow with n."
    ),
    source="Lee et al., Deduplicating Training Data Makes Language Models Better, ACL 2022; MinHash: Broder 1997",
    fix="Drop the repeats before training; where the generator made them, raise its temperature or sample more seeds.",
    params=(("kind", "exact"),),
    detail=("kind",),
    cached="hashes of content",
    reads="near duplicates of texts: every text of 20 tokens and more, up to 4 million or 400 million tokens of each origin. A million of 100 tokens take 22 s and 380 MB",
    accumulate=accumulate_texts,
)
