"""A record in a file is read as what it is, and refused with a sentence where nobody could have written it."""

from __future__ import annotations

import copy
import json

import pytest

from gates.config.digests import digest
from gates.metrics.review.acceptance import Risks, single_plan
from gates.metrics.review.planned import PlannedStratum, ReviewPlan, ReviewRequest, ReviewTask
from gates.metrics.review.record import ReviewError, ReviewRecord, parse_record
from gates.metrics.review.sequential import LotDecision
from gates.metrics.review.tally import RowReview

ROWS = 300


def accepted_record() -> ReviewRecord:
    """All rows that one stratum draws are accepted, the first by two people."""
    risks = Risks()
    single = single_plan(risks, ROWS)
    tasks = [ReviewTask(number, 0, f"a.csv:{number}", f"{number:064x}") for number in range(1, single.size + 1)]
    tasks.append(ReviewTask(single.size + 1, 0, tasks[0].row, tasks[0].digest, twin=1))
    stratum = PlannedStratum("synthetic", "synthetic", ROWS, single.size, single.acceptance)
    plan = ReviewPlan("rows", ReviewRequest(risks, ("origin",)), ROWS, "0" * 64, (stratum,), tuple(tasks))
    reviewers = {task.number: RowReview(True, "ana" if task.twin is None else "ben") for task in tasks}
    return ReviewRecord(plan, reviewers)


def content(document) -> bytes:
    """The document with digests that fit what it says."""
    document.pop("digest", None)
    document["plan_sha256"] = digest(document["plan"])
    return json.dumps({**document, "digest": digest(document)}).encode()


def test_record_that_was_written_is_read_as_it_was():
    record = accepted_record()

    read = parse_record(content(record.to_json()), "review.json", "rows")

    assert (read, read.decision) == (record, LotDecision.ACCEPT)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("plan", "strata", 0, "acceptance"), 20, "accepts a bad one more often than 0.1"),
        (("plan", "strata", 0, "acceptance"), -1, "expected 0 <= acceptance < size <= rows"),
        (("plan", "strata", 0, "size"), 10, "tasks, and 10 rows of it are to be reviewed"),
        (("plan", "strata", 0, "rows"), 10**400, "expected 0 <= acceptance < size <= rows"),
        (("plan", "strata", 0, "origin"), "robot", "the origin of stratum synthetic is 'robot'"),
        (("plan", "strata", 0, "tightening"), 0, "expected 0 <= acceptance < size <= rows"),
        (("plan", "strata"), [], "task 1 is of a stratum that the plan lacks"),
        (("plan", "tasks", 0, "number"), "1", "task 1 has the number '1'"),
        (("plan", "tasks", -1, "twin"), [1], "(a part of it is of another kind than expected)"),
        (("plan", "tasks", -1, "twin"), 2, "is not the second one of a row"),
        (("plan", "seed"), float("inf"), "(a part of it is of another kind than expected)"),
        (("plan", "aql"), 0.5, "expected 0 < AQL < LTPD < 1"),
        (("plan", "aql"), float("nan"), "expected 0 < AQL < LTPD < 1"),
        (("reviews", 0, "task"), 4000, "task 4000 was reviewed, and was not planned"),
        (("reviews", 0, "guess"), "robot", "the guess at task 1 is 'robot'"),
    ],
)  # fmt: skip
def test_record_that_nobody_could_have_written_is_refused_whatever_its_digests_are(place, value, message):
    document = copy.deepcopy(accepted_record().to_json())
    *steps, last = place
    part = document
    for step in steps:
        part = part[step]
    part[last] = value

    with pytest.raises(ReviewError, match="is no record of a review") as caught:
        parse_record(content(document), "review.json", "rows")
    assert message in str(caught.value)
