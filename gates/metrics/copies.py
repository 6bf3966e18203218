"""Synthetic rows that copy people's rows, beyond what fresh people would share by nature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.keys import mix
from gates.metrics.coding import Coded, ColumnKind, coded, encode_rows
from gates.metrics.duplicates import duplicate_matrix, long_enough
from gates.metrics.intervals import exact_difference
from gates.metrics.languages import languages, too_few
from gates.metrics.measurement import Measurement
from gates.metrics.metric import Metric, Side
from gates.metrics.near_copies import HOLDOUT_CODE, TEXTS_AT_MOST, TOKENS_AT_LEAST, NearMatrix, near_matrix
from gates.metrics.parts import with_languages, with_parts
from gates.scan import HUMAN_CODE, NATURAL_REPEAT_RATIO, SYNTHETIC_CODE, Scan
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from gates.metrics.languages import Language
    from gates.scan import Hashes

EVIDENCE_ROWS = 10
# Numbers within one hundredth of the human rows count as near: a copy with a little noise stays in its cell.
NEAR_CELLS = 100
# A holdout that shares one row in a hundred more with the human partition than people share among themselves is no
# holdout: copies would be excused by it.
HOLDOUT_OVERLAP = 0.01
# Of 252 answers of a model to prompts that people answered too, 17 equal a person's, nearly all of them short. Where half of
# the short rows do, beyond the share of people's that equal another's, coinciding by nature is no reason to leave them out.
SHORT_BY_NATURE = 0.5


@dataclass(frozen=True)
class _Baseline:
    """How many rows of how many fresh people equal a human row, and where that comes from.

    repeats: human rows beyond the first of their content, where the human rows themselves are the baseline.
    """

    hits: int
    rows: int
    source: str
    repeats: int = 0


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of distinct synthetic rows that copy a human row, minus the share of fresh people who do, in [-1, 1].

    kind "exact": same content; texts under 20 tokens coincide by nature and are left out, unless half of the synthetic ones
    and more are a person's beyond what people share. "near": for texts token Jaccard >= .8, for tables the same cell of a grid;
    "span": 50 tokens in a row. The baseline is the holdout; without one, the human rows that another human row equals
    (leave one out), which estimates the same share as long as the human rows have not been deduplicated.
    Beyond 100,000 human texts "near" and "span" compare with a sample of them: the share of copies is then at least what
    was found, and nothing passes. It is not divided by the compared share, because copies do not scatter: a generator
    that says one person's text in a hundred variations is found with all of them or with none.
    """
    kind = str(params["kind"])
    if scan.roles.texts and kind != "exact":
        return _text_copies(scan, kind)
    if kind == "span":
        return Measurement(not_asked="shared spans are defined for text")
    if kind == "near":
        return _near_rows(scan)
    return _exact_rows(scan)


def _exact_rows(scan: Scan) -> Measurement:
    index, counted = scan.index, long_enough(scan)
    human = index.digest[index.of(HUMAN_CODE) & counted]
    baseline = _leave_one_out(human)
    if scan.holdout_digests is not None:
        fault = holdout_fault(scan)
        if fault:
            return Measurement(failure=fault)
        baseline = _of_holdout(scan.holdout_digests, scan, human)
    everybody = index.digest[index.of(HUMAN_CODE)]
    copied = np.isin(index.digest, everybody)
    by_nature = _leave_one_out(index.digest[index.of(HUMAN_CODE) & ~counted])
    matrix = scan.once(duplicate_matrix).to_evidence()

    def share(mask: npt.NDArray[np.bool_], _people: npt.NDArray[np.bool_]) -> Measurement:
        short = mask & ~counted
        beyond = exact_difference(int((short & copied).sum()), int(short.sum()), by_nature.hits, by_nature.rows)
        are_copies = beyond.low > SHORT_BY_NATURE
        own = mask if are_copies else mask & counted
        people = (_leave_one_out(everybody), len(everybody)) if are_copies else (baseline, len(human))
        found = _excess(int((own & copied).sum()), int(own.sum()), *people)
        left_out = 0 if are_copies else int(short.sum())
        note = found.note + (f"; {left_out:,} under {TOKENS_AT_LEAST} tokens are not counted" if left_out else "")
        places = [scan.place(int(row)) for row in index.row_id[own & copied][:EVIDENCE_ROWS]]
        return replace(found, note=note, evidence={**found.evidence, "matrix": matrix, "first_rows": places})

    return with_parts(scan, share)


