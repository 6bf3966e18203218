"""What was planned and what people wrote of it, in the form of the file that is committed with the data."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.config.digests import digest
from gates.errors import GatesError, UsageError
from gates.metrics.review.plan_rules import refuse_impossible
from gates.metrics.review.planned import ReviewPlan
from gates.metrics.review.tally import RowReview, answer_of, tallies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.review.sequential import LotDecision

SCHEMA_VERSION = 1


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
        raise ReviewError(f"{shown}: is no record of a review ({type(error).__name__}: {error})") from error
    if not is_same or dataset not in (None, record.plan.dataset):
        raise ReviewError(
            f"{shown}: was edited, or is another dataset's: its digest is not that of what it says; restore it from git, "
            f"or plan again: `gates review plan {dataset or record.plan.dataset} --replace`"
        )
    return record
