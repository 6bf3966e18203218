"""The calibration leaves no check out, and its search finds what it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibrating.cases import CASES, DOSES
from benchmarks.calibrating.laws import DATA, LAWS, drawn
from benchmarks.calibrating.power import Search, least_dose
from benchmarks.calibrating.same_law import answer
from benchmarks.calibrating.sample import open_sample
from gates.metrics.catalogue import METRICS
from gates.verdict import Outcome, Severity

ROWS = 240


def test_every_metric_is_calibrated_or_counts_exactly_for_a_reason_given():
    estimates = {metric.expectation for metric in METRICS if not metric.exact}

    assert {case.expectation for case in CASES} == estimates


def test_no_case_stands_twice():
    named = [(case.check, case.law, case.what) for case in CASES]

    assert len(named) == len(set(named))


@pytest.mark.parametrize("law", LAWS)
def test_suites_ask_what_the_cases_of_a_law_are_about(law):
    if law == "tabular" and not DATA.is_dir():
        pytest.skip("the real data is not beside the repository")

    with open_sample(drawn(law, ROWS, seed=0)) as opened:
        assert [case.check for case in CASES if case.law == law and case.check not in opened.entries] == []


def test_a_planted_defect_fails_the_check_that_the_same_law_does_not_fail():
    case = next(case for case in CASES if case.check.startswith("synthetic/expect_annotator_agreement"))
    sound = drawn(case.law, ROWS, seed=0)
    flawed = case.defect(sound, 1.0, np.random.default_rng(0))

    judged = []
    for sample in (sound, flawed):
        with open_sample(sample) as opened:
            judged.append((opened.judge(case.check).outcome, opened.judge(case.check).severity))

    assert judged[0][0] is not Outcome.FAIL
    assert judged[1] == (Outcome.FAIL, Severity.CRITICAL)


def test_the_search_gives_the_smallest_dose_that_all_but_one_of_twenty_draws_find():
    def is_found(dose: float, seed: int) -> bool:
        return dose >= 0.05 or (dose >= 0.02 and seed != 3) or (dose >= 0.01 and seed not in (3, 4))

    assert least_dose(Search(CASES[0], 1000, 20), is_found) == 0.02
    assert least_dose(Search(CASES[0], 1000, 10), is_found) == 0.05


def test_the_search_goes_down_from_a_dose_that_is_known_to_be_found():
    asked_for = []

    def is_found(dose: float, seed: int) -> bool:
        asked_for.append(dose)
        return dose >= 0.01

    assert least_dose(Search(CASES[0], 1000, 20, start_at=0.02), is_found) == 0.01
    assert max(asked_for) < 0.02


def test_the_search_plants_one_row_at_least():
    assert least_dose(Search(CASES[0], 200, 20), lambda _dose, _seed: True) == 0.005


def test_the_search_says_so_where_no_dose_is_found():
    assert least_dose(Search(CASES[0], 1000, 20), lambda _dose, _seed: False) is None
    assert DOSES[-1] == 1.0


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ({"a": "pass/critical", "b": "fail/info"}, "pass"),
        ({"a": "pass/critical", "b": "inconclusive/warning"}, "warn"),
        ({"a": "inconclusive/critical", "b": "fail/warning"}, "unjudged"),
        ({"a": "pass/critical", "b": "error/warning"}, "unjudged"),
        ({"a": "fail/critical", "b": "error/warning"}, "fail"),
    ],
)
def test_an_answer_follows_from_outcomes_as_in_a_verdict(checks, expected):
    assert answer(checks) == expected