def holdout_fault(scan: Scan) -> str:
    """Why the holdout cannot tell what fresh people share with the human partition, or "" where it can."""
    if scan.holdout_digests is None or not len(scan.holdout_digests):
        return "the holdout lacks content columns of the dataset, or is empty: give it the same columns"
    human = scan.index.digest[scan.index.of(HUMAN_CODE) & long_enough(scan)]
    fresh, baseline = _of_holdout(scan.holdout_digests, scan, human), _leave_one_out(human)
    shared = exact_difference(fresh.hits, fresh.rows, baseline.hits, baseline.rows)
    if shared.low > HOLDOUT_OVERLAP:
        reason = (
            f"{fresh.hits:,} of {fresh.rows:,} holdout rows stand in the human partition too: they are not held out"
        )
        return f"{reason}; take them out of one of the two"
    return ""


def _of_holdout(digests: Hashes, scan: Scan, human: Hashes) -> _Baseline:
    held = np.unique(_counted_holdout(digests, scan))
    return _Baseline(int(np.isin(held, human).sum()), len(held), "holdout")


def _counted_holdout(digests: Hashes, scan: Scan) -> Hashes:
    """The holdout's rows that are long enough to count, as those of the dataset are."""
    if not scan.roles.texts or scan.holdout_tokens is None:
        return digests
    counted: Hashes = digests[scan.holdout_tokens >= TOKENS_AT_LEAST]
    return counted


def _near_rows(scan: Scan) -> Measurement:
    """Rows of a table in the same cell: categories equal, numbers in the same hundredth of the human rows."""
    codes = scan.once(coded)
    human = _cells(codes.human)
    baseline = _leave_one_out(human)
    if scan.holdout is not None and len(scan.holdout):
        held = np.unique(_cells(encode_rows(scan, scan.holdout)))
        baseline = _Baseline(int(np.isin(held, human).sum()), len(held), "holdout")

    def share(rows: Coded) -> Measurement:
        cells = np.unique(_cells(rows))
        return _excess(int(np.isin(cells, human).sum()), len(cells), baseline, len(human))

    parts = {name: share(rows) for name, rows in codes.generators.items()}
    return replace(share(codes.synthetic), parts=parts)


def _cells(rows: Coded) -> Hashes:
    cell = np.zeros(len(rows), dtype=np.uint64)
    for feature in rows.features:
        code = rows.codes[feature.name].astype(np.int64)
        if feature.kind is ColumnKind.NUMERIC and feature.size > 2 * NEAR_CELLS:
            code = code * NEAR_CELLS // feature.size
        cell = mix(cell * np.uint64(31) + code.astype(np.uint64))
    return cell


