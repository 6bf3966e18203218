"""A number beyond all readings that many synthetic ones share stands for what no sensor gave; new extremes do not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.integrity import alignment
from gates.verdict import Scope
from tests.samples.series import SERIES_ROLES, readings
from tests.tables import table_scan


def whole_numbers(seed: int) -> pl.DataFrame:
    """Counts of 40 sensors on five days, none below zero."""
    return readings(entities=40, days=5, seed=seed).with_columns((pl.col("value").exp() * 20).floor())


def differences(human: pl.DataFrame, synthetic: pl.DataFrame, **roles: str) -> list[dict[str, str]]:
    seen = table_scan(human, synthetic, bound=SERIES_ROLES, group="entity", **roles)
    return alignment.measure(seen, Scope.COMBINED, {}).evidence["differences"]


def with_number(rows: pl.DataFrame, share: float, number: float) -> pl.DataFrame:
    marks = pl.Series(np.random.default_rng(5).random(rows.height) < share)
    return rows.with_columns(value=pl.when(marks).then(number).otherwise("value"))


@pytest.mark.parametrize("number", [-1.0, 9999.0])
def test_a_number_in_place_of_readings_is_named(number):
    (difference,) = differences(whole_numbers(1), with_number(whole_numbers(2), 0.03, number))

    assert (difference["kind"], difference["column"]) == ("encoding", "value")
    assert f"column 'value' has '{number}' in 3" in difference["message"]


@pytest.mark.parametrize("seed", range(1, 21, 2))
def test_new_extremes_of_one_law_stand_for_nothing(seed):
    one, other = whole_numbers(seed), whole_numbers(seed + 1)

    assert not [one for one in (*differences(one, other), *differences(other, one)) if one["kind"] == "encoding"]


def test_what_people_write_too_or_one_sensor_alone_shows_is_no_difference():
    both = [with_number(whole_numbers(seed), 0.03, -1.0) for seed in (1, 2)]
    is_stuck = pl.col("entity") == "sensor 3"
    stuck = whole_numbers(2).with_columns(value=pl.when(is_stuck).then(9999.0).otherwise("value"))

    idle = whole_numbers(3).with_columns(value=pl.lit(-1.0)).filter(is_stuck).with_columns(entity=pl.lit("idle"))

    assert not differences(*both)
    assert not differences(whole_numbers(1).filter(is_stuck), idle)
    assert not differences(whole_numbers(1), stuck)
