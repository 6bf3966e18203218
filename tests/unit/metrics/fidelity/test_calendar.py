"""What repeats in dates and times is compared beside the dates themselves: days of the week, hours of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.fidelity.distributions import measure
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

YEARS = 3


def rows(count: int, seed: int, *, days: int = 0, hours: int = 0) -> pl.DataFrame:
    """Calls on working days between eight and eighteen over three years, moved by some days and hours."""
    rng = np.random.default_rng(seed)
    week, day, hour = rng.integers(0, 52 * YEARS, count), rng.integers(0, 5, count), rng.integers(8, 18, count)
    moved = [
        timedelta(weeks=int(w), days=int(d) + days, hours=int(h) + hours)
        for w, d, h in zip(week, day, hour, strict=True)
    ]
    return pl.DataFrame({
        "called": [datetime(2021, 1, 4, tzinfo=UTC) + by for by in moved],
        "amount": rng.gamma(2, 100, count),
    })  # fmt: skip


def judged(human: pl.DataFrame, synthetic: pl.DataFrame) -> Judgement:
    measurement = measure(table_scan(human, synthetic), Scope.COMBINED, {"over": "worst"})
    return judge(measurement, Limits(max_value=0.1), Severity.CRITICAL)


@pytest.mark.parametrize(
    ("moved", "named"),
    [({"days": 2}, "day of the week of called"), ({"hours": -6}, "hour of called")],
    ids=["weekends", "time zone"],
)
def test_rows_on_other_days_or_at_other_hours_fail_though_the_years_are_alike(moved, named):
    judgement = judged(rows(1_000, 1), rows(1_000, 2, **moved))

    assert judgement.outcome is Outcome.FAIL
    assert named in judgement.message


@pytest.mark.parametrize("seed", range(5))
def test_fresh_rows_of_the_same_weeks_pass(seed):
    assert judged(rows(1_000, seed), rows(1_000, seed + 100)).outcome is Outcome.PASS


def test_dates_without_a_time_have_days_and_no_hours():
    human, synthetic = (rows(600, seed).with_columns(pl.col("called").dt.date()) for seed in (1, 2))

    judgement = judged(human, synthetic.with_columns(pl.col("called").dt.offset_by("2d")))

    assert "day of the week of called" in judgement.message
    assert "hour" not in judgement.message
