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
    frame = pl.concat([
        answers(count, 1, "human", cut_out=human), answers(count, 2, "synthetic", cut_out=synthetic)
    ])  # fmt: skip
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
