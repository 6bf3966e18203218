"""What a plan in a file has to be, whoever wrote it: one that `gates review plan` could have made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.review.acceptance import accepted_when_bad
from gates.metrics.review.tally import HUMAN, SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.review.planned import PlannedStratum, ReviewPlan
    from gates.metrics.review.tally import RowReview

# The last bits of a probability that another version of a library may round otherwise.
_ROUNDING = 1e-6


def refuse_impossible(plan: ReviewPlan, reviews: Mapping[int, RowReview]) -> None:
    """Raises ValueError for a plan that accepts rows nobody is to review or more bad ones than it says, and for reviews beside it.

    reviews: by the number of the task.
    """
    for number, task in enumerate(plan.tasks, start=1):
        if task.number != number:
            raise ValueError(f"task {number} has the number {task.number!r}")
        if not 0 <= task.stratum < len(plan.strata):
            raise ValueError(f"task {number} is of a stratum that the plan lacks")
        if task.twin is not None and not _is_second(plan, number):
            raise ValueError(f"task {number} is not the second one of a row")
    drawn = [task.stratum for task in plan.tasks if task.twin is None]
    for at, stratum in enumerate(plan.strata):
        _refuse_stratum(plan, stratum, drawn.count(at))
    for number, review in reviews.items():
        if not 1 <= number <= len(plan.tasks):
            raise ValueError(f"task {number} was reviewed, and was not planned")
        if review.guess not in ("", HUMAN, SYNTHETIC):
            raise ValueError(f"the guess at task {number} is {review.guess!r}")


def _is_second(plan: ReviewPlan, number: int) -> bool:
    """Whether a task that names a first one is about its row."""
    second = plan.tasks[number - 1]
    if second.twin is None or not 1 <= second.twin < number:
        return False
    first = plan.tasks[second.twin - 1]
    return first.twin is None and (first.digest, first.stratum) == (second.digest, second.stratum)


def _refuse_stratum(plan: ReviewPlan, stratum: PlannedStratum, drawn: int) -> None:
    """drawn: how many tasks have a row of it for the first time."""
    if stratum.origin not in (HUMAN, SYNTHETIC):
        raise ValueError(f"the origin of stratum {stratum.name} is {stratum.origin!r}")
    if not (0 <= stratum.acceptance < stratum.size <= stratum.rows <= plan.rows and 0 < stratum.tightening <= 1):
        raise ValueError(
            f"the plan of stratum {stratum.name}: expected 0 <= acceptance < size <= rows and a tightening in (0, 1]"
        )
    if drawn != stratum.size:
        raise ValueError(f"stratum {stratum.name} has {drawn} tasks, and {stratum.size} rows of it are to be reviewed")
    risks = plan.request.risks.scaled(stratum.tightening)
    if accepted_when_bad(stratum.single, risks) > risks.consumer + _ROUNDING:
        raise ValueError(f"the plan of stratum {stratum.name} accepts a bad one more often than {risks.consumer:g}")
