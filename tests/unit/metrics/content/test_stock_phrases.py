"""Openings and endings that no list has: known by how many synthetic texts share them and how few human ones do."""

from __future__ import annotations

import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.content.boilerplate import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import text_scan, texts_of

OPENING, ENDING = "When we look at this", "and that is what counts"


def opened(texts: list[str], share: float) -> list[str]:
    count = round(len(texts) * share)
    return [f"{OPENING}, {text}" for text in texts[:count]] + texts[count:]


def closed(texts: list[str], share: float) -> list[str]:
    count = round(len(texts) * share)
    return [f"{text.rstrip('.')}, {ENDING}." for text in texts[:count]] + texts[count:]


def judged(human: list[str], synthetic: list[str]):
    return judge(measure(text_scan(human, synthetic), Scope.SYNTHETIC, {}), Limits(max_value=0.01), Severity.CRITICAL)


@pytest.mark.parametrize(
    ("phrased", "words"), [(opened, f'"{OPENING.lower()}" at the start'), (closed, f'"{ENDING}" at the end')]
)
@pytest.mark.parametrize(("count", "dose"), [(300, 0.2), (1000, 0.15), (5000, 0.1)])
def test_smallest_share_of_a_phrase_that_people_do_not_use_fails_and_is_named(phrased, words, count, dose):
    judgement = judged(texts_of(count, 1), phrased(texts_of(count, 2), dose))

    assert judgement.outcome is Outcome.FAIL
    assert words in judgement.message
    assert f"{100 * dose:.0f}" in judgement.message


@pytest.mark.parametrize("count", [300, 1000])
def test_a_phrase_that_people_use_as_well_passes(count):
    judgement = judged(opened(texts_of(count, 1), 0.25), opened(texts_of(count, 2), 0.3))

    assert judgement.outcome is not Outcome.FAIL


def test_of_many_phrases_none_stands_out_by_chance():
    # One text in forty has each of forty openings: the looks are many, and no share is large.
    stock = [" ".join(texts_of(1, seed, length=5)[0].rstrip(".").split()) for seed in range(40)]
    human, synthetic = (
        [f"{stock[(at * 7 + seed) % 40]} {text}" for at, text in enumerate(texts_of(400, seed))] for seed in (1, 2)
    )

    assert judged(human, synthetic).outcome is not Outcome.FAIL


def test_short_answers_have_no_opening():
    assert (
        judged(texts_of(300, 1, length=4), ["Yes, it is so."] * 100 + texts_of(200, 2, length=4)).outcome
        is not Outcome.FAIL
    )
