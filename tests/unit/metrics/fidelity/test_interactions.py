"""A third column that decides how two others go together is missed where synthetic rows have it at random."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.metrics.base.measurement import Limits
from gates.metrics.fidelity.associations import measure
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

LIMITS = {"triples": 0.2, "worst": 0.2, "mean": 0.05}


def rows(count: int, seed: int, *, follows: bool) -> pl.DataFrame:
    """Whether a bonus is paid follows from team and age together, or from nothing; the rest is noise."""
    rng = np.random.default_rng(seed)
    age, team = rng.normal(40, 10, count), rng.choice(["red", "blue"], count)
    sign = np.where((age > 40) == (team == "red"), 1, -1) if follows else rng.choice([-1, 1], count)
    return pl.DataFrame({
        "age": age,
        "team": team,
        "bonus": sign * rng.gamma(2, 100, count),
        "town": rng.choice(["a", "b", "c", "d"], count),
        "weight": rng.normal(size=count),
    })  # fmt: skip


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, over: str) -> Judgement:
    measurement = measure(table_scan(human, synthetic), Scope.COMBINED, {"over": over})
    return judge(measurement, Limits(max_value=LIMITS[over]), Severity.CRITICAL)


def test_three_columns_are_named_where_no_pair_shows_it():
    human, synthetic = rows(800, 1, follows=True), rows(800, 2, follows=False)

    judgement = {over: judged(human, synthetic, over) for over in LIMITS}

    assert {over: one.outcome for over, one in judgement.items()} == {
        "triples": Outcome.FAIL,
        "worst": Outcome.PASS,
        "mean": Outcome.PASS,
    }
    assert "'age', 'team' and 'bonus'" in judgement["triples"].message


def test_two_columns_are_no_triple():
    two = rows(300, 1, follows=True).select("age", "team")

    assert judged(two, two, "triples").outcome is Outcome.NOT_CONFIGURED


def test_fresh_rows_pass():
    assert judged(rows(800, 1, follows=True), rows(800, 2, follows=True), "triples").outcome is Outcome.PASS
