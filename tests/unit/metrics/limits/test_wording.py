from __future__ import annotations

import pytest

from gates.metrics.base.measurement import Baseline, Estimate, Inconclusive, Limits, Measured, RowCounts
from gates.metrics.base.metric import Unit
from gates.metrics.catalogue import METRICS
from gates.metrics.limits.judge import judge
from gates.metrics.limits.wording import Wording, percent
from gates.verdict import Outcome, Severity
from gates.verdicts.reports.finding_text import EXCESSES

COPIES = Wording("Synthetic rows copy human rows", Unit.EXTRA_SHARE)


def message(measurement, wording: Wording = COPIES, **limits: float) -> str:
    return judge(measurement, Limits(**limits), Severity.CRITICAL, wording=wording).message


def test_a_failure_says_what_is_wrong_then_the_number_then_the_limit():
    copied = Measured(Estimate(0.03, 0.02, 0.04), baseline=Baseline(0.0), note="42 of 1,400 (3.0 %) equal a human row")

    assert message(copied, max_value=0.001) == (
        "Synthetic rows copy human rows: 42 of 1,400 (3.0 %) equal a human row; at most 0.1 % may."
    )


def test_a_share_beyond_the_baseline_is_called_one():
    copied = Measured(
        Estimate.exact(0.03), baseline=Baseline(0.02), note="5.0 % equal a human row, 2.0 % of the holdout"
    )

    assert message(copied, max_value=0.001).endswith("; at most 0.1 % more may.")


def test_what_is_undecided_says_what_would_decide():
    wide = Measured(Estimate(0.04, 0.0, 0.08), RowCounts(10, 10))

    expected_message = message(wide, Wording("Rows repeat each other", Unit.SHARE), max_value=0.06)

    assert expected_message.startswith(
        "Undecided whether rows repeat each other: the interval is 0.0 % to 8.0 %, at most 6 % may;"
    )
    assert expected_message.endswith("about 30 more human rows and 30 more synthetic rows would decide.")
    assert message(Inconclusive("no rows to compare")) == (
        "Undecided whether synthetic rows copy human rows: no rows to compare."
    )


@pytest.mark.parametrize(
    ("unit", "value", "limits", "rule"),
    [
        (Unit.SHARE, 0.1, {"max_value": 0.0}, "none may"),
        (Unit.SHARE, 0.1, {"min_value": 0.9}, "at least 90 % must"),
        (Unit.SHARE, 0.9, {"min_value": 0.1, "max_value": 0.6}, "at most 60 % may"),
        (Unit.SHARE, 0.0, {"min_value": 0.1, "max_value": 0.6}, "at least 10 % must"),
        (Unit.COUNT, 3, {"max_value": 2}, "at most 2 allowed"),
        (Unit.NUMBER, 0.3, {"max_value": 0.25}, "measured 0.3, at most 0.25 allowed"),
        (Unit.NUMBER, 0.85, {"min_value": 0.8, "warn_value": 0.9}, "at least 0.9 expected, at least 0.8 required"),
        (Unit.SHARE, 0.3, {"max_value": 0.4, "warn_value": 0.2}, "at most 20 % should, at most 40 % may"),
    ],
)
def test_limits_are_reported_in_the_unit_of_the_number(unit, value, limits, rule):
    judged = judge(
        Measured(Estimate.exact(value)), Limits(**limits), Severity.CRITICAL, wording=Wording("It is so", unit)
    )

    assert judged.outcome is Outcome.FAIL
    assert judged.message.startswith("It is so: measured ")
    assert rule in judged.message


def test_an_excess_names_the_baseline_that_it_goes_beyond():
    apart = Measured(Estimate(0.3, 0.28, 0.32), baseline=Baseline(0.505), note="AUC 0.805")

    assert message(apart, Wording("Origins differ", Unit.EXTRA_NUMBER), max_value=0.25) == (
        "Origins differ: AUC 0.805; measured 0.3 beyond the baseline of 0.505, at most 0.25 allowed."
    )


def test_reports_call_an_excess_just_what_metrics_do():
    units = {Unit.EXTRA_NUMBER, Unit.EXTRA_SHARE}

    assert {metric.expectation for metric in METRICS if metric.unit in units} == EXCESSES


def test_percents_keep_two_digits():
    assert [percent(share) for share in (0.03, 0.0012, 1.0, 0.0, -0.025)] == [
        "3.0 %",
        "0.12 %",
        "100.0 %",
        "0.0 %",
        "-2.5 %",
    ]


def test_every_metric_says_what_is_wrong_in_a_sentence():
    wrong = [
        metric.expectation
        for metric in METRICS
        if not metric.finding[:1].isupper() or metric.finding.endswith(".") or "expect_" in metric.finding
    ]

    assert wrong == []
