from __future__ import annotations

import json

import pytest

from gates.verdict import (
    Answer,
    CheckId,
    CheckResult,
    Outcome,
    PlannedCheck,
    Scope,
    Severity,
    Verdict,
    conclude,
    digest_of_report,
    exit_code,
)

ONE = CheckId(Scope.HUMAN, "expect_one")
TWO = CheckId(Scope.COMBINED, "expect_two", "a/b")


def result(
    outcome: Outcome, severity: Severity = Severity.CRITICAL, check: CheckId = ONE, **more: object
) -> CheckResult:
    return CheckResult(check, severity, outcome, "said", **more)


def answer_of(*results: CheckResult, **options: object) -> Answer:
    planned = [PlannedCheck(one.id, one.severity) for one in results]
    return conclude(planned, results, **options)[0]


def verdict(*checks: CheckResult) -> Verdict:
    return Verdict("reviews", Answer.PASS, checks, {"human": 1}, {"manifest_sha256": "m", "files": []}, {"sha256": "c"})


@pytest.mark.parametrize(
    ("outcome", "severity", "answer"),
    [
        (Outcome.PASS, Severity.CRITICAL, Answer.PASS),
        (Outcome.FAIL, Severity.CRITICAL, Answer.FAIL),
        (Outcome.FAIL, Severity.WARNING, Answer.WARN),
        (Outcome.FAIL, Severity.INFO, Answer.PASS),
        (Outcome.INCONCLUSIVE, Severity.CRITICAL, Answer.NO_VERDICT),
        (Outcome.INCONCLUSIVE, Severity.WARNING, Answer.WARN),
        (Outcome.ERROR, Severity.WARNING, Answer.NO_VERDICT),
        (Outcome.ERROR, Severity.CRITICAL, Answer.NO_VERDICT),
        (Outcome.NOT_CONFIGURED, Severity.CRITICAL, Answer.PASS),
    ],
)
def test_one_check_beside_a_pass_decides_the_answer(outcome, severity, answer):
    assert answer_of(result(Outcome.PASS), result(outcome, severity, TWO)) is answer


def test_a_critical_failure_outweighs_an_error():
    assert answer_of(result(Outcome.FAIL), result(Outcome.ERROR, check=TWO)) is Answer.FAIL


def test_inconclusive_warn_softens_inconclusive_checks_and_not_errors():
    assert answer_of(result(Outcome.INCONCLUSIVE), inconclusive_blocks=False) is Answer.WARN
    assert answer_of(result(Outcome.ERROR), inconclusive_blocks=False) is Answer.NO_VERDICT


def test_a_planned_check_without_a_result_is_an_error():
    answer, checks = conclude(
        [PlannedCheck(ONE, Severity.CRITICAL), PlannedCheck(TWO, Severity.WARNING)], [result(Outcome.PASS)]
    )

    assert answer is Answer.NO_VERDICT
    assert [(check.id, check.outcome, check.message) for check in checks] == [
        (ONE, Outcome.PASS, "said"),
        (TWO, Outcome.ERROR, "planned but not reported"),
    ]


def test_a_result_that_nobody_planned_is_an_error():
    answer, checks = conclude(
        [PlannedCheck(ONE, Severity.CRITICAL)], [result(Outcome.PASS), result(Outcome.PASS, check=TWO)]
    )

    assert answer is Answer.NO_VERDICT
    assert checks[1].outcome is Outcome.ERROR


def test_an_empty_plan_is_never_a_pass():
    assert conclude([], [])[0] is Answer.NO_VERDICT


def test_checks_that_were_all_not_configured_are_never_a_pass():
    assert answer_of(result(Outcome.NOT_CONFIGURED)) is Answer.NO_VERDICT


def test_a_waived_failure_keeps_its_outcome_and_does_not_count():
    planned = [PlannedCheck(ONE, Severity.CRITICAL), PlannedCheck(TWO, Severity.CRITICAL)]

    answer, checks = conclude(
        planned, [result(Outcome.FAIL), result(Outcome.PASS, check=TWO)], waived=frozenset({str(ONE)})
    )

    assert answer is Answer.PASS
    assert checks[0].outcome is Outcome.FAIL


def test_a_verdict_whose_every_check_is_waived_is_no_pass():
    assert answer_of(result(Outcome.FAIL), waived=frozenset({str(ONE)})) is Answer.NO_VERDICT


def test_exit_codes_tell_bad_from_unjudged():
    assert [exit_code(answer) for answer in Answer] == [0, 0, 1, 3]
    assert exit_code(Answer.WARN, strict=True) == 1


def test_check_id_round_trips_through_text():
    assert [CheckId.parse(str(check)) for check in (ONE, TWO)] == [ONE, TWO]
    with pytest.raises(ValueError, match="is no check id"):
        CheckId.parse("human")


def test_digest_covers_outcomes_and_limits_and_not_observed_digits():
    base = verdict(result(Outcome.PASS, observed=0.1, max_value=0.2))

    assert verdict(result(Outcome.PASS, observed=0.1000001, max_value=0.2)).digest() == base.digest()
    assert verdict(result(Outcome.PASS, observed=0.1, max_value=0.3)).digest() != base.digest()
    assert verdict(result(Outcome.FAIL, observed=0.1, max_value=0.2)).digest() != base.digest()


def test_digest_recomputes_from_the_written_report():
    written = json.loads(json.dumps(verdict(result(Outcome.PASS, observed=1 / 3, max_value=0.2)).to_json()))

    assert digest_of_report(written) == written["digest"]
    written["checks"][0]["outcome"] = "fail"
    assert digest_of_report(written) != written["digest"]


def test_observed_numbers_are_rounded_to_nine_digits_and_nan_is_null():
    written = result(Outcome.PASS, observed=1 / 3, low=float("nan"), evidence={"a": [2 / 3, float("inf")]}).to_json()

    assert (written["observed"], written["low"], written["evidence"]) == (0.333333333, None, {"a": [0.666666667, None]})
