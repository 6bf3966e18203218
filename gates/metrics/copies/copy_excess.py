"""The share of rows that copy a human row beyond the baseline, as a measurement that names them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.data.facts import NATURAL_REPEAT_RATIO
from gates.metrics.base.measurement import Baseline, Growth, Inconclusive, Measured, RowCounts
from gates.metrics.copies.copy_baseline import HOLDOUT, OTHER_TIMES, OTHERS
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import clopper_pearson, difference
from gates.verdict import Severity

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.scan.result import Scan
    from gates.metrics.copies.copy_baseline import BaselineShare

_AGAINST = {
    HOLDOUT: "and so do {} of the holdout",
    OTHERS: "and so do {} of human rows among themselves",
    OTHER_TIMES: "and {} would by coincidence, with values that their series have at other times too",
}


def twin_places(scan: Scan, copies: Ints, originals: Ints) -> list[str]:
    """`data/s.parquet:1359 = data/h.parquet:77`: each of these rows with the human row that it copies."""
    return [
        f"{scan.place(int(copy))} = {scan.place(int(original))}"
        for copy, original in zip(copies, originals, strict=True)
    ]


def excess(hits: int, rows: int, baseline: BaselineShare, human: int, verb: str) -> Measured | Inconclusive:
    """The share of these rows that are copies, minus the baseline. verb: what copies do, for the message."""
    if not rows or not baseline.rows:
        reason = "no rows to compare: there are none, or they are texts under 20 tokens, which coincide by chance"
        return Inconclusive(reason, RowCounts(human, rows))
    share = baseline.share.value
    against = f", {_AGAINST[baseline.source].format(percent(share))}" if share else ""
    estimate = difference(clopper_pearson(hits, rows), baseline.share)
    measured = Measured(
        estimate,
        RowCounts(human, rows),
        baseline=Baseline(baseline.share.value),
        growth=Growth(shrinks="linear", limited_by=("synthetic", "human")),
        note=f"{hits:,} of {rows:,} ({percent(hits / rows)}) {verb}{against}",
        undecided=Severity.WARNING if estimate.low <= 0 else None,
        evidence={
            "copies": hits,
            "rows": rows,
            "baseline_copies": baseline.hits,
            "baseline_rows": baseline.rows,
            "baseline_source": baseline.source,
        },
    )
    if hits and estimate.low <= 0 and baseline.repeats > NATURAL_REPEAT_RATIO * baseline.rows:
        why = "some by accident" if baseline.are_accidents else "by chance or by accident"
        reason = (
            f"{baseline.repeats:,} of {baseline.rows:,} human rows repeat another, {why}, and without a "
            'holdout the baseline is unknown: declare holdout = "path", or remove the repeats'
        )
        return Inconclusive.in_spite_of(
            replace(measured, undecided=None) if baseline.are_accidents else measured, reason
        )
    return measured
