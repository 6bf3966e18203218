from __future__ import annotations

from dataclasses import replace

import pytest

from gates.metrics.base.measurement import (
    Baseline,
    Estimate,
    Failed,
    Growth,
    Inconclusive,
    Limits,
    Measured,
    NotConfigured,
    Part,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Unit
from gates.metrics.limits.judge import judge
from gates.metrics.limits.wording import Wording
from gates.verdict import LINE_TO_ADD, Outcome, Severity

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING


def judged(estimate: Estimate, limits: Limits, **more: object):
    return judge(Measured(estimate, RowCounts(100, 100), **more), limits, CRITICAL)


@pytest.mark.parametrize(
    ("estimate", "outcome"),
    [
        (Estimate(0.01, 0.0, 0.05), Outcome.PASS),
        (Estimate(0.04, 0.0, 0.051), Outcome.INCONCLUSIVE),
        (Estimate(0.1, 0.051, 0.2), Outcome.FAIL),
        (Estimate(0.1, 0.05, 0.2), Outcome.INCONCLUSIVE),
        (Estimate(float("nan"), 0.0, 0.01), Outcome.ERROR),
        (Estimate(0.01, 0.0, float("inf")), Outcome.ERROR),
    ],
)
def test_the_whole_interval_decides(estimate, outcome):
    assert judged(estimate, Limits(max_value=0.05)).outcome is outcome


def test_a_lower_limit_works_the_other_way_round():
    assert judged(Estimate(0.9, 0.81, 0.95), Limits(min_value=0.8)).outcome is Outcome.PASS
    assert judged(Estimate(0.7, 0.6, 0.79), Limits(min_value=0.8)).outcome is Outcome.FAIL


def test_beyond_the_softer_limit_a_check_fails_as_a_warning():
    judgement = judged(Estimate(0.2, 0.15, 0.24), Limits(max_value=0.25, warn_value=0.1))

    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, WARNING)
    assert judgement.message == (
        "The number is beyond its limit: measured 0.2, at most 0.1 expected, at most 0.25 allowed."
    )


def test_across_the_softer_limit_a_check_is_undecided_and_warns_of_a_number_beyond_it():
    limits = Limits(max_value=0.25, warn_value=0.12)
    judgement = judged(Estimate(0.13, 0.05, 0.2), limits)

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, WARNING)
    within = judged(Estimate(0.1, 0.05, 0.2), limits)
    assert (within.outcome, within.severity) == (Outcome.INCONCLUSIVE, Severity.INFO)
    assert judged(Estimate(0.05, 0.01, 0.1), Limits(max_value=0.25, warn_value=0.12)).outcome is Outcome.PASS


def test_where_human_rows_differ_by_more_than_the_limit_nothing_passes():
    judgement = judged(Estimate(0.0, -0.01, 0.01), Limits(max_value=0.05), baseline=Baseline(0.0, spread=0.1))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.rows_needed == {"human": 300, "synthetic": 300}
    steady = judged(Estimate(0.0, -0.01, 0.01), Limits(max_value=0.05), baseline=Baseline(0.0, spread=0.04))
    assert steady.outcome is Outcome.PASS


def test_a_generator_that_only_warns_does_not_hide_that_the_whole_is_undecided():
    warns = Measured(Estimate(0.15, 0.12, 0.2), RowCounts(9, 9))
    whole = Measured(Estimate(0.2, 0.1, 0.3), RowCounts(9, 18), parts={"warns": Part(warns)})

    judgement = judge(whole, Limits(max_value=0.25, warn_value=0.1), CRITICAL)

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, CRITICAL)


def test_counted_rows_within_the_limit_pass_whatever_their_interval():
    assert judged(Estimate(0.0, 0.0, 0.05), Limits(max_value=0.0), is_count=True).outcome is Outcome.PASS
    assert judged(Estimate(0.01, 0.002, 0.05), Limits(max_value=0.0), is_count=True).outcome is Outcome.FAIL


def test_what_could_not_be_checked_or_decided_says_so():
    limits = Limits(max_value=1.0)

    shown = Inconclusive.in_spite_of(Measured(Estimate.exact(0)), "paired")

    outcomes = [
        judge(one, limits, CRITICAL).outcome for one in (NotConfigured("add a line"), Failed("broke"), Failed(), shown)
    ]

    assert outcomes == [Outcome.NOT_CONFIGURED, Outcome.ERROR, Outcome.ERROR, Outcome.INCONCLUSIVE]


