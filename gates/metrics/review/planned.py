"""A plan of a review: which rows people look at, and how many of them may be rejected."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gates.config.digests import digest
from gates.metrics.review.acceptance import Risks, SinglePlan
from gates.metrics.review.sequential import SequentialPlan
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ReviewRequest:
    """How a plan is made.

    by: columns of strata. double: share of the rows that two people review, in [0, 1]. scope: whose rows are reviewed.
    reviewers: who may review; anybody where it is empty.
    """

    risks: Risks
    by: tuple[str, ...]
    seed: int = 0
    double: float = 0.05
    is_sequential: bool = False
    scope: Scope = Scope.COMBINED
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedStratum:
    """A part of the dataset and its plan: `size` of its `rows` are reviewed, at most `acceptance` may be rejected.

    tightening: of the risks of a sequential plan; 1 for a single-sampling one.
    """

    name: str
    origin: str
    rows: int
    size: int
    acceptance: int
    tightening: float = 1.0

    @property
    def single(self) -> SinglePlan:
        """The plan, with the rows that it draws from."""
        return SinglePlan(self.size, self.acceptance, self.rows)


@dataclass(frozen=True)
class ReviewTask:
    """One row for one person. row: file and place, counted from 1, when it was drawn. digest: of what it says.

    twin: the number of the task in which another person reviews the same row.
    """

    number: int
    stratum: int
    row: str
    digest: str
    twin: int | None = None


@dataclass(frozen=True)
class ReviewPlan:
    """What is reviewed. rows_sha256: of all rows that it draws from. tasks: in the order in which they are reviewed."""

    dataset: str
    request: ReviewRequest
    rows: int
    rows_sha256: str
    strata: tuple[PlannedStratum, ...]
    tasks: tuple[ReviewTask, ...]

    def sequential(self, stratum: PlannedStratum) -> SequentialPlan:
        """The test of a stratum that may end early."""
        return SequentialPlan(self.request.risks.scaled(stratum.tightening), stratum.single)

    def accepted(self, stratum: PlannedStratum, share: float) -> float:
        """The probability to accept a stratum of which this share of rows is to reject, rounded to the nearest whole row."""
        if self.request.is_sequential:
            return self.sequential(stratum).characteristic(share).accepted
        return stratum.single.accepted(share)

    def to_json(self) -> dict[str, object]:
        """The plan as plain values."""
        risks, request = self.request.risks, self.request
        return {
            "dataset": self.dataset,
            "aql": risks.aql,
            "ltpd": risks.ltpd,
            "producer_risk": risks.producer,
            "consumer_risk": risks.consumer,
            "by": list(request.by),
            "seed": request.seed,
            "double": request.double,
            "sequential": request.is_sequential,
            "scope": request.scope.value,
            **({"reviewers": list(request.reviewers)} if request.reviewers else {}),
            "rows": self.rows,
            "rows_sha256": self.rows_sha256,
            "strata": [asdict(stratum) for stratum in self.strata],
            "tasks": [asdict(task) for task in self.tasks],
        }

    @property
    def digest(self) -> str:
        """sha256 of all that the plan says."""
        return digest(self.to_json())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ReviewPlan:
        """The plan in plain values. Raises KeyError, TypeError and ValueError where they are none."""
        risks = Risks(*(float(document[name]) for name in ("aql", "ltpd", "producer_risk", "consumer_risk")))
        request = ReviewRequest(
            risks,
            tuple(document["by"]),
            int(document["seed"]),
            float(document["double"]),
            bool(document["sequential"]),
            Scope(document["scope"]),
            tuple(map(str, document.get("reviewers", ()))),
        )
        strata = tuple(PlannedStratum(**stratum) for stratum in document["strata"])
        tasks = tuple(ReviewTask(**task) for task in document["tasks"])
        return cls(
            str(document["dataset"]), request, int(document["rows"]), str(document["rows_sha256"]), strata, tasks
        )
