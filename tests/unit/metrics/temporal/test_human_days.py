"""What a human series gave is recognised in a synthetic one under any name and at any time, and coincidence is no copy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import judge
from gates.metrics.temporal import series
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import SERIES_ROLES, readings, series_scan

NAB = Path(__file__).parents[5] / "shared" / "data" / "timeseries_nab.parquet"
HUMAN = readings(entities=20, days=4, seed=1)
OTHER = readings(entities=20, days=4, seed=2)


def judged(human: pl.DataFrame, synthetic: pl.DataFrame):
    measurement = ask(
        series.METRIC, series_scan(human, synthetic, SERIES_ROLES), Scope.SYNTHETIC, {"kind": "copied_days"}
    )
    return judge(measurement, Limits(max_value=0.02), Severity.CRITICAL)


def later(rows: pl.DataFrame, **by: int) -> pl.DataFrame:
    return rows.with_columns(pl.col("timestamp") + timedelta(**by))


@pytest.mark.parametrize(
    "copied",
    [
        HUMAN,
        later(HUMAN, minutes=7),
        later(HUMAN, days=7, hours=5),
        HUMAN.with_columns(entity=pl.lit("made ") + pl.col("entity")),
        HUMAN.sample(fraction=1, shuffle=True, seed=1),
    ],
    ids=["same times", "minutes later", "another day and hour", "other names", "in no order"],
)
def test_copies_fail_at_whatever_time_and_under_whatever_name(copied: pl.DataFrame) -> None:
    judgement = judged(HUMAN, copied)

    assert judgement.outcome is Outcome.FAIL
    assert judgement.evidence["unsound"] == judgement.evidence["days"] >= 60


def test_one_day_in_five_that_is_copied_fails() -> None:
    day = pl.col("timestamp").dt.ordinal_day() + pl.col("entity").str.extract(r"(\d+)").cast(pl.Int64)
    mixed = OTHER.with_columns(value=pl.when(day % 5 == 0).then(HUMAN["value"]).otherwise("value"))

    assert judged(HUMAN, later(mixed, days=30)).outcome is Outcome.FAIL


@pytest.mark.parametrize("decimals", [15, 2, 1])
def test_other_series_of_the_same_sensors_are_no_copies(decimals: int) -> None:
    human, synthetic = (rows.with_columns(pl.col("value").round(decimals)) for rows in (HUMAN, OTHER))

    assert judged(human, synthetic).outcome is not Outcome.FAIL


def test_what_human_series_give_twice_themselves_is_no_copy() -> None:
    twice = pl.concat([HUMAN, HUMAN.with_columns(entity=pl.lit("beside ") + pl.col("entity"))])

    assert judged(twice, later(HUMAN, days=30)).outcome is Outcome.PASS


@pytest.mark.parametrize("value", [pl.lit(1.0), pl.int_range(pl.len()).over("entity").cast(pl.Float64)])
def test_standstill_and_counters_are_not_recognised(value: pl.Expr) -> None:
    same = HUMAN.with_columns(value=value)

    assert judged(same, same).outcome is Outcome.INCONCLUSIVE


@pytest.mark.skipif(not NAB.exists(), reason="the real series are not here")
@pytest.mark.parametrize("seed", range(3))
def test_halves_of_real_series_are_no_copies_of_each_other(seed: int) -> None:
    rows = pl.read_parquet(NAB).filter(pl.col("origin") == "human")
    rows = rows.select("timestamp", "value", entity=pl.col("series"))
    names = rows["entity"].unique().sort().to_list()
    half = np.random.default_rng(seed).permutation(names)[: len(names) // 2].tolist()
    by_sensor, by_day = (
        pl.col("entity").is_in(half),
        pl.col("timestamp").cast(pl.String).str.slice(0, 10).hash(seed) % 2 == 0,
    )

    for is_human in (by_sensor, by_day):
        assert judged(rows.filter(is_human), rows.filter(~is_human)).outcome is not Outcome.FAIL