def test_a_reported_number_never_blocks():
    judgement = judge(ReportOnly(Measured(Estimate.exact(9)), "for information"), Limits(max_value=1), CRITICAL)

    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, Severity.INFO)


def test_an_inconclusive_check_says_how_many_rows_would_decide():
    judgement = judged(Estimate(0.0, -0.1, 0.1), Limits(max_value=0.05))

    assert judgement.rows_needed == {"human": 300, "synthetic": 300}
    assert "about 300 more human rows and 300 more synthetic rows would decide" in judgement.message


def test_a_rounding_error_of_zero_is_zero_and_breaks_no_limit():
    judgement = judged(Estimate.exact((0.1 + 0.2) - 0.3), Limits(max_value=0))

    assert judgement.outcome is Outcome.PASS
    assert str(Estimate(-6.939e-18, -0.1, 0.1)) == "0 [-0.1, 0.1]"


def test_how_many_rows_would_decide_has_the_digits_of_an_estimate():
    near = Measured(Estimate(0.04, 0.0, 0.0517), RowCounts(12_345, 12_345))

    assert judge(near, Limits(max_value=0.05), CRITICAL).rows_needed == {"human": 4600, "synthetic": 4600}


def test_nobody_is_asked_for_a_handful_of_rows_which_would_move_the_number_more_than_its_interval():
    judgement = judged(Estimate(0.03, 0.0099, 0.0501), Limits(max_value=0.05), growth=Growth(limited_by=("human",)))

    assert judgement.rows_needed == {"human": 10}
    assert "about 10 more human rows would decide" in judgement.message


@pytest.mark.parametrize("shrinks", ["linear", "root"])
def test_nobody_is_asked_for_more_than_ten_times_the_rows(shrinks):
    judgement = judged(Estimate(0.0, 0.0, 0.03), Limits(max_value=0.001), growth=Growth(shrinks=shrinks))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.rows_needed is None
    assert "the estimate lies on the limit" in judgement.message


def test_zero_hits_need_rows_in_proportion_and_not_in_the_square():
    judgement = judged(
        Estimate(0.0, 0.0, 0.03), Limits(max_value=0.005), growth=Growth(shrinks="linear", limited_by=("synthetic",))
    )

    assert judgement.rows_needed == {"synthetic": 500}


@pytest.mark.parametrize(
    ("estimate", "limit", "growth", "baseline", "why"),
    [
        (Estimate(0.04, 0.0, 0.08), 0.05, Growth(), None, "the estimate lies on the limit"),
        (Estimate(0.0, 0.0, 0.0), 0.05, Growth(), Baseline(0.0, spread=0.5), "human rows differ among themselves"),
        (Estimate(0.0, 0.0, 0.0), 0.05, Growth(rows_to_pass=1001), None, "too few rows to show it"),
    ],
)
def test_no_message_asks_for_more_than_ten_times_the_rows_at_hand(estimate, limit, growth, baseline, why):
    judgement = judged(estimate, Limits(max_value=limit), growth=growth, baseline=baseline)

    assert (judgement.outcome, judgement.rows_needed) == (Outcome.INCONCLUSIVE, None)
    assert why in judgement.message
    assert "would decide" not in judgement.message


def test_a_metric_that_says_what_it_lacks_asks_for_no_more_than_that_either():
    lacking = [Inconclusive("too few", RowCounts(n, n), rows_needed={"human": 900}) for n in (99, 100)]

    assert [judge(each, Limits(max_value=0), CRITICAL).rows_needed for each in lacking] == [None, {"human": 900}]


def test_an_estimate_on_the_limit_needs_no_number_of_rows():
    assert judged(Estimate(0.05, 0.0, 0.1), Limits(max_value=0.05)).rows_needed is None


def test_one_generator_fails_the_check_for_all_and_is_named():
    good, bad = Measured(Estimate(0.0, 0.0, 0.01), RowCounts(9, 9)), Measured(Estimate(0.4, 0.3, 0.5), RowCounts(9, 9))
    whole = Measured(Estimate(0.02, 0.0, 0.04), RowCounts(9, 18), parts={"good": Part(good), "bad": Part(bad)})

    judgement = judge(whole, Limits(max_value=0.05), CRITICAL)

    assert judgement.outcome is Outcome.FAIL
    assert judgement.message == (
        "The number is beyond its limit, generator 'bad': measured 0.4, at most 0.05 allowed; failing alone: bad."
    )
    assert list(judgement.evidence["generators"]) == ["bad", "good"]


