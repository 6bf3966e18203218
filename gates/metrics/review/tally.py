"""What reviews come to: counts and a decision for each stratum, and how far two people agree."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from gates.metrics.review.sequential import LotDecision, curtailed
from gates.metrics.stats.intervals import clopper_pearson
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gates.metrics.base.measurement import Estimate
    from gates.metrics.review.planned import PlannedStratum, ReviewPlan

HUMAN, SYNTHETIC = Scope.HUMAN.value, Scope.SYNTHETIC.value


@dataclass(frozen=True)
class RowReview:
    """What one person wrote of one row. guess: who they think made it, "human" or "synthetic"; "" where they wrote none."""

    is_accepted: bool
    reviewer: str
    guess: str = ""

    def to_json(self) -> dict[str, object]:
        """The review as plain values."""
        return {
            "accepted": self.is_accepted,
            "reviewer": self.reviewer,
            **({"guess": self.guess} if self.guess else {}),
        }


@dataclass(frozen=True)
class Tally:
    """Rows of a stratum that were accepted, rejected, and not reviewed yet. after: how many rows it took to decide."""

    stratum: str
    accepted: int
    rejected: int
    open: int
    decision: LotDecision
    after: int

    @property
    def reviewed(self) -> int:
        """How many rows were reviewed."""
        return self.accepted + self.rejected

    def rejected_share(self) -> Estimate:
        """The share of rejected rows with its exact interval; NaN where no row was reviewed."""
        return clopper_pearson(self.rejected, self.reviewed)

    def to_json(self) -> dict[str, object]:
        """The counts as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Agreement:
    """Of how many rows that two people reviewed they said the same."""

    same: int
    rows: int

    def share(self) -> Estimate:
        """The share of rows with its exact interval; NaN where no row was reviewed twice."""
        return clopper_pearson(self.same, self.rows)


def tallies(plan: ReviewPlan, reviews: Mapping[int, RowReview]) -> list[Tally]:
    """The counts of each stratum of the plan. reviews: by the number of the task."""
    rows = accepted_rows(plan, reviews)
    return [_tally(plan, stratum, accepted) for stratum, accepted in zip(plan.strata, rows, strict=True)]


def accepted_rows(plan: ReviewPlan, reviews: Mapping[int, RowReview]) -> list[list[bool | None]]:
    """Of each stratum, whether the rows were accepted in the order of the draw; None where one is open.

    A row that one of two people rejects is rejected.
    """
    is_accepted = {number: review.is_accepted for number, review in reviews.items()}
    for task in plan.tasks:
        if task.twin is not None and not is_accepted.get(task.number, True):
            is_accepted[task.twin] = False
    rows: list[list[bool | None]] = [[] for _ in plan.strata]
    for task in plan.tasks:
        if task.twin is None:
            rows[task.stratum].append(is_accepted.get(task.number))
    return rows


def guesses(plan: ReviewPlan, reviews: Mapping[int, RowReview]) -> dict[str, tuple[int, int]]:
    """By origin of the rows, how many the first person took for synthetic ones, and of how many rows they guessed."""
    counts = {stratum.origin: (0, 0) for stratum in plan.strata}
    for task in plan.tasks:
        review = reviews.get(task.number)
        if task.twin is None and review and review.guess:
            origin = plan.strata[task.stratum].origin
            taken, rows = counts[origin]
            counts[origin] = (taken + (review.guess == SYNTHETIC), rows + 1)
    return counts


def agreement(plan: ReviewPlan, reviews: Mapping[int, RowReview]) -> Agreement:
    """How far the people agree who reviewed the same rows."""
    pairs = [(reviews.get(task.twin), reviews.get(task.number)) for task in plan.tasks if task.twin is not None]
    both = [(first, second) for first, second in pairs if first and second]
    return Agreement(sum(first.is_accepted == second.is_accepted for first, second in both), len(both))


def answer_of(decisions: Iterable[LotDecision]) -> LotDecision:
    """What is decided of all strata together: reject where one is rejected, accept where all are accepted."""
    every = set(decisions)
    if LotDecision.REJECT in every:
        return LotDecision.REJECT
    return LotDecision.ACCEPT if every == {LotDecision.ACCEPT} else LotDecision.OPEN


def _tally(plan: ReviewPlan, stratum: PlannedStratum, rows: list[bool | None]) -> Tally:
    """rows: in the order of the draw, whether each was accepted, None where it is open."""
    reviewed = [row for row in rows if row is not None]
    rejected = len(reviewed) - sum(reviewed)
    if plan.request.is_sequential:
        # Only in the order of the draw: who picks which rows come first picks the answer.
        in_order = itertools.takewhile(lambda row: row is not None, rows)
        decision, after = plan.sequential(stratum).follow(not row for row in in_order)
    else:
        decision, after = curtailed(stratum.single, len(reviewed), rejected), len(reviewed)
    return Tally(stratum.name, len(reviewed) - rejected, rejected, len(rows) - len(reviewed), decision, after)
