"""Readings of the same sensors at the same times coincide by rounding; what is copied coincides more often than other times do."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits
from gates.metrics.copies import copies
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import series_scan

DAYS = 35


def rain(rng: np.random.Generator, hours: int) -> np.ndarray:
    """Dry but for some hours of every fourth day."""
    wet = np.repeat(rng.random(hours // 24) < 0.25, 24)
    return np.where(wet & (rng.random(hours) < 0.5), rng.exponential(2, hours), 0).round(1)


def light(rng: np.random.Generator, hours: int) -> np.ndarray:
    """None at night."""
    day = np.clip(np.sin((np.arange(hours) % 24 - 6) / 12 * np.pi), 0, None)
    return (800 * day * rng.uniform(0.3, 1, hours)).round(0)


def temperature(rng: np.random.Generator, hours: int) -> np.ndarray:
    """A wave of a day with weather that lasts, to a tenth of a degree."""
    weather = np.convolve(rng.normal(size=hours), np.ones(12) / 3, "same")
    return (12 + 5 * np.sin(np.arange(hours) / 12 * np.pi) + weather).round(1)


def visitors(rng: np.random.Generator, hours: int) -> np.ndarray:
    """Nobody at weekends."""
    return np.where(np.arange(hours) // 24 % 7 >= 5, 0, rng.poisson(3, hours)).astype(float)


def switch(rng: np.random.Generator, hours: int) -> np.ndarray:
    """On and off."""
    return (np.cumsum(rng.random(hours) < 0.3) % 2).astype(float)


SENSORS = (rain, light, temperature, visitors, switch)


def panel(seed: int, sensors=SENSORS, days: int = DAYS) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    times = [datetime(2026, 3, 2) + timedelta(hours=at) for at in range(24 * days)]  # noqa: DTZ001  # as most data
    return pl.concat(
        pl.DataFrame({"entity": f"{sensor.__name__} {number}", "timestamp": times, "value": sensor(rng, 24 * days)})
        for sensor in sensors
        for number in range(3)
    )


def copying(human: pl.DataFrame, synthetic: pl.DataFrame, share: float) -> pl.DataFrame:
    """The synthetic rows, of which a share has the human value."""
    is_copied = pl.Series(np.random.default_rng(7).random(human.height) < share)
    return synthetic.with_columns(value=pl.when(is_copied).then(human["value"]).otherwise("value"))


def copied(human: pl.DataFrame, synthetic: pl.DataFrame) -> Judgement:
    measured = ask(copies.METRIC, series_scan(human, synthetic), Scope.COMBINED, {"kind": "exact"})
    return judge(measured, Limits(max_value=0.001), Severity.CRITICAL)


@pytest.mark.parametrize("seed", [1, 3, 5])
@pytest.mark.parametrize("sensors", [*((one,) for one in SENSORS), SENSORS], ids=lambda sensors: sensors[-1].__name__)
def test_fresh_readings_of_the_same_sensors_at_the_same_times_fail_nothing(sensors, seed):
    judgement = copied(panel(seed, sensors), panel(seed + 1, sensors))

    assert judgement.outcome is Outcome.PASS or judgement.severity is not Severity.CRITICAL, judgement.message


@pytest.mark.parametrize("days", [6, 12, DAYS])
@pytest.mark.parametrize("sensor", SENSORS)
def test_copied_readings_fail_whatever_repeats_in_them(sensor, days):
    human = panel(1, (sensor,), days)

    judgement = copied(human, human)

    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, Severity.CRITICAL), judgement.message
    assert "would by coincidence, with values that their series have at other times too" in judgement.message


def test_one_reading_in_twenty_that_is_copied_fails_among_others():
    human, fresh = panel(1), panel(2)

    judgement = copied(human, copying(human, fresh, 0.05))

    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, Severity.CRITICAL), judgement.message


def test_each_generator_is_set_against_its_own_coincidences():
    human, fresh = panel(1), panel(2)
    made = pl.concat([
        fresh.with_columns(generator=pl.lit("fresh")),
        copying(human, panel(3), 1).with_columns(generator=pl.lit("copier")),
    ])  # fmt: skip

    measured = ask(copies.METRIC, series_scan(human, made), Scope.COMBINED, {"kind": "exact"})

    fresh_share, copied_share = (measured.parts[name].measurement.estimate for name in ("fresh", "copier"))
    assert fresh_share.low <= 0
    assert copied_share.low > 0.4


def test_sensors_of_other_names_coincide_in_nothing():
    human = panel(1)

    judgement = copied(human, human.with_columns(pl.concat_str(pl.lit("other "), "entity").alias("entity")))

    assert (judgement.outcome, judgement.evidence["copies"]) == (Outcome.PASS, 0)
