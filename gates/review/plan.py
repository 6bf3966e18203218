"""Which rows of a dataset people are to review, and how many of them may be rejected."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import place_of
from gates.errors import DataError
from gates.metrics.review.acceptance import single_plan
from gates.metrics.review.planned import PlannedStratum, ReviewPlan, ReviewRequest, ReviewTask
from gates.metrics.review.sequential import tightening
from gates.review.strata import Stratum, origins_of, shuffled, strata_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Ints
    from gates.rows.lot import Lot


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
