"""A judge that gives one item several labels fails beyond what human annotators do, and alone where it does so often."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.annotation import contradictions
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

ROLES = frozenset({"item", "annotator", "label"})


def ratings(items: int, annotator: str, twice: int = 0) -> pl.DataFrame:
    """A label per item, and another one for the first of them."""
    labels = np.arange(items) % 3
    once = pl.DataFrame({"item": np.arange(items), "annotator": annotator, "label": labels.astype(str)})
    return pl.concat([once, once[:twice].with_columns(label=pl.lit("other"))])


def judged(human: pl.DataFrame, synthetic: pl.DataFrame) -> Judgement:
    scan = table_scan(human, synthetic, label="label", bound=tuple(ROLES))
    measurement = contradictions.measure(scan, Scope.SYNTHETIC, {})
    return judge(measurement, Limits(max_value=0.01), Severity.CRITICAL)


def test_a_judge_with_two_labels_for_many_items_fails_and_the_rows_are_named():
    check = judged(ratings(500, "ana"), ratings(500, "judge", twice=40))

    assert (check.outcome, check.severity) == (Outcome.FAIL, Severity.CRITICAL)
    assert check.evidence["items_with_several_labels"] == 40
    assert check.evidence["annotators"] == ["judge"]
    assert check.evidence["first_rows"][0] == "data/mix.parquet:501"


@pytest.mark.parametrize(("of_people", "of_judge"), [(0, 0), (40, 40), (0, 1)])
def test_a_judge_that_contradicts_itself_as_people_do_or_hardly_passes(of_people, of_judge):
    check = judged(ratings(500, "ana", of_people), ratings(500, "judge", of_judge))

    assert check.outcome is Outcome.PASS


def test_an_item_of_few_warns():
    check = judged(ratings(20, "ana"), ratings(20, "judge", 1))

    assert (check.outcome, check.severity) == (Outcome.INCONCLUSIVE, Severity.WARNING)


def test_the_same_label_given_twice_is_no_contradiction():
    twice = pl.concat([ratings(100, "judge"), ratings(100, "judge")])

    assert judged(ratings(100, "ana"), twice).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("twice", "outcome", "severity"),
    [(0, Outcome.PASS, Severity.CRITICAL), (10, Outcome.FAIL, Severity.WARNING), (40, Outcome.FAIL, Severity.CRITICAL)],
)
def test_people_who_change_their_mind_warn_and_two_rounds_under_one_item_fail(twice, outcome, severity):
    scan = table_scan(ratings(500, "ana", twice), ratings(500, "judge"), label="label", bound=tuple(ROLES))

    check = judge(
        contradictions.measure(scan, Scope.HUMAN, {}), Limits(max_value=0.05, warn_value=0.01), Severity.CRITICAL
    )

    assert (check.outcome, check.severity) == (outcome, severity), check.message
