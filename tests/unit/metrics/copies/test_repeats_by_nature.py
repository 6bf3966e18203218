"""A table of few values repeats itself, and so do its synthetic rows; copies beyond that fail, without a holdout too."""

from __future__ import annotations

import polars as pl
import pytest

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.base.measurement import Limits
from gates.metrics.copies import copies, duplicates
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan
from tests.unit.metrics.stats.test_natural_repeats import coarse, fine, questionnaire, written_twice

ROWS = 1000


def repeats(human: pl.DataFrame) -> Judgement:
    measured = duplicates.METRIC.measure(table_scan(human, human.head(1)), Scope.HUMAN, {"kind": "exact"})
    return judge(measured, Limits(max_value=0.01), Severity.WARNING)


def copied(human: pl.DataFrame, synthetic: pl.DataFrame) -> Judgement:
    measured = copies.METRIC.measure(table_scan(human, synthetic), Scope.COMBINED, {"kind": "exact"})
    return judge(measured, Limits(max_value=0.05), Severity.CRITICAL)


def test_repeats_by_nature_are_reported_and_accidents_warn():
    by_nature, by_accident = repeats(coarse(ROWS)), repeats(written_twice(fine(ROWS), 0.03))

    assert (by_nature.outcome, by_nature.severity) == (Outcome.FAIL, Severity.INFO)
    assert "reported only: so many rows agree in all columns but one or two" in by_nature.message
    assert (by_accident.outcome, by_accident.severity) == (Outcome.FAIL, Severity.WARNING)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 1)])
def test_fresh_rows_of_few_values_pass_without_a_holdout_whichever_side_they_are(one, other):
    assert copied(coarse(4 * ROWS, one), coarse(4 * ROWS, other)).outcome is Outcome.PASS


def test_copies_beyond_what_human_rows_share_by_nature_fail():
    human, fresh = questionnaire(ROWS), questionnaire(ROWS, 2)
    mixed = pl.concat([human.head(ROWS // 2), fresh.head(ROWS // 2)])

    assert copied(human, mixed).outcome is Outcome.FAIL


@pytest.mark.parametrize(("more", "outcome"), [(10, Outcome.INCONCLUSIVE), (200, Outcome.FAIL)])
def test_synthetic_repeats_are_set_against_what_chance_does_to_human_ones(more, outcome):
    human, fresh = questionnaire(ROWS), questionnaire(ROWS, 2)
    synthetic = pl.concat([fresh.head(ROWS - more), fresh.head(more)])

    measured = duplicates.METRIC.measure(table_scan(human, synthetic), Scope.SYNTHETIC, {"kind": "exact"})

    assert judge(measured, Limits(max_value=0.001), Severity.CRITICAL).outcome is outcome


def test_repeats_that_may_be_accidents_leave_fresh_rows_undecided():
    human = written_twice(fine(ROWS), 0.03)

    assert copied(human, pl.concat([fine(ROWS, 2), human.head(10)])).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(("copies_among", "outcome"), [(0, Outcome.PASS), (90, Outcome.FAIL)])
def test_copies_of_a_rare_class_are_set_against_the_class_and_not_against_all_who_repeat(copies_among, outcome):
    often = coarse(2 * ROWS).with_columns(use=pl.lit("seldom"))
    rare, fresh = (questionnaire(300, seed).with_columns(use=pl.lit("often")) for seed in (1, 2))
    made = pl.concat([rare.head(copies_among), fresh.head(300 - copies_among)])
    request = ScanRequest(declared=Declarations(extends_human_law=True))

    scan = table_scan(pl.concat([often, rare]), made, request=request, label="use")
    measured = copies.METRIC.measure(scan, Scope.COMBINED, {"kind": "exact"})

    assert judge(measured, Limits(max_value=0.05), Severity.CRITICAL).outcome is outcome
