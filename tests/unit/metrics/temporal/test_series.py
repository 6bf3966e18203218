"""Repeated times, gaps, standstill and exact repetition are counted over every row, and the series are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits, RowCounts
from gates.metrics.limits.judge import judge
from gates.metrics.temporal import series
from gates.metrics.temporal.series import period
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import SERIES_ROLES, readings, series_scan

KINDS = ("duplicate_timestamps", "gaps", "constant", "periodic")
NAB = Path(__file__).parents[5] / "shared" / "data" / "timeseries_nab.parquet"
SOUND = readings(entities=10, days=3, seed=1)


def judged(kind, human, synthetic=SOUND, scope=Scope.HUMAN, *, limit=0.05, bound=SERIES_ROLES):
    measurement = ask(series.METRIC, series_scan(human, synthetic, bound), scope, {"kind": kind})
    return judge(measurement, Limits(max_value=limit), Severity.WARNING)


@pytest.mark.parametrize("scope", [Scope.HUMAN, Scope.SYNTHETIC])
@pytest.mark.parametrize("kind", KINDS)
def test_sound_series_pass_in_any_order_of_rows(kind, scope):
    mixed = SOUND.sample(fraction=1, shuffle=True, seed=3)

    judgement = judged(kind, SOUND, mixed, scope, limit=0)

    assert (judgement.outcome, judgement.message) == (Outcome.PASS, "0, limit 0")


def test_second_reading_at_one_time_counts_as_one_row_each():
    judgement = judged(
        "duplicate_timestamps", pl.concat([SOUND, SOUND.head(3).with_columns(pl.col("value") + 1)]), limit=0
    )

    assert judgement.outcome is Outcome.FAIL
    assert "3 of 1,443 rows: sensor 0; repeated times there: 3" in judgement.message
    assert judgement.evidence == {"rows": 1443, "unsound": 3, "repeated_times": {"sensor 0": 3.0}}


def test_one_sensor_in_two_units_is_two_series():
    both = pl.concat([SOUND.with_columns(unit=pl.lit("C")), SOUND.with_columns(unit=pl.lit("%"))])
    judgement = judged("duplicate_timestamps", both, both, limit=0, bound=(*SERIES_ROLES, "unit"))

    assert judgement.outcome is Outcome.PASS


def test_gap_over_ten_steps_names_the_series_and_its_hours():
    hole = (pl.col("entity") == "sensor 4") & pl.col("timestamp").dt.hour().is_between(3, 8)
    judgement = judged("gaps", SOUND.filter(~hole))

    assert "1 of 10 series: sensor 4; longest gap in hours there: 6.5" in judgement.message
    assert judgement.evidence["longest_gap_in_hours"] == {"sensor 4": 6.5}
    few = (pl.col("entity") == "sensor 4") & pl.col("timestamp").dt.hour().is_between(3, 6)
    assert judged("gaps", SOUND.filter(~few)).outcome is Outcome.PASS


def test_standstill_and_repetition_are_two_kinds():
    still = SOUND.with_columns(value=pl.when(pl.col("entity") == "sensor 2").then(7.0).otherwise("value"))
    first = SOUND.filter(pl.col("entity") == "sensor 3")["value"].head(48).to_list()
    looped = SOUND.filter(pl.col("entity") == "sensor 3").with_columns(value=pl.Series(first * 3))
    loop = pl.concat([SOUND.filter(pl.col("entity") != "sensor 3"), looped])

    evidence = {name: judged("constant", frame).evidence for name, frame in (("still", still), ("loop", loop))}
    assert evidence["still"]["readings_that_are_all_equal"] == {"sensor 2": 144.0}
    assert evidence["loop"]["unsound"] == 0
    assert judged("periodic", still).outcome is Outcome.PASS
    assert judged("periodic", loop).evidence["readings_after_which_all_repeat"] == {"sensor 3": 48.0}


def test_what_would_decide_of_days_is_counted_in_rows():
    still = pl.col("entity").is_in(["sensor 2", "sensor 5", "sensor 7"]) & (pl.col("timestamp").dt.day() == 1)

    judgement = judged(
        "constant_days", SOUND, SOUND.with_columns(value=pl.when(still).then(7.0).otherwise("value")), Scope.SYNTHETIC
    )

    assert judgement.evidence["days"] == 30
    assert judgement.measurement.rows == RowCounts(1440, 1440)
    assert "about 4,600 more human rows and 4,600 more synthetic rows would decide" in judgement.message


def test_synthetic_standstill_counts_beyond_that_of_human_rows():
    still = SOUND.with_columns(value=pl.when(pl.col("entity") == "sensor 2").then(7.0).otherwise("value"))

    alone = judged("constant", SOUND, still, Scope.SYNTHETIC)
    assert (alone.outcome, alone.measurement.estimate.value, alone.measurement.baseline.value) == (
        Outcome.FAIL,
        0.1,
        0.0,
    )
    alike = judged("constant", still, still, Scope.SYNTHETIC)
    assert (alike.outcome, alike.measurement.estimate.value, alike.measurement.baseline.value) == (
        Outcome.PASS,
        0.0,
        0.1,
    )


@pytest.mark.parametrize(("human", "blocks"), [("sensor [0-9]", True), ("sensor [012]", True), ("sensor [345]", False)])
def test_standstill_of_a_sensor_that_few_human_rows_know_is_no_proof(human, blocks):
    still = SOUND.with_columns(value=pl.when(pl.col("entity") == "sensor 2").then(7.0).otherwise("value"))
    few = still.filter(pl.col("entity").str.contains("sensor [29]"))

    judgement = judged("constant", SOUND.filter(pl.col("entity").str.contains(human)), few, Scope.SYNTHETIC)

    assert judgement.measurement.estimate.value == 0.5
    assert judgement.outcome is (Outcome.FAIL if blocks else Outcome.INCONCLUSIVE)


def test_standstill_of_a_day_among_human_rows_makes_one_of_a_short_series_no_proof():
    one_day = pl.col("timestamp").dt.date() == SOUND["timestamp"].dt.date().min()
    off = SOUND.with_columns(value=pl.when(one_day & (pl.col("entity") == "sensor 2")).then(0.0).otherwise("value"))
    short = off.filter(one_day)

    assert judged("constant", off, short, Scope.SYNTHETIC).outcome is Outcome.INCONCLUSIVE
    assert judged("constant", SOUND, short, Scope.SYNTHETIC).outcome is Outcome.FAIL


@pytest.mark.parametrize("kind", KINDS[1:])
def test_series_that_are_too_short_decide_nothing(kind):
    judgement = judged(kind, SOUND.group_by("entity").head(20))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert "no series of this scope has 30 readings" in judgement.message


@pytest.mark.parametrize("kind", KINDS)
def test_missing_roles_are_reported_and_missing_readings_do_not_break(kind):
    holes = SOUND.with_columns(value=pl.when(pl.int_range(pl.len()) % 7 == 0).then(np.nan).otherwise("value"))
    assert judged(kind, holes).outcome is Outcome.PASS
    assert judged(kind, SOUND, bound=("entity", "value")).outcome is Outcome.NOT_CONFIGURED
    unnamed = judged(kind, SOUND, bound=("timestamp", "value"))
    assert 'no entity or session column is configured; add: columns = { entity = "…" }' in unnamed.message


def test_unknown_kind_is_an_error_that_names_the_kinds():
    judgement = judged("order", SOUND)

    assert judgement.outcome is Outcome.ERROR
    assert (
        "no kind 'order'; kinds: backward_steps, constant, constant_days, copied_days, duplicate_timestamps, gaps, periodic, repeated_days"
        in judgement.message
    )


@pytest.mark.parametrize(
    ("values", "length"),
    [("abcabc", 3), ("abcabcab", 3), ("aaaa", 1), ("abcabd", 0), ("abcdeabc", 0), ("abab", 2), ("ab", 0), ("", 0)],
)
def test_period_is_the_least_that_fits_twice(values, length):
    assert period(np.array(list(values), dtype=str)) == length


def test_times_as_text_are_read_as_times():
    text = SOUND.with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%d %H:%M"))

    assert judged("duplicate_timestamps", text, text, limit=0).outcome is Outcome.PASS
    assert judged("gaps", text, text, limit=0).evidence["series"] == 10


@pytest.mark.skipif(not NAB.exists(), reason="the real series are not here")
def test_known_defects_of_real_series_are_found():
    rows = pl.read_parquet(NAB).select("origin", "timestamp", "value", entity=pl.col("series").str.extract("/(.*).csv"))
    human, synthetic = (rows.filter(origin=name).drop("origin") for name in ("human", "synthetic"))

    def named(kind, scope):
        evidence = judged(kind, human, synthetic, scope).evidence
        return next(value for value in evidence.values() if isinstance(value, dict))

    assert named("duplicate_timestamps", Scope.HUMAN) == {
        "ec2_disk_write_bytes_1ef3de": 11,
        "ec2_network_in_5abac7": 11,
        "exchange-2_cpc_results": 1,
        "exchange-2_cpm_results": 1,
    }
    assert named("gaps", Scope.HUMAN) == {
        "exchange-2_cpc_results": 21,
        "exchange-2_cpm_results": 21,
        "exchange-3_cpc_results": 16,
        "exchange-3_cpm_results": 16,
        "ec2_network_in_5abac7": 1.07,
        "ec2_disk_write_bytes_1ef3de": 1.02,
    }
    assert named("constant", Scope.SYNTHETIC) == {"art_flatline": 4032}
    assert named("periodic", Scope.SYNTHETIC) == {"art_daily_no_noise": timedelta(days=1) // timedelta(minutes=5)}
    assert (named("constant", Scope.HUMAN), named("periodic", Scope.HUMAN)) == ({}, {})


def of_two_days(sensors: int) -> pl.DataFrame:
    """Readings of many sensors every half hour."""
    rng = np.random.default_rng(5)
    times = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(96)]
    return pl.DataFrame({
        "entity": np.repeat([f"sensor {number}" for number in range(sensors)], 96),
        "timestamp": times * sensors,
        "value": rng.normal(size=96 * sensors),
    })  # fmt: skip


def of_synthetic(kind: str, human: pl.DataFrame, synthetic: pl.DataFrame, limit: float = 0) -> tuple[Outcome, Severity]:
    judgement = judge(
        ask(series.METRIC, series_scan(human, synthetic, SERIES_ROLES), Scope.SYNTHETIC, {"kind": kind}),
        Limits(max_value=limit),
        Severity.CRITICAL,
    )
    return judgement.outcome, judgement.severity


def some(sensors: int) -> pl.Expr:
    return pl.col("entity").is_in([f"sensor {number}" for number in range(sensors)])


def repeated(frame: pl.DataFrame, sensors: int) -> pl.DataFrame:
    place = pl.int_range(pl.len()).over("entity")
    earlier = pl.col("timestamp").shift(1).over("entity")
    return frame.with_columns(timestamp=pl.when(some(sensors) & (place == 20)).then(earlier).otherwise("timestamp"))


def exchanged(frame: pl.DataFrame, sensors: int) -> pl.DataFrame:
    """The same rows with two blocks of ten of some sensors in each other's place."""
    place, row = pl.int_range(pl.len()).over("entity"), pl.int_range(pl.len())
    moved = pl.when(some(sensors) & place.is_between(20, 29)).then(row + 10)
    return frame.sort(
        moved.when(some(sensors) & place.is_between(30, 39)).then(row - 10).otherwise(row), maintain_order=True
    )


