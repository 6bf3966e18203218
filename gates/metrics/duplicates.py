"""Rows that repeat each other: within people, within synthetic rows, and across. One origin-aware matrix serves all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.keys import row_keys
from gates.metrics.measurement import Estimate, Measurement
from gates.metrics.metric import Metric, Side
from gates.metrics.near_copies import TOKENS_AT_LEAST, near_matrix
from gates.metrics.parts import with_parts
from gates.scan import HUMAN_CODE, SYNTHETIC_CODE, Scan
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from gates.scan import RowIndex


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


def long_enough(scan: Scan) -> npt.NDArray[np.bool_]:
    """Mask of the rows that count: all of a table's, the texts of at least 20 tokens."""
    if not scan.roles.texts:
        return np.ones(len(scan.index.digest), dtype=bool)
    return scan.index.tokens >= TOKENS_AT_LEAST


def duplicate_matrix(scan: Scan) -> DuplicateMatrix:
    """The exact matrix. Call through `scan.once(duplicate_matrix)`."""
    index, counted = scan.index, long_enough(scan)
    human, synthetic = (counted & index.of(code) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    human_digests, synthetic_digests = (np.unique(index.digest[mask]) for mask in (human, synthetic))
    return DuplicateMatrix(
        human=int(human.sum()),
        synthetic=int(synthetic.sum()),
        human_in_human=int(human.sum()) - len(human_digests),
        synthetic_in_synthetic=int(synthetic.sum()) - len(synthetic_digests),
        synthetic_in_human=int(np.isin(synthetic_digests, human_digests).sum()),
        short=int((~counted).sum()),
    )


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of rows that repeat an earlier row of their origin, in [0, 1]; a count, so without interval.

    kind "exact": same content; "near": token Jaccard of at least .8 with another text. For synthetic rows the same
    share among equally many human rows is subtracted, because repeats grow with n and a coarse table repeats by nature.
    """
    if params["kind"] == "near":
        return _near(scan, scope)
    matrix = scan.once(duplicate_matrix)
    counted = long_enough(scan)
    if scope is Scope.HUMAN:
        if not matrix.human:
            return _nothing_to_count(matrix)
        ratio = matrix.human_in_human / matrix.human
        return Measurement(Estimate.exact(ratio), matrix.human, None, evidence={"matrix": matrix.to_evidence()})

    def excess(synthetic: npt.NDArray[np.bool_], people: npt.NDArray[np.bool_]) -> Measurement:
        own, human = synthetic & counted, people & counted
        size = min(int(own.sum()), int(human.sum()))
        if not size:
            return _nothing_to_count(matrix)
        ratio = _repeats(scan.index, own, size) - _repeats(scan.index, human, size)
        evidence = {"matrix": matrix.to_evidence()}
        return Measurement(Estimate.exact(ratio), int(human.sum()), int(own.sum()), evidence=evidence)

    return with_parts(scan, excess, distinct_rows=False, against_people=True)


def _near(scan: Scan, scope: Scope) -> Measurement:
    if not scan.roles.texts:
        return Measurement(not_asked='near duplicates are defined for text; tables have kind = "exact"')
    matrix = scan.once(near_matrix)
    n_human, n_synthetic = matrix.count(HUMAN_CODE), matrix.count(SYNTHETIC_CODE)
    size = n_human if scope is Scope.HUMAN else min(n_human, n_synthetic)
    if not size:
        reason = f"no text of {TOKENS_AT_LEAST} tokens to count"
        return Measurement(None, n_human, n_synthetic, undecidable=reason, evidence=matrix.to_evidence())
    value = matrix.repeats(HUMAN_CODE, size) / size
    if scope is Scope.SYNTHETIC:
        value = matrix.repeats(SYNTHETIC_CODE, size) / size - value
    return Measurement(Estimate.exact(value), n_human, n_synthetic, evidence=matrix.to_evidence())


def _nothing_to_count(matrix: DuplicateMatrix) -> Measurement:
    reason = f"no row is long enough to count ({TOKENS_AT_LEAST} tokens)" if matrix.short else "no rows to count"
    return Measurement(
        None, matrix.human, matrix.synthetic, undecidable=reason, evidence={"matrix": matrix.to_evidence()}
    )


def _repeats(index: RowIndex, mask: npt.NDArray[np.bool_], size: int) -> float:
    """Share of repeats among `size` rows drawn by a hash of content and occurrence: row order does not matter."""
    digest = np.sort(index.digest[mask])
    drawn = digest[np.argsort(row_keys(digest), kind="stable")[:size]]
    return (size - len(np.unique(drawn))) / size


METRIC = Metric(
    expectation="expect_duplicate_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    asks="Do rows repeat each other?",
    why=(
        "Repeated rows count an opinion twice, leak between folds, and are the first sign of a generator that collapsed. "
        "Synthetic rows are compared with equally many human rows, because repeats grow with n."
    ),
    source="Lee et al., Deduplicating Training Data Makes Language Models Better, ACL 2022; MinHash: Broder 1997",
    fix="Drop the repeats before training; where the generator made them, raise its temperature or sample more seeds.",
    params=(("kind", "exact"),),
    detail=("kind",),
)
