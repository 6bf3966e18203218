"""Answers to one prompt that resemble each other are found, however varied all answers together are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import gates
from benchmarks.calibrating import sets
from gates.metrics.content.homogenisation import METRIC
from gates.verdict import Outcome

COLUMNS = ["prompt", "response"]


@pytest.fixture(scope="module")
def drawn():
    return sets.answers(400, np.random.default_rng(5))


def judged(human: pl.DataFrame, synthetic: pl.DataFrame):
    with gates.testing.scanned(human, synthetic, type="instruction") as scan:
        return gates.testing.judge(METRIC, scan, max_value=0.1, warn_value=0.015)


def test_answers_that_keep_to_one_opinion_fail_and_their_rows_are_named(drawn):
    spoilt = sets.one_opinion(drawn, 0.5, np.random.default_rng(6))

    result = judged(spoilt.human, spoilt.synthetic)

    assert result.outcome is Outcome.FAIL
    assert "over 40 prompts" in result.message
    assert result.evidence["similarity"]["synthetic"] > 2 * result.evidence["similarity"]["human"]
    assert result.evidence["first_rows"][0].startswith("synthetic.parquet:")


def test_origins_exchanged_give_the_opposite_number(drawn):
    spoilt = sets.one_opinion(drawn, 0.3, np.random.default_rng(6))

    one, other = judged(spoilt.human, spoilt.synthetic), judged(spoilt.synthetic, spoilt.human)

    assert one.observed == pytest.approx(-other.observed)
    assert other.outcome is Outcome.PASS


def test_order_of_rows_changes_nothing(drawn):
    one = judged(drawn.human, drawn.synthetic)
    turned = judged(drawn.human.reverse(), drawn.synthetic.sample(fraction=1, shuffle=True, seed=1))

    assert (one.observed, one.low, one.high) == pytest.approx((turned.observed, turned.low, turned.high))


def test_human_answers_dealt_into_two_origins_do_not_fail(drawn):
    everything = drawn.human.select(COLUMNS)
    outcomes = []
    for seed in range(10):
        is_first = pl.Series(np.random.default_rng(seed).random(everything.height) < 0.5)
        outcomes.append(judged(everything.filter(is_first), everything.filter(~is_first)).outcome)

    assert Outcome.FAIL not in outcomes


def test_the_same_question_about_another_text_is_another_prompt(drawn):
    human, synthetic = (
        frame.with_columns(input=pl.format("text {}", pl.int_range(pl.len())))
        for frame in (drawn.human, drawn.synthetic)
    )

    result = judged(human, synthetic)

    assert result.outcome is Outcome.NOT_CONFIGURED
    assert "no prompt has two different answers of each origin" in result.message


def test_one_human_answer_a_prompt_compares_nothing(drawn):
    result = judged(drawn.human.unique("prompt", keep="first", maintain_order=True), drawn.synthetic)

    assert result.outcome is Outcome.NOT_CONFIGURED


def test_few_prompts_decide_nothing(drawn):
    few = drawn.human["prompt"].unique(maintain_order=True)[:9].to_list()
    spoilt = sets.one_opinion(drawn, 0.9, np.random.default_rng(6))

    result = judged(*(frame.filter(pl.col("prompt").is_in(few)) for frame in (spoilt.human, spoilt.synthetic)))

    assert result.outcome is Outcome.INCONCLUSIVE
    assert "9 prompts have two answers of each origin" in result.message


def test_answers_after_other_turns_answer_another_prompt(drawn):
    sides = [side.select(COLUMNS) for side in (drawn.human, drawn.synthetic)]

    def after(turn):
        turns = pl.concat_list(pl.struct(role=pl.lit("user"), content=turn))
        return judged(*(side.with_columns(history=turns) for side in sides))

    assert after(pl.col("prompt")).observed == pytest.approx(judged(*sides).observed)
    assert after(pl.int_range(pl.len()).cast(pl.String)).outcome is Outcome.NOT_CONFIGURED


def test_prompt_without_an_input_is_one_however_that_is_written(drawn):
    sides = [side.select(COLUMNS) for side in (drawn.human, drawn.synthetic)]
    blank = judged(*(side.with_columns(input=pl.lit(value)) for side, value in zip(sides, ("", " "), strict=True)))

    assert blank.observed == pytest.approx(judged(*sides).observed)
