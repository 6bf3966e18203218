"""A preference for length is measured per origin, over pairs whose lengths differ."""

from __future__ import annotations

import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.measurement import Limits
from gates.metrics.labels.length_bias import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.real import DATA, needs_data
from tests.scans import text_scan
from tests.tables import MemorySource

ROLES = Roles(
    "preference", ("prompt", "chosen", "rejected"), ("chosen", "rejected", "prompt"), prompt="prompt", group="prompt",
    bound=("prompt", "chosen", "rejected"),
)  # fmt: skip


def pairs(count: int, longer: int, origin: str) -> pl.DataFrame:
    """`count` pairs on prompts of their own; in the first `longer` of them the longer response was chosen."""
    rows = [
        (
            f"{origin} {row}",
            "a longer response" if row < longer else "short",
            "short" if row < longer else "much longer",
        )
        for row in range(count)
    ]
    return pl.DataFrame(rows, schema=["prompt", "chosen", "rejected"], orient="row").with_columns(
        pl.lit(origin).alias(ORIGIN)
    )


def judged(*frames: pl.DataFrame):
    frame = pl.concat(frames)
    facts = (FileFacts("data/mix.jsonl", frame.height, {}, "", 0),)
    measured = measure(scan(MemorySource(frame, ROLES, facts), ScanRequest()), Scope.COMBINED, {})
    return judge(measured, Limits(min_value=0.4, max_value=0.65), Severity.WARNING)


def test_judges_who_disregard_length_pass():
    judgement = judged(pairs(600, 320, "human"), pairs(600, 310, "synthetic"))

    assert judgement.outcome is Outcome.PASS
    assert judgement.measurement.note == "the longer response wins 320 of 600 human pairs"


def test_a_judge_who_likes_long_answers_fails_alone_and_is_named():
    judgement = judged(pairs(600, 320, "human"), pairs(600, 480, "synthetic"))

    assert judgement.outcome is Outcome.FAIL
    assert "the longer response wins 480 of 600 synthetic pairs" in judgement.message
    assert "failing alone: synthetic" in judgement.message


def test_a_judge_who_likes_short_answers_fails():
    assert judged(pairs(600, 150, "human"), pairs(600, 310, "synthetic")).outcome is Outcome.FAIL


def test_few_pairs_of_one_origin_are_inconclusive_even_beside_many_of_the_other():
    judgement = judged(pairs(600, 310, "human"), pairs(30, 16, "synthetic"))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert set(judgement.rows_needed) == {"synthetic"}


def test_repeated_pairs_count_once_and_alike_pairs_of_one_prompt_for_little():
    human = pairs(600, 320, "human")
    repeated = judged(human, *[pairs(40, 40, "synthetic")] * 20)
    of_few_prompts = pairs(600, 310, "synthetic").with_columns(
        prompt=pl.format("prompt {}", pl.int_range(pl.len()) // 30),
        chosen=pl.format("{} {}", "chosen", pl.int_range(pl.len()) + 1000),
        rejected=pl.format("{} {}", "rejected", pl.int_range(pl.len()) + 1000),
    )

    assert repeated.evidence["pairs"] == 40
    assert judged(human, of_few_prompts).outcome is Outcome.INCONCLUSIVE


def test_ties_and_missing_responses_are_counted_apart():
    human = pairs(600, 320, "human").with_columns(
        rejected=pl.when(pl.int_range(pl.len()) < 100).then("chosen")
        .when(pl.int_range(pl.len()) >= 400).then("rejected")
    )  # fmt: skip
    judgement = judged(human, pairs(600, 310, "synthetic"))

    assert judgement.measurement.parts["human"].measurement.evidence == {
        "origin": "human", "pairs": 200, "ties": 100, "without_a_response": 300,
    }  # fmt: skip


def test_responses_of_equal_length_alone_decide_nothing():
    same = pairs(600, 0, "human").with_columns(rejected=pl.lit("other"))

    judgement = judged(same, pairs(600, 310, "synthetic"))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert "no two responses of a human pair differ in length" in judgement.message


def test_text_has_no_pairs():
    assert measure(text_scan(["a"], ["b"]), Scope.COMBINED, {}).missing == (
        "data of type text has no pairs of a chosen and a rejected response"
    )


CASE = DATA.parent / "cases" / "pandalm_as_shipped" / "data" / "mix.parquet"


@needs_data
@pytest.mark.skipif(not CASE.is_file(), reason="the case (shared/cases/pandalm_as_shipped) is not beside this checkout")
def test_pandalms_judges_prefer_the_longer_response_in_two_of_three_pairs():
    frame = pl.read_parquet(CASE).rename({"origin": ORIGIN})
    judgement = judged(frame.select("prompt", "chosen", "rejected", ORIGIN))

    parts = [
        part.measurement.evidence | {"rate": part.measurement.estimate.value}
        for part in judgement.measurement.parts.values()
    ]
    pooled = sum(part["rate"] * part["pairs"] for part in parts) / sum(part["pairs"] for part in parts)
    assert pooled == pytest.approx(0.672, abs=0.01)
    assert judgement.outcome is not Outcome.PASS
