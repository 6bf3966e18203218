"""Synthetic preferences are held against what decides human ones, whatever the pairs are about."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.measurement import Inconclusive, Limits, NotConfigured
from gates.metrics.labels.preferences import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import text_scan, texts_of
from tests.tables import MemorySource

ROLES = Roles(
    "preference", ("prompt", "chosen", "rejected"), ("chosen", "rejected", "prompt"), prompt="prompt", group="prompt",
    bound=("prompt", "chosen", "rejected"), generator="generator",
)  # fmt: skip
LIMITS = Limits(min_value=0.4, warn_value=0.8)


def pairs(count: int, seed: int, *, exchanged: float = 0.0, words: tuple[int, int] = (0, 400), generator: str = ""):
    """Pairs of texts of random words of which the one with a polite word was chosen, but in the exchanged share."""
    polite, plain = (texts_of(count, seed + offset, words=words) for offset in (0, 1))
    chosen, rejected = [f"{text} thank you" for text in polite], plain
    swap = np.random.default_rng(seed).random(count) < exchanged
    return pl.DataFrame({
        "prompt": [f"{seed} {row}" for row in range(count)],
        "chosen": np.where(swap, rejected, chosen),
        "rejected": np.where(swap, chosen, rejected),
        "generator": [generator or None] * count,
    }, schema_overrides={"generator": pl.String})  # fmt: skip


def measured(human, synthetic):
    frame = pl.concat([
        human.with_columns(pl.lit("human").alias(ORIGIN)), synthetic.with_columns(pl.lit("synthetic").alias(ORIGIN))
    ])  # fmt: skip
    facts = (FileFacts("data/mix.jsonl", frame.height, {}, "", 0),)
    return measure(scan(MemorySource(frame, ROLES, facts), ScanRequest()), Scope.COMBINED, {})


def outcome(human, synthetic):
    return judge(measured(human, synthetic), LIMITS, Severity.CRITICAL).outcome


@pytest.mark.parametrize(("exchanged", "expected"), [(0.0, Outcome.PASS), (0.5, Outcome.FAIL), (1.0, Outcome.FAIL)])
def test_preferences_of_a_judge_who_guesses_or_of_exchanged_columns_fail(exchanged, expected):
    assert outcome(pairs(400, 1), pairs(400, 3, exchanged=exchanged)) is expected


def test_pairs_about_something_else_are_held_against_their_own_rule():
    human = pairs(400, 1)
    other = pairs(400, 3, words=(5000, 5400)).with_columns(pl.col("chosen").str.replace("thank you", "best wishes"))

    assert outcome(human, other) is Outcome.PASS
    assert outcome(other, human) is Outcome.PASS


def test_what_a_model_cannot_learn_from_human_pairs_is_not_held_against_synthetic_ones():
    guessed = measured(pairs(400, 1, exchanged=0.5), pairs(400, 3))

    assert isinstance(guessed, Inconclusive)
    assert "hardly predicts their preferences" in guessed.reason


def test_pairs_that_repeat_count_once():
    few = pairs(40, 3)

    assert isinstance(measured(pairs(400, 1), pl.concat([few] * 10)), Inconclusive)


def test_generator_whose_pairs_are_exchanged_fails_alone():
    synthetic = pl.concat([pairs(1600, 3, generator="a"), pairs(400, 5, exchanged=0.5, generator="b")])
    judgement = judge(measured(pairs(400, 1), synthetic), LIMITS, Severity.CRITICAL)

    assert judgement.outcome is Outcome.FAIL
    assert "failing alone: b" in judgement.message


def test_texts_have_no_preference():
    assert isinstance(measure(text_scan(["a"], ["b"]), Scope.COMBINED, {}), NotConfigured)