def test_the_one_generator_of_all_rows_is_not_said_to_fail_alone():
    bad = Measured(Estimate(0.4, 0.3, 0.5), RowCounts(9, 9))

    judgement = judge(replace(bad, parts={"only": Part(bad)}), Limits(max_value=0.05), CRITICAL)

    assert judgement.message == "The number is beyond its limit: measured 0.4, at most 0.05 allowed."
    assert list(judgement.evidence["generators"]) == ["only"]


def test_an_undecided_check_may_take_another_severity():
    measured = Measured(Estimate(0.06, 0.0, 0.1), RowCounts(9, 9))

    assert judge(measured, Limits(max_value=0.05), CRITICAL, undecided=WARNING).severity is WARNING
    assert judge(measured, Limits(max_value=0.05), CRITICAL).severity is CRITICAL


def test_what_is_undecided_and_shows_nothing_does_not_warn_and_blocks_where_it_is_critical():
    within = Measured(Estimate(0.0, 0.0, 0.1), RowCounts(9, 9))

    assert judge(within, Limits(max_value=0.05), CRITICAL, undecided=WARNING).severity is Severity.INFO
    assert judge(within, Limits(max_value=0.05), WARNING).severity is Severity.INFO
    assert judge(within, Limits(max_value=0.05), CRITICAL).severity is CRITICAL


@pytest.mark.parametrize("unit", [Unit.SHARE, Unit.EXTRA_SHARE, Unit.EXTRA_NUMBER])
def test_what_human_rows_may_have_as_often_shows_nothing(unit):
    limits, wording = Limits(max_value=0.001), Wording(unit=unit)
    like_human = Measured(Estimate(0.003, -0.002, 0.008), RowCounts(929, 929))
    more = Measured(Estimate(0.003, 0.0005, 0.008), RowCounts(929, 929))

    assert judge(like_human, limits, WARNING, wording=wording).severity is Severity.INFO
    assert judge(more, limits, WARNING, wording=wording).severity is WARNING
    assert judge(like_human, limits, CRITICAL, wording=wording).severity is CRITICAL
    assert judge(replace(like_human, unread="half"), limits, WARNING, wording=wording).severity is WARNING


def test_without_a_number_there_is_nothing_to_warn_of_unless_the_metric_says_so():
    limits = Limits(max_value=0.05)

    assert judge(Inconclusive("no row"), limits, WARNING).severity is Severity.INFO
    assert judge(Inconclusive("no row", undecided=WARNING), limits, WARNING).severity is WARNING
    assert judge(Inconclusive("no row"), limits, CRITICAL).severity is CRITICAL
    shown = Inconclusive.in_spite_of(Measured(Estimate.exact(0.1)), "paired")
    assert judge(shown, limits, WARNING).severity is WARNING


def test_number_without_a_zero_shows_something_wherever_its_interval_lies():
    assert judge(Measured(Estimate(0.7, -0.1, 0.9)), Limits(max_value=0.65), WARNING).severity is WARNING


def test_a_generator_that_could_not_be_measured_is_an_error_of_the_check():
    whole = Measured(Estimate(0.0, 0.0, 0.01), RowCounts(900, 900), parts={"broken": Part(Failed("broke"))})

    judgement = judge(whole, Limits(max_value=0.05), CRITICAL)

    assert judgement.outcome is Outcome.ERROR
    assert "generator 'broken': broke; failing alone: broken" in judgement.message


def test_too_few_rows_never_pass_and_may_fail():
    few = {"rows": RowCounts(60, 500), "growth": Growth(rows_to_pass=100)}

    fine = judge(Measured(Estimate(0.0, 0.0, 0.01), **few), Limits(max_value=0.05), CRITICAL)
    awful = judge(Measured(Estimate(0.5, 0.4, 0.6), **few), Limits(max_value=0.05), CRITICAL)

    assert (fine.outcome, fine.rows_needed, awful.outcome) == (Outcome.INCONCLUSIVE, {"human": 40}, Outcome.FAIL)


def test_what_is_not_configured_keeps_the_line_to_add_apart():
    judged = judge(NotConfigured("no label is declared", 'label = "<column>"'), Limits(), CRITICAL)

    assert (judged.message, judged.evidence) == (
        'no label is declared; add: label = "<column>"',
        {LINE_TO_ADD: 'label = "<column>"'},
    )
    assert judge(NotConfigured("tables only"), Limits(), CRITICAL).evidence == {}
