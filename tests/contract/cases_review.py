"""Contracts of the check that reads what people said of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.review.acceptance import Risks
from gates.metrics.review.accepted import NO_REVIEW
from gates.metrics.review.planned import ReviewRequest
from gates.metrics.review.record import ReviewRecord
from gates.metrics.review.tally import RowReview
from gates.review.draw import draw_review
from gates.review.record import write_record
from gates.verdict import Outcome
from tests.contract.case import Case, Missing
from tests.contract.cases_common import EVERY
from tests.contract.changes import having, without_role

if TYPE_CHECKING:
    from gates.config.dataset import DatasetConfig
    from gates.metrics.review.planned import ReviewPlan, ReviewTask
    from tests.contract.sound_datasets import Dataset

CHECK = "combined/expect_review_to_accept"


@dataclass(frozen=True)
class People:
    """What the people write who review a dataset, a third of the rows by two of them.

    rejected: of how many rows they reject one, 0 for none. differing: of how many rows that two review they differ on one.
    is_told: whether they see who made a row. until: the last task that they look at.
    """

    rejected: int = 0
    differing: int = 0
    is_told: bool = False
    double: float = 0.3
    until: int | None = None

    def __call__(self, config: DatasetConfig) -> None:
        """Plan a review of the dataset and write what comes of it."""
        plan = draw_review(config, ReviewRequest(Risks(), ("origin",), double=self.double)).plan
        tasks = plan.tasks[: self.until]
        write_record(config.root, ReviewRecord(plan, {task.number: self._said_of(task, plan) for task in tasks}))

    def _said_of(self, task: ReviewTask, plan: ReviewPlan) -> RowReview:
        row = task.twin or task.number
        is_accepted = not (self.rejected and row % self.rejected == 0)
        if task.twin and self.differing and task.number % self.differing == 0:
            is_accepted = not is_accepted
        origin = plan.strata[task.stratum].origin
        guess = origin if self.is_told else ("human", "synthetic")[task.number % 2]
        return RowReview(is_accepted, "bo" if task.twin else "ana", guess)


def _with_a_crowd(dataset: Dataset) -> Dataset:
    """One of three people is no expert."""
    expertise = pl.when(pl.col("annotator") == "cy").then(pl.lit("crowd")).otherwise("expertise")
    return dataset.having(rows=dataset.rows.with_columns(expertise=expertise))


def _crowd_that_leans(dataset: Dataset) -> Dataset:
    """Whoever is no expert says good of every other item that is not."""
    is_turned = (pl.col("expertise") == "crowd") & (pl.int_range(pl.len()) % 2 == 0)
    return dataset.having(
        rows=dataset.rows.with_columns(label=pl.when(is_turned).then(pl.lit("good")).otherwise("label"))
    )


SOUND = having(review=People())
NOBODY = Missing(having(review=None), Outcome.NOT_CONFIGURED, NO_REVIEW)

CASES = (
    Case(
        f"{CHECK}/rejected", EVERY, "tabular",
        having(review=People(rejected=10)), "2 of 2 strata",
        prepared=SOUND, too_few=having(review=People(until=9)), missing=NOBODY, costly=True,
    ),
    Case(
        f"{CHECK}/disagreement", EVERY, "tabular",
        having(review=People(double=0.04, differing=2)), "two people differ on",
        prepared=SOUND, too_few=having(review=People(double=0.04)), missing=NOBODY, costly=True,
    ),
    Case(
        f"{CHECK}/told_apart", EVERY, "tabular",
        having(review=People(is_told=True)), "reviewers take 0.0 % of",
        prepared=SOUND, too_few=having(review=People(until=9)), missing=NOBODY, costly=True,
    ),
    *(
        Case(
            f"human/expect_crowd_to_label_as_experts/{measure}", ("annotations",), "annotations",
            _crowd_that_leans, reason, prepared=_with_a_crowd, too_few=_with_a_crowd, costly=True,
            also=frozenset({f"human/expect_crowd_to_label_as_experts/{other}", *also}),
            missing=Missing(
                without_role("expertise"), Outcome.NOT_CONFIGURED,
                'nobody says which annotators are experts; add: columns = { expertise = "…" }',
            ),
        )
        for measure, other, also, reason in (
            ("bias", "kappa", (), "of the crowd's labels and"),
            ("kappa", "bias", (), "kappa 0."),
        )
    ),
)  # fmt: skip
