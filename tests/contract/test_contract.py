"""Every check passes on sound rows, fails alone on rows that only it sees, and never passes for lack of evidence."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gates.config.data_types import DATA_TYPES
from gates.config.load import read_config
from gates.metrics.base.evaluate import HUMAN_ROWS_ONLY
from gates.metrics.catalogue import METRICS
from gates.verdict import Answer, Outcome, Scope, Severity, conclude, exit_code
from gates.verdict import PlannedCheck as Planned
from tests.contract.case import ENOUGH_TO_COMPARE, FEW, FEWER, Case, checks_of_suites, refused
from tests.contract.cases import CASES
from tests.contract.cases_before import promoted_as_it_is
from tests.contract.cases_common import NO_PEOPLE, NOTHING_MADE
from tests.contract.cases_tables import ORDERED
from tests.contract.changes import declaring, keeping
from tests.contract.laws import ROWS
from tests.contract.sound_datasets import NAME, ROW_RULE, sound
from tests.contract.verdicts import NAMING_LINES, NOT_COSTLY, spoilt, verdict_on, without_input

EVALUATION = declaring(purpose="evaluation")


def named(cases):
    return [pytest.param(case, id=f"{case.check}-{case.on}") for case in cases]


def failed(checks) -> set[str]:
    return {str(check.id) for check in checks if check.outcome is Outcome.FAIL}


def outcomes(verdict) -> dict[str, Outcome]:
    return {str(check.id): check.outcome for check in verdict.checks if check.id.type != ROW_RULE}


def expected(kind: str, verdict) -> dict[str, Outcome]:
    """Of each check of a verdict on sound rows: passed where a case says that the type can be asked, else not asked."""
    expected = {case.check: Outcome.PASS for case in CASES if kind in case.types}
    expected |= {case.check: Outcome.INCONCLUSIVE for case in CASES if kind in case.undecided}
    return {check: expected.get(check, Outcome.NOT_CONFIGURED) for check in outcomes(verdict)}


@pytest.mark.parametrize("case", named(CASES))
def test_mutation_fails_this_check_and_without_it_nothing_fails_for_the_reason(case):
    verdict = spoilt(case)

    assert case.reason in verdict.check(case.check).message
    assert failed(verdict.checks) == {case.check} | case.also
    rest = [check for check in verdict.checks if str(check.id) != case.check]
    answer, left = conclude([Planned(check.id, check.severity, check.kind) for check in rest], rest)
    assert failed(left) == case.also
    assert answer is not Answer.FAIL or case.also


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_sound_rows_of_every_type_pass_every_check_that_can_be_run(kind):
    verdict = verdict_on(kind, ROWS, promoted_as_it_is, only=NOT_COSTLY)

    assert (verdict.answer, outcomes(verdict)) == (Answer.PASS, expected(kind, verdict))


@pytest.mark.parametrize("case", named(case for case in CASES if case.costly or case.prepared is not Case.prepared))
def test_sound_rows_pass_what_is_costly_and_what_is_asked_for_other_purposes(case):
    verdict = verdict_on(case.on, case.rows, case.prepared, only=case.alone)

    assert verdict.check(case.check).outcome is Outcome.PASS


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_few_rows_are_inconclusive_unless_every_row_is_counted(kind):
    verdict = verdict_on(kind, FEW if kind in ORDERED else FEWER, promoted_as_it_is)

    decided = {str(case.check) for case in CASES if case.exact or case.too_few}
    assert {check: outcome for check, outcome in outcomes(verdict).items() if check not in decided} == {
        check: Outcome.INCONCLUSIVE if outcome is Outcome.PASS else outcome
        for check, outcome in expected(kind, verdict).items()
        if check not in decided
    }


@pytest.mark.parametrize("case", named(case for case in CASES if case.too_few))
def test_what_cannot_decide_is_inconclusive(case):
    verdict = verdict_on(case.on, FEW, case.too_few, only=case.alone)

    assert verdict.check(case.check).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("case", named(case for case in CASES if case.missing))
def test_missing_input_is_named_and_never_passes(case):
    result = without_input(case).check(case.check)

    assert result.outcome is case.missing.outcome
    assert case.missing.message in result.message


@pytest.mark.parametrize("kind", DATA_TYPES)
@pytest.mark.parametrize(("origin", "missing"), [("human", NO_PEOPLE), ("synthetic", NOTHING_MADE)])
def test_nothing_is_reported_of_a_partition_without_rows_but_that_it_is_empty(kind, origin, missing):
    verdict = verdict_on(kind, FEW, missing.spoil)

    about = (origin, "combined")
    passed = {check for check, outcome in outcomes(verdict).items() if outcome is Outcome.PASS}
    assert {check for check in passed if check.startswith(about)} <= ASKED_WHEN_EMPTY
    assert verdict.answer is Answer.FAIL


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_evaluation_set_of_human_rows_alone_is_let_through(kind):
    verdict = verdict_on(kind, ENOUGH_TO_COMPARE, EVALUATION, NOTHING_MADE.spoil)

    assert (exit_code(verdict.answer), failed(verdict.checks)) == (0, set())
    reasons = {(check.outcome, check.message) for check in verdict.checks if check.id.scope is Scope.SYNTHETIC}
    assert reasons == {(Outcome.NOT_CONFIGURED, HUMAN_ROWS_ONLY)}


def test_evaluation_set_with_one_made_row_fails():
    verdict = verdict_on("text", FEW, EVALUATION, keeping("synthetic", 1))

    result = verdict.check("combined/expect_human_ratio_to_be_between/evaluation")
    assert (verdict.answer, result.outcome, result.severity) == (Answer.FAIL, Outcome.FAIL, Severity.CRITICAL)
    assert HUMAN_ROWS_ONLY not in {check.message for check in verdict.checks}


def test_evaluation_set_without_human_rows_is_not_let_through():
    verdict = verdict_on("events", FEW, EVALUATION, NO_PEOPLE.spoil)

    assert verdict.answer is Answer.FAIL
    assert HUMAN_ROWS_ONLY not in {check.message for check in verdict.checks}


def test_human_rows_alone_for_another_purpose_cannot_be_judged():
    both = frozenset({"expect_distributions_to_match", "expect_human_ratio_to_be_between"})
    verdict = verdict_on("events", FEW, NOTHING_MADE.spoil, only=both)

    result = verdict.check("combined/expect_distributions_to_match")
    assert (verdict.answer, result.outcome) == (Answer.NO_VERDICT, Outcome.ERROR)
    assert verdict.check("combined/expect_human_ratio_to_be_between/finetune").outcome is Outcome.ERROR


ASKED_WHEN_EMPTY = {
    "combined/expect_files_to_be_kept",
    "combined/expect_origins_to_be_declared",
}


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_every_line_that_a_check_asks_to_add_is_one_that_the_type_takes(kind, tmp_path):
    bare = replace(sound(kind, FEW), declared={}, holdout=None, evaluation=None, population={}, kept=None)
    verdict = bare.verdict(tmp_path, NAMING_LINES.__contains__)
    messages = {check.message for check in verdict.checks if check.outcome is Outcome.NOT_CONFIGURED}

    lines = {match[1] for message in messages if (match := re.search(r"add: ([^#]+)", message))}
    for line in lines:
        config = f'[datasets.{NAME}]\ntype = "{kind}"\npath = "rows.parquet"\n{line}\n'
        (tmp_path / "gates.toml").write_text(config)
        assert NAME in read_config(tmp_path / "gates.toml").datasets
    assert 'population = "references/population.csv"' in lines


def test_every_check_of_every_type_and_every_metric_has_a_contract():
    assert refused(CASES, METRICS, checks_of_suites()) == []


def test_metric_check_or_part_without_a_contract_is_refused():
    made_up = replace(METRICS[1], expectation="expect_rows_to_be_nice")
    partial = replace(next(case for case in CASES if case.missing), missing=None, reason="")
    checks_by_type = {"text": {"human/expect_rows_to_be_nice", CASES[0].check}}

    assert refused([*CASES, partial], [*METRICS, made_up], checks_by_type) == [
        f"{partial.check}: the case lacks a mutation with its reason",
        f"{partial.check}: the case lacks a missing input, or why there is none",
        "expect_rows_to_be_nice: no contract case",
        "text: human/expect_rows_to_be_nice has no contract case",
    ]