def _text_copies(scan: Scan, kind: str) -> Measurement:
    matrix = scan.once(near_matrix)
    copied = matrix.near_human() if kind == "near" else matrix.shares_span
    reference = HUMAN_CODE if scan.holdout is None else HOLDOUT_CODE
    own = matrix.origin == reference
    source = "holdout" if scan.holdout is not None else "other people"
    baseline = _Baseline(int((copied & own).sum()), int(own.sum()), source)
    evidence = matrix.to_evidence()

    index = scan.index
    digest = matrix.contents(index, SYNTHETIC_CODE)
    hits = digest[copied[matrix.of(SYNTHETIC_CODE)]]
    is_copy = np.isin(index.digest, hits)

    def share(rows: npt.NDArray[np.bool_]) -> Measurement:
        own = np.unique(index.digest[rows])
        copies, texts = (int(np.isin(some, own).sum()) for some in (hits, digest))
        found = _excess(copies, texts, baseline, matrix.count(HUMAN_CODE))
        named = np.flatnonzero(rows & is_copy)
        _, first = np.unique(index.digest[named], return_index=True)
        places = [scan.place(int(row)) for row in np.sort(index.row_id[named[first]])[:EVIDENCE_ROWS]]
        all_evidence = {**found.evidence, **evidence, "first_rows": places}
        return replace(found, unread=_not_compared(matrix), rows_read=TEXTS_AT_MOST, evidence=all_evidence)

    made = index.of(SYNTHETIC_CODE)
    parts = {name: share(made & (index.generator == index.generators.index(name))) for name in scan.generators}

    def of_language(one: Language) -> Measurement:
        texts = int(np.isin(digest, index.digest[one.synthetic]).sum())
        return too_few(None, texts) or share(one.synthetic)

    return with_languages(scan, replace(share(made), parts=parts), scan.once(languages).synthetic, of_language)


def _not_compared(matrix: NearMatrix) -> str:
    """That not all of people's texts were compared, or ""."""
    if not matrix.left_out:
        return ""
    compared = matrix.count(HUMAN_CODE)
    return (
        f"{compared:,} of {compared + matrix.left_out:,} human texts were compared; copies of the others are not seen"
    )


def _leave_one_out(human: Hashes) -> _Baseline:
    _, counts = np.unique(human, return_counts=True)
    return _Baseline(int(counts[counts > 1].sum()), len(human), "other people", len(human) - len(counts))


def _excess(hits: int, rows: int, baseline: _Baseline, human: int) -> Measurement:
    if not rows or not baseline.rows:
        reason = "no rows to compare: there are none, or they are texts under 20 tokens, which coincide by nature"
        return Measurement(None, human, rows, undecidable=reason)
    share = baseline.hits / baseline.rows
    against = (
        f"against {share:.2%} of the {'holdout' if baseline.source == 'holdout' else 'human rows among themselves'}"
    )
    estimate = exact_difference(hits, rows, baseline.hits, baseline.rows)
    found = Measurement(
        estimate,
        n_human=human,
        n_synthetic=rows,
        baseline=share,
        note=f"{hits:,} of {rows:,} distinct synthetic rows ({hits / rows:.2%}) {against}",
        shrinks="linear",
        limited_by=("synthetic", "human"),
        # No more copies than people share by nature, only too few rows to show it: that warns. More than that holds.
        undecided=Severity.WARNING if estimate.low <= 0 else None,
        evidence={"copies": hits, "rows": rows, "baseline_copies": baseline.hits, "baseline_rows": baseline.rows,
                  "baseline_source": baseline.source},
    )  # fmt: skip
    if hits and baseline.repeats > NATURAL_REPEAT_RATIO * baseline.rows:
        reason = (
            f"{baseline.repeats:,} of {baseline.rows:,} human rows repeat another, by nature or by accident, and without a holdout "
            'nobody can tell what fresh people would share: declare holdout = "path", or remove the repeats'
        )
        return replace(found, undecidable=reason, undecided=None)
    return found


METRIC = Metric(
    expectation="expect_synthetic_to_not_copy_human",
    measure=measure,
    side=Side.MAX,
    asks="Are synthetic rows copies of people's rows?",
    why=(
        "A copy adds nothing, leaks a person's row under a synthetic label, and flatters every other check. Fresh people coincide "
        "too, so copies are read against a holdout that no generator has seen, or against people among themselves."
    ),
    source="Carlini et al., USENIX Security 2021; exact binomial bounds (Clopper & Pearson 1934)",
    fix=(
        "Drop the copied rows named in the evidence and train the generator with less capacity or with privacy noise. If the human rows were "
        'deduplicated, declare a holdout (holdout = "path") so that natural coincidences are known.'
    ),
    params=(("kind", "exact"),),
    detail=("kind",),
)
