"""What was planned and what people wrote of it, in the form of the file that is committed with the data.

Whoever wrote the file, its plan has to be one that `gates review plan` could have made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.config.digests import digest
from gates.errors import GatesError, UsageError, wrong_form
from gates.metrics.review.acceptance import accepted_when_bad
from gates.metrics.review.planned import PlannedStratum, ReviewPlan
from gates.metrics.review.tally import HUMAN, SYNTHETIC, RowReview, answer_of, tallies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.review.sequential import LotDecision

SCHEMA_VERSION = 1
# The last bits of a probability that another version of a library may round otherwise.
_ROUNDING = 1e-6


class ReviewError(GatesError):
    """A recorded review says nothing about this data: exit 3."""


@dataclass(frozen=True)
class ReviewRecord:
    """A plan with the reviews that were imported, by the number of the task."""

    plan: ReviewPlan
    reviews: Mapping[int, RowReview]

    def with_reviews(self, reviews: Mapping[int, RowReview]) -> ReviewRecord:
        """The same plan with other reviews."""
        return replace(self, reviews=reviews)

    def to_json(self) -> dict[str, object]:
        """The record as plain values, its counts and its digest among them."""
        reviews = [{"task": number, **one.to_json()} for number, one in sorted(self.reviews.items())]
        document: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "plan": self.plan.to_json(),
            "plan_sha256": self.plan.digest,
            "counts": [tally.to_json() for tally in tallies(self.plan, self.reviews)],
            "reviews": reviews,
        }
        return {**document, "digest": digest(document)}

    @property
    def digest(self) -> str:
        """sha256 of all that the record says."""
        return str(self.to_json()["digest"])

    @property
    def decision(self) -> LotDecision:
        """What the review comes to."""
        return answer_of(tally.decision for tally in tallies(self.plan, self.reviews))


def parse_record(content: bytes, shown: str, dataset: str | None = None) -> ReviewRecord:
    """The record in the bytes of a file.

    shown: its path, for messages. dataset: whose it has to be, None for any. Raises ReviewError where it was edited, is none,
    or has a plan that nobody could have made.
    """
    try:
        document = json.loads(content)
        version = document["schema_version"]
        if version != SCHEMA_VERSION:
            raise ReviewError(f"{shown}: has schema version {version!r}, expected {SCHEMA_VERSION}")
        reviews = {
            int(one["task"]): RowReview(bool(one["accepted"]), str(one["reviewer"]), str(one.get("guess", "")))
            for one in document["reviews"]
        }
        record = ReviewRecord(ReviewPlan.from_json(document["plan"]), reviews)
        refuse_impossible(record.plan, reviews)
        is_same = record.to_json() == document
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError, UsageError) as error:
        raise ReviewError(f"{shown}: is no record of a review ({wrong_form(error)})") from error
    if not is_same or dataset not in (None, record.plan.dataset):
        raise ReviewError(
            f"{shown}: was edited, or is another dataset's: its digest is not that of what it says; restore it from git, "
            f"or plan again: `gates review plan {dataset or record.plan.dataset} --replace`"
        )
    return record


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
