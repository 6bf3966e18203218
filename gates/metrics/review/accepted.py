"""Whether the people who reviewed rows accept the dataset, agree with each other, and cannot tell who made a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.config.reviews import FILE_NAME
from gates.data.values.row_digests import row_digests, sha256_of_rows
from gates.metrics.base.measurement import (
    Estimate,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.limits.wording import percent
from gates.metrics.review.record import ReviewError, ReviewRecord, parse_record
from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import HUMAN, SYNTHETIC, agreement, guesses, tallies
from gates.metrics.stats.intervals import ratio_difference
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Hashes
    from gates.data.batch import Batch
    from gates.data.scan.accumulators import Accumulate
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan

NO_REVIEW = "nobody has reviewed rows: `gates review plan`"


class RowNames:
    """An accumulator of the digests of all rows; its value is what names them together, and how many there are."""

    needs_rows = True

    def __init__(self, _: PassInputs | None = None) -> None:
        self._parts: list[Hashes] = [np.empty((0, 4), dtype=np.uint64)]

    def update(self, batch: Batch) -> None:
        self._parts.append(row_digests(batch.rows))

    def merge(self, other: RowNames) -> None:
        self._parts += other._parts

    def value(self) -> tuple[str, int]:
        """sha256 of all rows, and their number."""
        digests = np.concatenate(self._parts)
        return sha256_of_rows(digests), len(digests)


def accumulate(inputs: PassInputs, _: Mapping[str, object]) -> list[Accumulate[tuple[str, int]]]:
    """The names of all rows, where somebody has reviewed some."""
    return [] if inputs.declared.review is None else [RowNames]


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """What a review of exactly these rows comes to.

    "rejected": the share of strata that their acceptance plans reject; "disagreement": of the rows that two people
    reviewed, the share on which they differ, with its exact interval; "told_apart": the share of synthetic rows that
    reviewers take for synthetic ones less that of human rows that they take for such, in [-1, 1], by Newcombe's interval.
    """
    content = scan.declared.review
    if content is None:
        return NotConfigured(NO_REVIEW)
    try:
        record = parse_record(content, FILE_NAME)
    except ReviewError as error:
        return Failed(str(error))
    sha256, rows = scan.collected(RowNames)
    if sha256 != record.plan.rows_sha256:
        then = f"{record.plan.rows:,} rows then, {rows:,} now" if rows != record.plan.rows else "some were changed"
        return NotConfigured(f"the review is about other rows ({then}): `gates review plan`")
    return _BY_MEASURE[str(params["measure"])](record)


def _rejected(record: ReviewRecord) -> Measurement:
    counts = tallies(record.plan, record.reviews)
    evidence = {"strata": [tally.to_json() for tally in counts]}
    rejected = [tally for tally in counts if tally.decision is LotDecision.REJECT]
    undecided = [tally for tally in counts if tally.decision is LotDecision.OPEN]
    if undecided and not rejected:
        waiting = sum(tally.open for tally in undecided)
        return Inconclusive(f"{waiting:,} rows are still to review", _reviewed(record), evidence=evidence)
    note = f"{len(rejected):,} of {len(counts):,} strata"
    if rejected:
        worst = max(rejected, key=lambda tally: tally.rejected / tally.reviewed)
        note += f", worst {worst.stratum}: {worst.rejected:,} of {worst.reviewed:,} reviewed rows are rejected"
    return Measured(Estimate.exact(len(rejected) / len(counts)), _reviewed(record), note=note, evidence=evidence)


def _disagreement(record: ReviewRecord) -> Measurement:
    agreed = agreement(record.plan, record.reviews)
    if not agreed.rows:
        return NotConfigured("no row was reviewed by two people: `gates review plan --double`")
    note = f"two people differ on {agreed.rows - agreed.same:,} of {agreed.rows:,} rows"
    evidence = {"same": agreed.same, "rows": agreed.rows}
    share = agreed.share()
    different = Estimate(1 - share.value, 1 - share.high, 1 - share.low)
    return Measured(different, _reviewed(record), undecided=Severity.INFO, note=note, evidence=evidence)


def _told_apart(record: ReviewRecord) -> Measurement:
    counts = guesses(record.plan, record.reviews)
    taken = {origin: counts.get(origin, (0, 0)) for origin in (HUMAN, SYNTHETIC)}
    missing = [origin for origin, (_, rows) in taken.items() if not rows]
    if missing:
        return NotConfigured(f"nobody guessed who made the {missing[0]} rows: `gates review plan --blind`")
    shares = " and ".join(
        f"{percent(hits / rows)} of {rows:,} {origin} rows" for origin, (hits, rows) in sorted(taken.items())
    )
    estimate = ratio_difference(*taken[SYNTHETIC], *taken[HUMAN])
    rows = RowCounts(taken[HUMAN][1], taken[SYNTHETIC][1])
    note = f"reviewers take {shares} for synthetic ones"
    return Measured(estimate, rows, undecided=Severity.INFO, note=note, evidence={"taken_for_synthetic": taken})


def _reviewed(record: ReviewRecord) -> RowCounts:
    counts = {HUMAN: 0, SYNTHETIC: 0}
    for tally, stratum in zip(tallies(record.plan, record.reviews), record.plan.strata, strict=True):
        counts[stratum.origin] += tally.reviewed
    return RowCounts(counts[HUMAN], counts[SYNTHETIC])


_BY_MEASURE = {"rejected": _rejected, "disagreement": _disagreement, "told_apart": _told_apart}

METRIC = Metric(
    expectation="expect_review_to_accept",
    measure=measure,
    side=Side.MAX,
    finding="People who reviewed the rows do not vouch for them",
    unit=Unit.SHARE,
    asks="Do people who reviewed rows accept them, agree with each other, and take synthetic rows for human ones?",
    why=(
        "Whether a row is true, kind or funny no number decides. A plan with known risks says what the answers of people on some "
        "rows mean for all; two people on one row say how far one of them can be trusted, and guesses at who made a row whether "
        "synthetic rows read as human ones do."
    ),
    source=(
        "acceptance sampling: Guenther, Journal of Quality Technology 1, 1969; Wald, Sequential Analysis, 1947; "
        "Clopper-Pearson and Newcombe's (1998) intervals"
    ),
    fix=(
        "Look at the rejected rows with whoever made them, and at those on which two people differ: write down what a row is "
        "rejected for. Then mend the rows, and plan a new review."
    ),
    params=(("measure", "rejected"),),
    detail=("measure",),
    languages_together="people review strata, by language too where one is declared",
    exact="what people decided of every stratum",
    reads="every row, where somebody has reviewed some",
    accumulate=accumulate,
)
