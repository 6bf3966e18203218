"""Whether synthetic rows lie nearer to the rows their generator was trained on than to unseen human rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.data.arrays import Floats, Ints, first_of_each
from gates.metrics.base.measurement import (
    Baseline,
    Estimate,
    Failed,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.distances import Points, distances, points_of
from gates.metrics.comparison.encoding import coded, encode_rows
from gates.metrics.comparison.strata import STRATUM_ROWS
from gates.metrics.copies.copies import holdout_fault
from gates.metrics.stats.intervals import share_of_rows
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

# 5,000 synthetic rows give the share to .012. The denser training rows and holdout lie, the more closeness shows:
# 5,000 of each against as many synthetic ones take a second.
SYNTHETIC_ROWS, HUMAN_ROWS = 5000, 5000
ROWS_AT_ONCE = 500
CHANCE = 0.5


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of synthetic rows whose nearest training row is nearer than the nearest row of a holdout of equal size.

    In [0, 1]; .5 is what rows of a law of its own give. Ties count half; the interval is exact over human rows, not over
    synthetic ones. The human partition counts as what the generator was trained on.
    """
    if scan.roles.texts:
        return NotConfigured("closeness to training rows is defined for tables; texts have copies and spans")
    if scan.holdout is None:
        return NotConfigured("no holdout is declared to compare distances with", 'holdout = "data/holdout.parquet"')
    fault = holdout_fault(scan)
    if fault:
        return Failed(fault)
    codes = scan.cached(coded)
    names = [*codes.generators]
    training, holdout, synthetic, *made = points_of(
        codes.human, encode_rows(scan, scan.holdout.rows), codes.synthetic, *(codes.generators[name] for name in names)
    )
    if not training.width:
        return Failed("no column can be compared, so that no row is near another")
    rows = _holdout_rows(scan)
    size = min(len(training), len(rows), HUMAN_ROWS)
    human = training.take(np.arange(size)), holdout.take(rows[:size])
    whole = _closeness(synthetic, *human)
    # A generator that made all synthetic rows is the whole.
    parts = {
        name: Part(whole if scan.generators[name].total == scan.synthetic.total else _closeness(points, *human))
        for name, points in zip(names, made, strict=True)
        if len(points) >= STRATUM_ROWS
    }
    return replace(whole, parts=parts)


def _holdout_rows(scan: Scan) -> Ints:
    """Positions of the holdout's rows in the order of its sample; of equal ones the first where human rows do not repeat."""
    assert scan.holdout is not None  # noqa: S101  # the caller has one
    everything = np.arange(len(scan.holdout.rows))
    if len(np.unique(scan.human.digest)) < len(scan.human):
        return everything
    return np.flatnonzero(first_of_each(scan.holdout.rows.digest))


def _closeness(synthetic: Points, training: Points, holdout: Points) -> Measured | Inconclusive:
    rows = synthetic.take(np.arange(min(len(synthetic), SYNTHETIC_ROWS)))
    if not len(rows) or not len(holdout):
        return Inconclusive("no rows to compare", RowCounts(len(training), len(rows)))
    (to_training, trained), (to_holdout, unseen) = _nearest(rows, training), _nearest(rows, holdout)
    nearer, tied = int((to_training < to_holdout).sum()), int((to_training == to_holdout).sum())
    share = _share(
        (nearer + tied / 2) / len(rows), np.where(to_training <= to_holdout, trained, unseen + len(training))
    )
    return Measured(
        share,
        RowCounts(len(training), len(rows)),
        baseline=Baseline(CHANCE),
        growth=Growth(limited_by=("synthetic",)),
        undecided=Severity.WARNING if share.low <= CHANCE else None,
        note=f"{nearer:,} of {len(rows):,} synthetic rows lie nearer to one of {len(training):,} training rows than to one of as many held-out ones",
        evidence={
            "nearer_to_training": nearer,
            "tied": tied,
            "rows": len(rows),
            "people_a_side": len(training),
            "median_distance": {"training": float(np.median(to_training)), "holdout": float(np.median(to_holdout))},
        },
    )


def _share(share: float, nearest: Ints) -> Estimate:
    """The share with its exact interval. nearest: the nearest human row of each row, of training rows and holdout together.

    Under the null it is the human rows that are dealt to either side at random, so that all rows around one of them are one
    observation: rows count as many as n^2 / sum of k^2, k being the rows around a human row (Kish, Survey Sampling, 1965).
    """
    around = np.bincount(nearest).astype(np.float64)
    return share_of_rows(share, max(1, int(around.sum() ** 2 / (around**2).sum())))


def _nearest(rows: Points, others: Points) -> tuple[Floats, Ints]:
    """Distance and position of the nearest of the others to each row, in pieces that bound memory."""
    nearest = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        apart = distances(rows.take(np.arange(start, min(start + ROWS_AT_ONCE, len(rows)))), others)
        nearest.append((apart.min(axis=1), apart.argmin(axis=1)))
    return np.concatenate([distance for distance, _ in nearest]), np.concatenate([at for _, at in nearest])


METRIC = Metric(
    expectation="expect_synthetic_to_not_favour_training_rows",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic rows lie nearer to training rows than to unseen human rows",
    unit=Unit.SHARE,
    asks="Do synthetic rows lie nearer to the training rows than to unseen human rows?",
    why=(
        "A generator that memorised lies near its training rows without copying one exactly, and gives away who was among them. Rows of the "
        "same law lie near to both alike."
    ),
    source="Platzer & Reutterer, Frontiers in Big Data 4 (2021) 679939; exact binomial bounds (Clopper & Pearson 1934)",
    fix="Train the generator with less capacity, fewer epochs or privacy noise, and drop the rows that the copy checks name.",
    languages_together="tables only, whose rows have no language",
    reads="the sample, and the holdout's",
)
