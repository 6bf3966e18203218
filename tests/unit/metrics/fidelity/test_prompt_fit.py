"""Responses that answer other prompts are found, and short or copied ones are not taken for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.measurement import Limits, estimate_of
from gates.metrics.fidelity.prompt_fit import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.real import DATA, needs_data
from tests.scans import text_scan
from tests.tables import MemorySource

INSTRUCTION = Roles(
    "instruction", ("prompt", "response"), ("response", "prompt"), prompt="prompt", group="prompt", bound=("prompt", "response"),
)  # fmt: skip
TRANSLATION = Roles(
    "translation", ("source", "target"), ("target", "source"), prompt="source", group="source",
    bound=("source", "target", "source_language", "target_language"),
)  # fmt: skip


def answered(count: int, seed: int, origin: str) -> pl.DataFrame:
    """Prompts of words from a vocabulary, and responses that take up two of the words of seven in ten prompts."""
    rng = np.random.default_rng(seed)
    vocabulary = np.array([f"w{number}" for number in range(800)])
    prompts = [rng.choice(vocabulary, 8) for _ in range(count)]
    responses = [
        [*(prompt[:2] if rng.random() < 0.7 else []), *rng.choice(vocabulary, 8), "the", "of"] for prompt in prompts
    ]
    columns = {"prompt": prompts, "response": responses}
    frame = pl.DataFrame({name: [" ".join(words) for words in values] for name, values in columns.items()})
    return frame.with_columns(pl.lit(origin).alias(ORIGIN))


def shifted(frame: pl.DataFrame, column: str = "response") -> pl.DataFrame:
    values = frame[column]
    return frame.with_columns(pl.concat([values[-1:], values[:-1]]).alias(column))


def measured(human: pl.DataFrame, synthetic: pl.DataFrame, roles: Roles = INSTRUCTION):
    frame = pl.concat([human, synthetic])
    facts = (FileFacts("data/mix.jsonl", frame.height, {}, "", 0),)
    return measure(scan(MemorySource(frame, roles, facts), ScanRequest()), Scope.COMBINED, {})


def outcome(human: pl.DataFrame, synthetic: pl.DataFrame, roles: Roles = INSTRUCTION) -> Outcome:
    return judge(measured(human, synthetic, roles), Limits(max_value=0.15), Severity.CRITICAL).outcome


def test_responses_that_fit_as_human_ones_do_pass_and_shifted_ones_fail():
    human, synthetic = answered(600, 1, "human"), answered(600, 2, "synthetic")

    assert outcome(human, synthetic) is Outcome.PASS
    assert outcome(human, shifted(synthetic)) is Outcome.FAIL


def test_prompts_put_in_another_way_pass_and_fail_where_their_responses_are_shifted():
    human, synthetic = (answered(1000, seed, origin) for seed, origin in ((1, "human"), (2, "synthetic")))
    wordings = ["write a short entry for the young about", "what is the meaning of", "of all the things explain"]
    put = pl.concat_str(pl.Series([wordings[at % 3] for at in range(1000)]), pl.lit(" "), "prompt")
    otherwise = synthetic.with_columns(prompt=put)

    assert outcome(human, otherwise) is Outcome.PASS
    assert outcome(human, shifted(otherwise)) is Outcome.FAIL
    assert estimate_of(measured(human, otherwise)).high < 0.02


def test_human_rows_that_are_misaligned_themselves_decide_nothing():
    human, synthetic = answered(600, 1, "human"), answered(600, 2, "synthetic")

    measurement = measured(shifted(human), synthetic)

    assert "or the human rows are misaligned themselves" in measurement.reason
    assert measurement.undecided is Severity.WARNING


def test_answers_without_words_block_nothing_where_human_ones_have_none_either():
    answers = pl.Series("response", [("Yes.", "No.", "42", "7")[row % 4] for row in range(600)])
    human, synthetic = (answered(600, seed, name) for seed, name in ((1, "human"), (2, "synthetic")))

    both = measured(human.with_columns(answers), synthetic.with_columns(answers))
    made = measured(human, synthetic.with_columns(answers))

    assert (both.undecided, made.undecided) == (Severity.INFO, None)
    assert made.reason.startswith("100 responses of each origin must share words with prompts")


def test_answers_that_share_no_word_say_nothing_either_way():
    human, synthetic = answered(600, 1, "human"), answered(600, 2, "synthetic")
    half = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("Yes.")).otherwise("response")

    assert outcome(human, synthetic.with_columns(half.alias("response"))) is Outcome.PASS


def test_too_few_rows_and_empty_responses_are_inconclusive():
    few = measured(answered(60, 1, "human"), answered(60, 2, "synthetic"))
    empty = measured(answered(600, 1, "human"), answered(600, 2, "synthetic").with_columns(response=pl.lit("")))

    assert few.reason.startswith("100 responses of each origin must share words with prompts")
    assert (empty.rows.synthetic, estimate_of(empty)) == (0, None)
    assert "0 synthetic ones do" in empty.reason


def test_responses_are_compared_within_slices():
    human, synthetic = (
        answered(600, seed, origin).with_columns(topic=pl.Series([f"t{row // 200}" for row in range(600)]))
        for seed, origin in ((1, "human"), (2, "synthetic"))
    )
    by_topic = replace(INSTRUCTION, slices=("topic",))
    of_topic = [
        frame.with_columns((pl.col(name) + " about " + pl.col("topic")).alias(name) for name in ("prompt", "response"))
        for frame in (human, shifted(synthetic))
    ]

    assert outcome(*of_topic, by_topic) is Outcome.FAIL


def test_text_has_no_prompts():
    assert measure(text_scan(["a"], ["b"]), Scope.COMBINED, {}).missing == (
        "data of type text has no prompts that something answers"
    )


def translated(count: int, seed: int, origin: str) -> pl.DataFrame:
    """Sentences and translations without a word in common but numbers; translations are a fifth longer or shorter."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        length = int(rng.integers(4, 40))
        number = [str(rng.integers(10, 9999))] if rng.random() < 0.3 else []
        source = [f"de{word}" for word in rng.integers(0, 900, length)] + number
        target = [f"en{word}" for word in rng.integers(0, 900, round(length * rng.uniform(0.8, 1.2)))] + number
        rows.append((" ".join(source), " ".join(target)))
    frame = pl.DataFrame(rows, schema=["source", "target"], orient="row")
    return frame.with_columns(pl.lit(origin).alias(ORIGIN), source_language=pl.lit("de"), target_language=pl.lit("en"))


def test_translations_are_recognised_by_numbers_and_length():
    human, synthetic = translated(600, 1, "human"), translated(600, 2, "synthetic")

    assert outcome(human, synthetic, TRANSLATION) is Outcome.PASS
    assert outcome(human, shifted(synthetic, "target"), TRANSLATION) is Outcome.FAIL


@needs_data
@pytest.mark.parametrize("generator", ["text-davinci-003", "davinci", "davinci-t0-ft"])
def test_real_generators_answer_their_prompts_and_shifted_ones_do_not(generator):
    rows = pl.read_parquet(DATA / "instruct_selfinstruct.parquet").select(
        pl.col("origin").alias(ORIGIN), "generator", prompt=pl.col("instruction") + "\n" + pl.col("input"),
        response="output",
    )  # fmt: skip
    human = rows.filter(pl.col(ORIGIN) == "human").drop("generator")
    synthetic = rows.filter(pl.col("generator") == generator).drop("generator")

    assert outcome(human, synthetic) is Outcome.PASS
    assert outcome(human, shifted(synthetic)) is Outcome.FAIL
