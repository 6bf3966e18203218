"""Whole datasets of real texts: what a correct gate finds in them."""

from __future__ import annotations

import re

import polars as pl
import pytest

from gates.verdict import Answer, Outcome, Verdict
from tests.real import DATA, judged, needs_data, write_dataset

pytestmark = needs_data

SETTINGS = 'type = "text"\npurpose = "finetune"\n'
FORMATTING = "combined/expect_formatting_to_not_tell_origin"
DEGENERATE = "synthetic/expect_degenerate_text_ratio_to_be_less_than"
SEPARABILITY = "combined/expect_origin_separability_to_be_less_than"
BLANK = "synthetic/expect_row_failure_ratio_to_be_less_than/text/not-blank"


@pytest.fixture(scope="module")
def answers() -> pl.DataFrame:
    rows = pl.read_parquet(DATA / "instruct_selfinstruct.parquet")
    return rows.select("origin", "generator", text="output")


@pytest.fixture(scope="module")
def essays() -> pl.DataFrame:
    return pl.read_parquet(DATA / "text_essays.parquet").select("origin", "domain", "text")


@pytest.fixture(scope="module")
def verdict_on(tmp_path_factory):
    def verdict(human: pl.DataFrame, synthetic: pl.DataFrame) -> Verdict:
        root = tmp_path_factory.mktemp("texts")
        write_dataset(root, {"human": human.select("text"), "synthetic": synthetic.select("text")}, SETTINGS)
        return judged(root).verdict

    return verdict


def human(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("origin") == "human")


def test_leading_white_space_tells_every_model_answer_and_is_named(verdict_on, answers):
    verdict = verdict_on(human(answers), answers.filter(pl.col("generator") == "text-davinci-003"))

    check = verdict.check(FORMATTING)
    assert verdict.failed == (str(check.id),)
    assert "'leading white space' tells the origin with AUC 1.00: strip leading white space" in check.message


def test_the_same_answers_stripped_fail_nothing_critical(verdict_on, answers):
    stripped = answers.filter(pl.col("generator") == "text-davinci-003").with_columns(pl.col("text").str.strip_chars())

    verdict = verdict_on(human(answers), stripped)

    assert verdict.failed == ()
    rules = [check for check in verdict.checks if check.id.scope.value == "human" and "row_failure" in check.id.type]
    assert {check.outcome for check in rules} == {Outcome.PASS}


def test_a_base_model_that_loops_fails_degenerate_text(verdict_on, answers):
    check = verdict_on(human(answers), answers.filter(pl.col("generator") == "davinci")).check(DEGENERATE)

    assert check.outcome is Outcome.FAIL
    assert check.observed > 0.95
    assert "loop" in check.message


def test_empty_answers_fail_and_are_named(verdict_on, answers):
    verdict = verdict_on(human(answers), answers.filter(pl.col("generator") == "davinci-t0-ft"))

    assert {verdict.check(check).outcome for check in (DEGENERATE, BLANK)} == {Outcome.FAIL}
    assert re.search(r"\b19\.\d % are empty", verdict.check(DEGENERATE).message)
    assert "48 of 252 synthetic rows fail text/not-blank" in verdict.check(BLANK).message


@pytest.mark.parametrize("domain", ["CollegeEssay", "HewlettStudentEssay"])
def test_length_is_among_the_three_most_telling_features(verdict_on, essays, domain):
    rows = essays.filter(pl.col("domain") == domain)

    telling = (
        verdict_on(human(rows), rows.filter(pl.col("origin") == "synthetic")).check(SEPARABILITY).evidence["telling"]
    )

    assert {"length in words", "length in characters"} & set(list(telling)[:3])


@pytest.mark.parametrize("seed", range(5))
def test_random_halves_of_human_essays_fail_nothing(verdict_on, essays, seed):
    rows = human(essays).sample(fraction=1, shuffle=True, seed=seed)

    verdict = verdict_on(rows[:124], rows[124:248])

    assert [
        check.id for check in verdict.checks if check.outcome is Outcome.FAIL and "enough" not in check.id.detail
    ] == []
    assert verdict.answer in (Answer.NO_VERDICT, Answer.WARN)
