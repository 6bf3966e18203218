"""Wald's sequential test of a lot, row by row, ended by a single-sampling plan at the latest.

Wald, Sequential Analysis, 1947, ch. 5; Wetherill & Brown, Statistical Process Control, 1991, ch. 12.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.metrics.review.acceptance import Risks, SinglePlan, single_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

# Fine enough that a plan is a few rows longer than the shortest one that keeps its risks, at a few plans to look at.
_STEP = 0.9


class LotDecision(StrEnum):
    """What the rows that were reviewed say of a lot."""

    ACCEPT = "accept"
    REJECT = "reject"
    OPEN = "open"


@dataclass(frozen=True)
class Characteristic:
    """accepted: the probability to accept a lot. rows: how many rows are reviewed on average until it is decided."""

    accepted: float
    rows: float


@dataclass(frozen=True)
class SequentialPlan:
    """After each row, in the order of the draw: accept, reject, or review another; after `last.size` rows as `last` says.

    risks: those that Wald's two lines are drawn for. The end adds to them: `characteristic` has what they come to, and
    `tightening` what makes a plan keep what it promises.
    """

    risks: Risks
    last: SinglePlan

    def log_ratio(self, reviewed: int, rejected: int) -> float:
        """Log likelihood of a bad lot less that of a good one."""
        risks = self.risks
        hit, miss = math.log(risks.ltpd / risks.aql), math.log((1 - risks.ltpd) / (1 - risks.aql))
        return rejected * hit + (reviewed - rejected) * miss

    def decide(self, reviewed: int, rejected: int) -> LotDecision:
        """What is decided after so many rows, had nothing been decided before."""
        risks, ratio = self.risks, self.log_ratio(reviewed, rejected)
        if ratio >= math.log((1 - risks.consumer) / risks.producer):
            return LotDecision.REJECT
        if ratio <= math.log(risks.consumer / (1 - risks.producer)):
            return LotDecision.ACCEPT
        return curtailed(self.last, reviewed, rejected)

    def follow(self, rejections: Iterable[bool]) -> tuple[LotDecision, int]:
        """The first decision along rows in the order of the draw, and after how many of them it fell."""
        reviewed = rejected = 0
        for is_rejected in rejections:
            reviewed, rejected = reviewed + 1, rejected + is_rejected
            if (decision := self.decide(reviewed, rejected)) is not LotDecision.OPEN:
                return decision, reviewed
        return LotDecision.OPEN, reviewed

    def characteristic(self, share: float) -> Characteristic:
        """Exact, by the probabilities of all ways that are still open after each row.

        share: of rows to reject in the lot; of a finite one that of whole rows, rounded to the nearest.
        """
        lot = self.last.lot
        marked = round(share * lot) if lot else 0
        open_ways, accepted, rows = {0: 1.0}, 0.0, 0.0
        for reviewed in range(self.last.size):
            rows += sum(open_ways.values())
            following: defaultdict[int, float] = defaultdict(float)
            for rejected, weight in open_ways.items():
                hit = (marked - rejected) / (lot - reviewed) if lot else share
                following[rejected + 1] += weight * hit
                following[rejected] += weight * (1 - hit)
            decided = {rejected: self.decide(reviewed + 1, rejected) for rejected in following}
            accepted += sum(way for number, way in following.items() if decided[number] is LotDecision.ACCEPT)
            open_ways = {
                number: way for number, way in following.items() if decided[number] is LotDecision.OPEN and way
            }
        return Characteristic(accepted, rows)


def tightening(risks: Risks, lot: int | None = None) -> float:
    """By which factor the risks of lines and end are less than those promised, so that both together keep these exactly.

    Each is made for risks of its own, and what they come to together is at most their sum, so that half is always enough.
    """
    factor = 1.0
    while not _keeps(tightened(risks, factor, lot), risks, lot):
        factor *= _STEP
    return factor


def tightened(risks: Risks, factor: float, lot: int | None = None) -> SequentialPlan:
    """Lines and end for the risks times a factor."""
    narrow = risks.scaled(factor)
    return SequentialPlan(narrow, single_plan(narrow, lot))


def _keeps(plan: SequentialPlan, risks: Risks, lot: int | None) -> bool:
    return (
        plan.characteristic(risks.good_share(lot)).accepted >= 1 - risks.producer
        and plan.characteristic(risks.bad_share(lot)).accepted <= risks.consumer
    )


def curtailed(plan: SinglePlan, reviewed: int, rejected: int) -> LotDecision:
    """What a single-sampling plan will come to whatever the rest of its rows is like; its risks stay what they are.

    The rows may be reviewed in any order.
    """
    if rejected > plan.acceptance:
        return LotDecision.REJECT
    return LotDecision.ACCEPT if rejected + plan.size - reviewed <= plan.acceptance else LotDecision.OPEN
