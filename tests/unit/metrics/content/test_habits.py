"""What people do as well counts from a small effect beyond them: at the share where they do it, and by the rows there are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.measurement import Limits
from gates.metrics.content.degenerate import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import MemorySource

ROLES = Roles(
    "instruction", ("prompt", "response"), ("response", "prompt"), prompt="prompt", bound=("prompt", "response")
)


def answers(count: int, seed: int, origin: str, *, cut_out: float) -> pl.DataFrame:
    """Prompts of forty words with answers of fifteen, of which this share is cut out of the prompt."""
    rng = np.random.default_rng(seed)
    words = np.array([f"word{number}" for number in range(900)])
    prompts = words[rng.integers(0, 900, (count, 40))]
    own = words[rng.integers(0, 900, (count, 15))]
    own[: round(count * cut_out)] = prompts[: round(count * cut_out), 12:27]
    columns = {"prompt": prompts, "response": own}
    frame = pl.DataFrame({name: [" ".join(row) + "." for row in values] for name, values in columns.items()})
    return frame.with_columns(pl.lit(origin).alias(ORIGIN))


def outcome(count: int, *, human: float, synthetic: float) -> Outcome:
    return judged(answers(count, 1, "human", cut_out=human), answers(count, 2, "synthetic", cut_out=synthetic))


def judged(human: pl.DataFrame, synthetic: pl.DataFrame) -> Outcome:
    frame = pl.concat([human, synthetic])
    read = scan(MemorySource(frame, ROLES, (FileFacts("mix.jsonl", frame.height, {}, "", 0),)), ScanRequest())
    return judge(measure(read, Scope.SYNTHETIC, {}), Limits(max_value=0.01), Severity.CRITICAL).outcome


@pytest.mark.parametrize(("count", "dose"), [(300, 0.05), (1000, 0.03), (10_000, 0.015)])
def test_smallest_share_of_answers_cut_out_of_their_prompts_that_fails(count, dose):
    assert outcome(count, human=0, synthetic=dose) is Outcome.FAIL


@pytest.mark.parametrize("count", [300, 1000])
def test_answers_that_people_cut_out_as_often_pass_or_show_nothing(count):
    assert outcome(count, human=0.15, synthetic=0.15) is not Outcome.FAIL
    # Nine points more is what people of another source do, where a quarter of these do it.
    assert outcome(count, human=0.25, synthetic=0.33) is not Outcome.FAIL


def test_what_people_hardly_do_counts_sooner_than_what_they_do_often():
    assert outcome(2000, human=0, synthetic=0.03) is Outcome.FAIL
    assert outcome(2000, human=0.25, synthetic=0.28) is not Outcome.FAIL
    assert outcome(2000, human=0.25, synthetic=0.45) is Outcome.FAIL


@pytest.mark.parametrize("written", [
    pl.col("response").str.to_uppercase() + " ALL OF THESE ARE WRITTEN SO.",
    pl.col("response") + " Yours, [Your Name]",
    pl.lit("<think>\nLet me see.\n</think>\n\n") + pl.col("response"),
])  # fmt: skip
@pytest.mark.parametrize(("count", "dose"), [(300, 0.05), (1000, 0.03)])
def test_smallest_share_of_what_people_do_seldom_that_fails(written, count, dose):
    human, synthetic = (answers(count, seed, origin, cut_out=0) for seed, origin in ((1, "human"), (2, "synthetic")))

    def of_share(frame: pl.DataFrame, share: float) -> pl.DataFrame:
        is_written = pl.int_range(pl.len()) < round(share * count)
        return frame.with_columns(response=pl.when(is_written).then(written).otherwise("response"))

    assert judged(human, of_share(synthetic, dose)) is Outcome.FAIL
    assert judged(of_share(human, 0.15), of_share(synthetic, 0.15)) is not Outcome.FAIL


def test_thoughts_that_a_set_teaches_in_every_answer_or_in_one_of_two_do_not_fail():
    human, synthetic = (answers(1000, seed, origin, cut_out=0) for seed, origin in ((1, "human"), (2, "synthetic")))
    for every in (1, 2):
        thinks = pl.int_range(pl.len()) % every == 0
        thoughts = pl.when(thinks).then(pl.lit("<think>\nLet me see.\n</think>\n\n")).otherwise(pl.lit(""))
        assert judged(human, synthetic.with_columns(response=thoughts + pl.col("response"))) is not Outcome.FAIL


def test_each_stand_in_counts_however_often_it_stands_there():
    human, synthetic = (answers(1000, seed, origin, cut_out=0) for seed, origin in ((1, "human"), (2, "synthetic")))
    is_missing = pl.int_range(pl.len()) < 30
    todo = synthetic.with_columns(prompt=pl.when(is_missing).then(pl.lit("Again.")).otherwise("prompt"),
                                  response=pl.when(is_missing).then(pl.lit("TODO")).otherwise("response"))  # fmt: skip

    assert judged(human, todo) is Outcome.FAIL
    assert judged(todo.with_columns(pl.lit("human").alias(ORIGIN)), todo) is not Outcome.FAIL
