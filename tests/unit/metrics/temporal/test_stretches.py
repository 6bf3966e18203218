"""Series with few readings a day are looked at in weeks, months, years or as a whole, so that their order is judged too."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import judge
from gates.metrics.temporal import series, temporal_structure
from gates.metrics.temporal.stretches import stretch_alike, stretch_in_order
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import SERIES_ROLES, series_scan

# How many stretches two years, six or forty of such readings make.
EVERY = {"6h": "1w", "1d": "1mo", "1w": "1y", "1mo": "2y"}
# The share of stretches in random order that is found.
DOSE = {"6h": 0.3, "1d": 0.3, "1w": 0.3, "1mo": 0.7}
UNTIL = {"6h": 2021, "1d": 2024, "1w": 2030, "1mo": 2040}


def read_every(step: str, seed: int, prefix: str = "station") -> pl.DataFrame:
    """Four stations whose readings keep a part of the one before, and are lower on Sundays and in winter."""
    rng = np.random.default_rng(seed)
    times = pl.datetime_range(pl.datetime(2000, 1, 1), pl.datetime(UNTIL[step], 1, 1), step, eager=True, closed="left")
    frames = []
    for station in range(4):
        noise, values = rng.normal(size=len(times)), np.empty(len(times))
        level = 0.0
        for at in range(len(times)):
            level = values[at] = 0.6 * level + noise[at]
        wave = times.dt.weekday().is_in([6, 7]).to_numpy() * -2 + np.cos(times.dt.ordinal_day() / 58) * 1.5
        entity = pl.lit(f"{prefix} {station}")
        frames.append(
            pl.DataFrame({"timestamp": times, "value": values + wave}).select(entity.alias("entity"), pl.all())
        )
    return pl.concat(frames)


def judged(human, synthetic, metric=temporal_structure.METRIC, *, limit=0.1, **params):
    scope = Scope.COMBINED if metric is temporal_structure.METRIC else Scope.SYNTHETIC
    return judge(
        ask(metric, series_scan(human, synthetic, SERIES_ROLES), scope, params),
        Limits(max_value=limit),
        Severity.CRITICAL,
    )


@pytest.mark.parametrize("step", EVERY)
def test_readings_of_one_law_pass_and_shuffled_ones_fail_however_seldom_they_come(step):
    human, synthetic = read_every(step, 1), read_every(step, 2)
    stretch = pl.struct("entity", pl.col("timestamp").dt.truncate(EVERY[step]))
    is_chosen = stretch.hash(seed=3) % 100 < 100 * DOSE[step]
    mixed = pl.col("value").shuffle(seed=1).over(stretch)
    shuffled = synthetic.with_columns(pl.when(is_chosen).then(mixed).otherwise("value").alias("value"))

    assert series_scan(human, synthetic, SERIES_ROLES).cached(stretch_in_order) == EVERY[step]
    assert judged(human, synthetic).outcome is Outcome.PASS
    assert judged(human, shuffled).outcome is Outcome.FAIL


@pytest.mark.parametrize(("step", "later", "facet"), [("1d", "3d", "wave of a week"), ("1w", "26w", "wave of a year")])
def test_readings_of_another_day_of_the_week_or_season_fail_by_its_wave(step, later, facet):
    judgement = judged(read_every(step, 1), read_every(step, 2).with_columns(pl.col("timestamp").dt.offset_by(later)))

    assert judgement.outcome is Outcome.FAIL
    assert f"farthest in {facet}" in judgement.message


def test_stretches_of_other_entities_stay_together_and_few_of_them_prove_nothing():
    human, synthetic = read_every("1d", 1), read_every("1d", 2, "other")
    shuffled = synthetic.with_columns(pl.col("value").shuffle(seed=1).over("entity"))

    judgement = judged(human, shuffled)

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert "4 human and 4 synthetic series may differ so by chance" in judgement.message


def test_months_of_daily_readings_that_stand_still_or_are_played_again_are_counted():
    human, synthetic = read_every("1d", 1), read_every("1d", 2)
    march = (pl.col("timestamp").dt.month() == 3) & (pl.col("timestamp").dt.year() < 2024)
    january = pl.col("value").head(31).get(0)
    first = synthetic.filter(pl.col("timestamp").dt.month() == 1, pl.col("timestamp").dt.year() == 2010)
    again = synthetic.join(
        first.select("entity", value_of_january="value", day=pl.col("timestamp").dt.day()),
        left_on=["entity", pl.col("timestamp").dt.day()],
        right_on=["entity", "day"],
        how="left",
    ).with_columns(value=pl.when(march).then("value_of_january").otherwise("value"))
    still = synthetic.with_columns(value=pl.when(march).then(january).otherwise("value"))

    assert series_scan(human, still, SERIES_ROLES).cached(stretch_alike) == "1mo"
    assert judged(human, synthetic, series.METRIC, limit=0, kind="repeated_days").outcome is Outcome.PASS
    assert judged(human, synthetic, series.METRIC, limit=0, kind="constant_days").outcome is Outcome.PASS
    constant = judged(human, still, series.METRIC, limit=0.01, kind="constant_days")
    assert constant.outcome is Outcome.FAIL
    assert "96 of 1,152 months" in constant.message
    repeated = judged(human, again, series.METRIC, limit=0, kind="repeated_days")
    assert repeated.outcome is Outcome.FAIL
    assert "months that repeat an earlier one there: 24" in repeated.message
