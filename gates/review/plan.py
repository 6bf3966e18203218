"""Which rows of a dataset people are to review, and how many of them may be rejected."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gates.config.digests import digest
from gates.data.facts import place_of
from gates.errors import DataError
from gates.review.acceptance import Risks, SinglePlan, single_plan
from gates.review.sequential import SequentialPlan, tightening
from gates.review.strata import origins_of, shuffled, strata_of
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.data.arrays import Ints
    from gates.review.strata import Stratum
    from gates.rows.lot import Lot


@dataclass(frozen=True)
class ReviewRequest:
    """How a plan is made.

    by: columns of strata. double: share of the rows that two people review, in [0, 1]. scope: whose rows are reviewed.
    """

    risks: Risks
    by: tuple[str, ...]
    seed: int = 0
    double: float = 0.05
    is_sequential: bool = False
    scope: Scope = Scope.COMBINED


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
        )
        strata = tuple(PlannedStratum(**stratum) for stratum in document["strata"])
        tasks = tuple(ReviewTask(**task) for task in document["tasks"])
        if any(not 0 <= task.stratum < len(strata) for task in tasks):
            raise ValueError("a task is of a stratum that the plan lacks")
        return cls(
            str(document["dataset"]), request, int(document["rows"]), str(document["rows_sha256"]), strata, tasks
        )


def make_plan(dataset: str, lot: Lot, files: Sequence[str], request: ReviewRequest) -> ReviewPlan:
    """Draws each stratum's rows; the same rows from the same content, seed and risks.

    files: names of the opened files, by number. Raises DataError for a dataset without a human or synthetic row.
    """
    strata = strata_of(lot, request.by, request.seed, request.scope)
    if not strata:
        raise DataError(f"{dataset}: no row is {' or '.join(origins_of(request.scope))}, so there is nothing to review")
    planned = [_planned(stratum, request) for stratum in strata]
    drawn = [stratum.positions[: one.size] for stratum, one in zip(strata, planned, strict=True)]
    tasks = _tasks(lot, files, drawn)
    tasks += _second_tasks(tasks, request.double)
    return ReviewPlan(dataset, request, len(lot), lot.sha256(), tuple(planned), tuple(tasks))


def _planned(stratum: Stratum, request: ReviewRequest) -> PlannedStratum:
    rows = len(stratum.positions)
    factor = tightening(request.risks, rows) if request.is_sequential else 1.0
    plan = single_plan(request.risks.scaled(factor), rows)
    return PlannedStratum(stratum.name, stratum.origin, rows, plan.size, plan.acceptance, factor)


def _tasks(lot: Lot, files: Sequence[str], drawn: Sequence[Ints]) -> list[ReviewTask]:
    """The rows of all strata shuffled, each stratum's in the order of its draw: no order gives away which stratum a row is of."""
    strata = np.repeat(np.arange(len(drawn)), [len(positions) for positions in drawn])
    strata = strata[shuffled(len(strata), len(strata))]
    following = [iter(positions.tolist()) for positions in drawn]
    positions = np.array([next(following[stratum]) for stratum in strata.tolist()], dtype=np.int64)
    rows = zip(strata.tolist(), lot.row_id[positions].tolist(), lot.shown(positions), strict=True)
    return [
        ReviewTask(number, stratum, place_of(files, row_id), row_digest)
        for number, (stratum, row_id, row_digest) in enumerate(rows, start=1)
    ]


def _second_tasks(tasks: Sequence[ReviewTask], share: float) -> list[ReviewTask]:
    """The rows that another person reviews too: evenly spread, at the end, where they are easily given to somebody else."""
    twice = [task for task in tasks if math.floor(task.number * share) > math.floor((task.number - 1) * share)]
    return [replace(task, number=number, twin=task.number) for number, task in enumerate(twice, start=len(tasks) + 1)]