def without_hours(frame: pl.DataFrame, sensors: int) -> pl.DataFrame:
    return frame.filter(~(some(sensors) & pl.col("timestamp").dt.hour().is_between(3, 9)))


@pytest.mark.parametrize(
    ("kind", "spoil", "limit"),
    [("duplicate_timestamps", repeated, 0), ("backward_steps", exchanged, 0), ("gaps", without_hours, 0.05)],
)
def test_what_no_human_series_does_blocks_in_many_synthetic_ones_and_is_undecided_in_one(kind, spoil, limit):
    sound = of_two_days(40)

    assert of_synthetic(kind, sound, spoil(sound, 12), limit) == (Outcome.FAIL, Severity.CRITICAL)
    assert of_synthetic(kind, spoil(sound, 12), spoil(sound, 12), limit)[0] is Outcome.PASS
    assert of_synthetic(kind, spoil(sound, 12), sound, limit)[0] is Outcome.PASS
    few = of_synthetic(kind, sound, spoil(sound, 1), limit)
    assert few[0] is Outcome.PASS or few == (Outcome.INCONCLUSIVE, Severity.WARNING)


def test_rows_in_no_order_at_all_break_none():
    sound = of_two_days(10)
    mixed = sound.sample(fraction=1, shuffle=True, seed=3)

    assert of_synthetic("backward_steps", sound, mixed)[0] is Outcome.NOT_CONFIGURED
    assert of_synthetic("backward_steps", mixed, sound)[0] is Outcome.PASS


@pytest.mark.parametrize("kind", ["gaps", "backward_steps"])
def test_what_sensors_show_by_chance_is_open_where_no_human_series_is_long_enough(kind):
    short = readings(entities=3, days=1, seed=5, per_day=20)
    synthetic = readings(entities=3, days=5, seed=6)
    hole = pl.col("timestamp").dt.day().is_between(2, 3)
    broken = (
        synthetic.filter(~hole) if kind == "gaps" else pl.concat([synthetic[:700], synthetic[10:20], synthetic[700:]])
    )

    judgement = judged(kind, short, broken, Scope.SYNTHETIC)

    assert judgement.outcome is Outcome.INCONCLUSIVE, judgement.message
    assert "no human series is long enough" in judgement.message
