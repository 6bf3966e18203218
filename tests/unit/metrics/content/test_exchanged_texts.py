"""Prompts in the place of responses are found, as far as a model can tell which is which."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.measurement import Inconclusive, Limits, NotConfigured
from gates.metrics.content.exchanged_texts import METRIC, measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.real import DATA, needs_data
from tests.scans import text_scan, texts_of
from tests.tables import MemorySource

ROLES = Roles(
    "instruction", ("prompt", "response"), ("response", "prompt"), prompt="prompt", group="prompt", bound=("prompt", "response"),
)  # fmt: skip
LIMITS = Limits(max_value=0.05, warn_value=0.02)


def asked(count: int, seed: int, *, prefix: str = "what is ") -> pl.DataFrame:
    """Random words in both columns, of which prompts begin with a question."""
    prompts, responses = (texts_of(count, seed + offset) for offset in (0, 1))
    return pl.DataFrame({"prompt": [f"{prefix}{text}" for text in prompts], "response": responses})


def exchanged(frame: pl.DataFrame, share: float) -> pl.DataFrame:
    swap = pl.Series(np.arange(frame.height) < share * frame.height)
    return frame.with_columns(
        prompt=pl.when(swap).then("response").otherwise("prompt"),
        response=pl.when(swap).then("prompt").otherwise("response"),
    )


def measured(human: pl.DataFrame, synthetic: pl.DataFrame):
    frame = pl.concat([
        human.with_columns(pl.lit("human").alias(ORIGIN)), synthetic.with_columns(pl.lit("synthetic").alias(ORIGIN))
    ])  # fmt: skip
    facts = (FileFacts("data/mix.jsonl", frame.height, {}, "", 0),)
    return measure(scan(MemorySource(frame, ROLES, facts), ScanRequest()), Scope.COMBINED, {})


@pytest.mark.parametrize(("share", "expected"), [(0.0, Outcome.PASS), (0.15, Outcome.FAIL), (1.0, Outcome.FAIL)])
def test_exchanged_rows_fail_and_those_in_their_columns_pass(share, expected):
    measurement = measured(asked(500, 1), exchanged(asked(500, 3), share))

    assert judge(measurement, LIMITS, Severity.CRITICAL).outcome is expected
    assert measurement.estimate.low <= share <= measurement.estimate.high


def test_the_rows_that_look_exchanged_are_named():
    measurement = measured(asked(500, 1), exchanged(asked(500, 3), 0.1))

    first = [int(place.rpartition(":")[2]) for place in measurement.evidence["first_rows"]]
    assert first
    assert all(500 < row <= 550 for row in first)


def test_texts_that_read_alike_tell_nothing_and_hold_up_nobody():
    measurement = measured(asked(300, 1, prefix=""), exchanged(asked(300, 3, prefix=""), 1.0))

    assert isinstance(measurement, Inconclusive)
    assert "exchanged rows cannot be recognised: prompts and responses of human rows read alike" in measurement.reason
    judged = judge(measurement, LIMITS, Severity.CRITICAL, undecided=METRIC.undecided)
    assert (judged.outcome, judged.severity) == (Outcome.INCONCLUSIVE, Severity.INFO)


def test_human_rows_that_are_exchanged_themselves_decide_nothing():
    measurement = measured(exchanged(asked(300, 1), 0.5), exchanged(asked(300, 3), 0.5))

    assert "or are exchanged in many human rows too" in measurement.reason


def test_a_few_prompts_teach_what_they_are_about_and_no_more():
    human = asked(400, 1).with_columns(prompt=pl.format("what is {}", pl.int_range(pl.len()) % 30))

    assert "and 50 prompts" in measured(human, asked(400, 3)).reason


def test_rows_with_one_text_are_not_counted_and_too_few_pairs_say_nothing():
    human = asked(300, 1)
    blank = human.with_columns(response=pl.when(pl.int_range(pl.len()) < 220).then(pl.lit(" ")).otherwise("response"))

    assert "a model needs 100 distinct rows" in measured(human, blank).reason


def test_rows_of_which_none_has_both_texts_say_nothing():
    human = asked(300, 1)

    assert "a model needs 100 distinct rows" in measured(human, human.with_columns(response=pl.lit(""))).reason


def test_texts_without_prompts_have_nothing_to_exchange():
    assert isinstance(measure(text_scan(["a"], ["b"]), Scope.COMBINED, {}), NotConfigured)


@needs_data
def test_answers_of_a_model_pass_and_a_tenth_of_them_exchanged_fails():
    rows = pl.read_parquet(DATA / "instruct_selfinstruct.parquet").rename(
        {"instruction": "prompt", "output": "response"}
    )
    human = rows.filter(pl.col("origin") == "human").select("prompt", "response")
    model = rows.filter(pl.col("generator") == "text-davinci-003").select("prompt", "response")

    of_model, spoilt = measured(human, model), measured(human, exchanged(model, 0.15))
    assert judge(of_model, LIMITS, Severity.CRITICAL).outcome is not Outcome.FAIL
    assert judge(spoilt, LIMITS, Severity.CRITICAL).outcome is Outcome.FAIL


@needs_data
@pytest.mark.parametrize("is_exchanged", [False, True])
def test_passages_to_read_and_short_answers_are_exchanged_only_where_they_are(is_exchanged):
    rows = pl.read_parquet(DATA / "instruct_selfinstruct.parquet").select(
        prompt=pl.concat_str("instruction", "input", separator="\n", ignore_nulls=True), response="output"
    )
    asked_for, answered = (pl.col(name).str.len_chars() for name in ("prompt", "response"))
    brief, long = rows.filter(2 * asked_for < answered), rows.filter(asked_for > 2 * answered, answered > 0)

    measurement = measured(brief, exchanged(long, float(is_exchanged)))

    assert (judge(measurement, LIMITS, Severity.CRITICAL).outcome is Outcome.FAIL) is is_exchanged
    assert bool(measurement.estimate.value > LIMITS.warn_value) is is_exchanged
