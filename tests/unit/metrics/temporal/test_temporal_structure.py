"""Order in time is compared with what days and sessions of people differ by among themselves."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import judge
from gates.metrics.temporal import temporal_structure
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import EVENT_ROLES, SERIES_ROLES, readings, series_scan, sessions

HUMAN_ROWS = readings(entities=10, days=20, seed=1)
OTHERS = readings(entities=10, days=20, seed=2)
VISITS, OTHER_VISITS = sessions(600, seed=1), sessions(600, seed=2)


def judged(human, synthetic, bound=SERIES_ROLES):
    measurement = ask(temporal_structure.METRIC, series_scan(human, synthetic, bound), Scope.COMBINED, {})
    return judge(measurement, Limits(max_value=0.1), Severity.CRITICAL)


@pytest.mark.parametrize(
    ("human", "synthetic", "bound"), [(HUMAN_ROWS, OTHERS, SERIES_ROLES), (VISITS, OTHER_VISITS, EVENT_ROLES)]
)
def test_rows_of_one_process_pass_in_any_order_of_rows(human, synthetic, bound):
    judgement = judged(human, synthetic, bound)
    mixed = judged(
        human.sample(fraction=1, shuffle=True, seed=3), synthetic.sample(fraction=1, shuffle=True, seed=4), bound
    )

    assert judgement.outcome is Outcome.PASS, judgement.message
    assert mixed.measurement == judgement.measurement


@pytest.mark.parametrize(
    ("facet", "changed"),
    [
        ("autocorrelation", OTHERS.with_columns(pl.col("value").shuffle(seed=1).over("entity"))),
        ("autocorrelation", readings(entities=10, days=20, seed=2, keeps=0.5)),
        ("autocorrelation", OTHERS.with_columns(value=pl.lit(1.0))),
        ("time between rows", OTHERS.gather_every(2)),
    ],
)
def test_readings_in_another_order_or_at_other_steps_fail_and_the_facet_is_named(facet, changed):
    judgement = judged(HUMAN_ROWS, changed)

    assert judgement.outcome is Outcome.FAIL
    assert f"farthest in {facet}" in judgement.message


def warm_at_noon(seed: int) -> pl.DataFrame:
    """Readings that rise and fall with the day."""
    hour = pl.col("timestamp").dt.hour().cast(pl.Float64)
    wave = (hour * 3.141592653589793 / 12).cos() * -3
    return readings(entities=10, days=20, seed=seed).with_columns(pl.col("value") + wave)


def test_readings_of_another_time_zone_fail_by_the_wave_of_the_day():
    moved = warm_at_noon(2).with_columns(pl.col("timestamp").dt.offset_by("8h"))

    judgement = judged(warm_at_noon(1), moved)

    assert judged(warm_at_noon(1), warm_at_noon(2)).outcome is Outcome.PASS
    assert judgement.outcome is Outcome.FAIL
    assert "farthest in wave of a day" in judgement.message


@pytest.mark.parametrize(
    ("facet", "changed"),
    [
        ("transitions", OTHER_VISITS.with_columns(pl.col("event").shuffle(seed=1).over("session"))),
        ("rows of a session or day", OTHER_VISITS.filter(pl.int_range(pl.len()).over("session") < 3)),
        ("time of day", OTHER_VISITS.with_columns(pl.col("timestamp").dt.offset_by("9h"))),
        (
            "time between rows",
            OTHER_VISITS.with_columns(timestamp=pl.lit(0).cum_count().over("session") * timedelta(seconds=10))
            .with_columns(timestamp=pl.datetime(2026, 1, 1) + pl.col("timestamp")),
        ),
    ],
)  # fmt: skip
def test_events_in_another_order_at_other_times_or_in_other_numbers_fail_and_the_facet_is_named(facet, changed):
    judgement = judged(VISITS, changed, EVENT_ROLES)

    assert judgement.outcome is Outcome.FAIL
    assert f"farthest in {facet}" in judgement.message


def test_few_days_decide_nothing():
    judgement = judged(readings(entities=1, days=10, seed=1), OTHERS)

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert "10 human and 200 synthetic days: 20 of each are needed" in judgement.message


def test_one_generator_that_lost_the_order_fails_alone():
    bad = OTHERS.with_columns(pl.col("value").shuffle(seed=1).over("entity"), generator=pl.lit("bad"))
    good = readings(entities=30, days=20, seed=5).with_columns(generator=pl.lit("good"))

    judgement = judged(HUMAN_ROWS, pl.concat([good, bad]))

    assert judgement.outcome is Outcome.FAIL
    assert "failing alone: bad" in judgement.message


def test_missing_roles_are_reported_and_missing_readings_do_not_break():
    assert judged(HUMAN_ROWS, OTHERS, ("entity", "value")).outcome is Outcome.NOT_CONFIGURED
    holes = OTHERS.with_columns(value=pl.when(pl.int_range(pl.len()) % 50 == 0).then(None).otherwise("value"))
    assert judged(HUMAN_ROWS, holes).outcome is Outcome.PASS
