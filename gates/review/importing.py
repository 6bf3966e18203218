"""Takes what reviewers wrote into a record, or refuses all of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError, did_you_mean, first_few
from gates.metrics.review.tally import RowReview
from gates.review.tasks import ACCEPT, FilledTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gates.metrics.review.planned import ReviewPlan
    from gates.metrics.review.record import ReviewRecord
    from gates.rows.lot import Lot

_NAMED = 5


def imported(record: ReviewRecord, lines: Sequence[FilledTask], lot: Lot, *, may_replace: bool) -> ReviewRecord:
    """The record with the answers of these lines.

    lot: the rows that the dataset has now. may_replace: an answer that was imported before may change. Raises DataError for
    rows that were changed or are gone, UsageError for lines that contradict the plan, each other or the record, and for
    rows that only one of two people has reviewed, or one person twice, or somebody who is no reviewer of the plan.
    """
    plan = record.plan
    _refuse_other_digests(plan, lines)
    _refuse_stale(plan, lines, lot)
    _refuse_unknown(plan.request.reviewers, lines)
    new = _by_task(lines)
    changed = [number for number, review in new.items() if record.reviews.get(number, review) != review]
    if changed and not may_replace:
        number = changed[0]
        raise UsageError(
            f"task {number}: imported before with another answer or reviewer ({_said(record.reviews[number])}), as "
            f"{len(changed)} of these are; to correct it, import with --replace"
        )
    reviews = {**record.reviews, **new}
    _refuse_half_reviewed(plan, reviews)
    return record.with_reviews(reviews)


def stale_tasks(plan: ReviewPlan, numbers: Iterable[int], lot: Lot) -> list[int]:
    """Which of these tasks are about a row that the dataset has no more, as often as it was drawn."""
    left = Counter(lot.all_shown())
    by_number = {task.number: task for task in plan.tasks}
    drawn = [by_number[number] for number in numbers]
    needed = Counter(task.digest for task in plan.tasks if task.twin is None)
    return [task.number for task in drawn if left[task.digest] < needed[task.digest]]


def _refuse_other_digests(plan: ReviewPlan, lines: Iterable[FilledTask]) -> None:
    planned = {task.number: task.digest for task in plan.tasks}
    for line in lines:
        if line.digest != planned[line.number]:
            raise DataError(
                f"{line.place}: task {line.number} has the digest {line.digest or '(none)'}, and {planned[line.number]} was "
                "planned: the file is of another plan, or was sorted in part; nothing was imported"
            )


def _refuse_stale(plan: ReviewPlan, lines: Iterable[FilledTask], lot: Lot) -> None:
    rows = {task.number: task.row for task in plan.tasks}
    stale = stale_tasks(plan, (line.number for line in lines if line.answer), lot)
    if stale:
        raise DataError(
            f"{len(stale)} of the reviewed rows were changed since they were drawn, or are gone: "
            f"{first_few((f'task {number} ({rows[number]})' for number in stale), _NAMED)}; nothing was imported: restore "
            "the rows, or plan again"
        )


def _refuse_unknown(reviewers: Sequence[str], lines: Iterable[FilledTask]) -> None:
    names = {name.casefold() for name in reviewers}
    for line in lines:
        if names and line.answer and line.reviewer.casefold() not in names:
            raise UsageError(
                f"{line.place}: task {line.number} was reviewed by {line.reviewer}, who is no reviewer of this plan "
                f"({did_you_mean(line.reviewer, reviewers)})"
            )


def _by_task(lines: Iterable[FilledTask]) -> dict[int, RowReview]:
    """The reviews of lines with an answer. Raises UsageError where two lines say two things of one task."""
    reviews: dict[int, RowReview] = {}
    for line in lines:
        if not line.answer:
            continue
        review = RowReview(line.answer == ACCEPT, line.reviewer, line.guess)
        if reviews.setdefault(line.number, review) != review:
            raise UsageError(
                f"{line.place}: task {line.number} has two reviews ({_said(reviews[line.number])}; {_said(review)}); keep one"
            )
    return reviews


def _refuse_half_reviewed(plan: ReviewPlan, reviews: Mapping[int, RowReview]) -> None:
    for task in plan.tasks:
        if task.twin is None:
            continue
        first, second = reviews.get(task.twin), reviews.get(task.number)
        if (first is None) != (second is None):
            done, left = (task.number, task.twin) if second else (task.twin, task.number)
            raise UsageError(
                f"tasks {task.twin} and {task.number} are one row for two people, and only task {done} has an answer: have "
                f"task {left} reviewed too, or leave both empty for now"
            )
        if first and second and first.reviewer.casefold() == second.reviewer.casefold():
            raise UsageError(
                f"tasks {task.twin} and {task.number} are one row for two people, and both were reviewed by "
                f"{first.reviewer}: have one reviewed by somebody else"
            )


def _said(review: RowReview) -> str:
    return f"{'accept' if review.is_accepted else 'reject'} by {review.reviewer}"
