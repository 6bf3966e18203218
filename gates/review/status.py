"""What a review comes to as an exit code, and whether it is about the rows that a dataset has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import answer_of, tallies

if TYPE_CHECKING:
    from gates.metrics.review.planned import ReviewPlan
    from gates.metrics.review.record import ReviewRecord
    from gates.rows.lot import Lot

_CODES = {LotDecision.ACCEPT: 0, LotDecision.REJECT: 1, LotDecision.OPEN: 3}


def why_stale(plan: ReviewPlan, lot: Lot) -> str:
    """Why a plan says nothing about the rows that the dataset has now; "" where it draws from exactly these."""
    if lot.sha256() == plan.rows_sha256:
        return ""
    change = f"{plan.rows:,} rows then, {len(lot):,} now" if len(lot) != plan.rows else "some were changed"
    return f"{plan.dataset}: its rows are not those that the review was planned for ({change}); plan again"


def status_code(record: ReviewRecord, *, is_stale: bool) -> int:
    """0 accepted, 1 rejected, 3 open, and 3 whatever was decided where it is about other rows."""
    if is_stale:
        return _CODES[LotDecision.OPEN]
    return _CODES[answer_of(tally.decision for tally in tallies(record.plan, record.reviews))]
