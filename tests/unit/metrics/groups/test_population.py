"""People's shares match the declared ones, or the level that falls short is named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.base.measurement import Limits
from gates.metrics.groups import population
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

DECLARED = {"region": {"north": 0.3, "south": 0.7}, "age": {"old": 0.4, "young": 0.6}}
LIMITS = {"distance": 0.1, "under_representation": 0.5, "design_effect": 2}


def table_rows(n: int, north: float = 0.3, old: float = 0.4, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame({
        "region": np.where(rng.random(n) < north, "north", "south"),
        "age": np.where(rng.random(n) < old, "old", "young"),
        "number": np.arange(n),
    })  # fmt: skip


def judged(frame: pl.DataFrame, measure: str = "distance", declared=DECLARED, **roles: object):
    scan = table_scan(frame, frame.clear(), request=ScanRequest(declared=Declarations(population=declared)), **roles)
    measured = population.measure(scan, Scope.HUMAN, {"measure": measure})
    return judge(measured, Limits(max_value=LIMITS[measure]), Severity.WARNING)


@pytest.mark.parametrize("measure", population.MEASURES)
def test_a_sample_of_the_population_passes(measure):
    assert judged(table_rows(1000), measure).outcome is Outcome.PASS


@pytest.mark.parametrize("name", ["len", "combination", "key", "groups", "_origin"])
def test_a_dimension_may_be_called_as_what_is_counted(name):
    frame = table_rows(1000, north=0.5).rename({"region": name}).with_columns(row=pl.col("number") // 2)
    declared = {name: DECLARED["region"], "age": DECLARED["age"]}

    assert judged(frame, declared=declared).outcome is Outcome.FAIL
    assert judged(frame, declared=declared, group="row").outcome is Outcome.FAIL


def test_each_measure_catches_what_it_is_for():
    skewed = table_rows(1000, north=0.5)
    assert {measure: judged(skewed, measure).outcome for measure in population.MEASURES} == {
        "distance": Outcome.FAIL,
        "under_representation": Outcome.PASS,
        "design_effect": Outcome.PASS,
    }
    few_northerners = table_rows(1000, north=0.06)
    assert {measure: judged(few_northerners, measure).outcome for measure in population.MEASURES} == {
        "distance": Outcome.FAIL,
        "under_representation": Outcome.FAIL,
        "design_effect": Outcome.INCONCLUSIVE,
    }
    assert judged(table_rows(1000, north=0.03), "design_effect").outcome is Outcome.FAIL


def test_the_distance_is_that_of_the_shares_less_the_noise():
    frame = table_rows(20_000, north=0.5)
    measurement = judged(frame).measurement
    observed = abs((frame["region"] == "north").mean() - 0.3)
    assert measurement.estimate.value == pytest.approx(observed, abs=0.002)
    # Half of the width that 20,000 rows give a share of one half, at 90 %.
    assert (measurement.estimate.high - measurement.estimate.low) / 2 == pytest.approx(
        1.645 * np.sqrt(0.25 / 20_000), rel=0.2
    )


def test_few_rows_decide_nothing():
    assert judged(table_rows(60)).outcome is Outcome.INCONCLUSIVE


def test_a_level_nobody_has_fails_and_is_named():
    judgement = judged(table_rows(500, north=0), "design_effect")
    assert judgement.outcome is Outcome.FAIL
    assert "region=north has 0.0 % of the human rows, declared 30.0 %" in judgement.message
    assert "region=north has no row: no weighting makes up for it" in judgement.message
    assert judged(table_rows(500, north=0), "under_representation").measurement.estimate.value == 1


def test_rows_of_one_person_count_as_one_witness():
    persons = table_rows(150)
    rows = pl.concat([persons.with_columns(number=pl.col("number") * 100 + copy) for copy in range(20)])
    rows = rows.with_columns(person=pl.col("number") // 100)
    each, grouped = judged(rows), judged(rows, group="person")
    width = lambda judgement: judgement.measurement.estimate.high - judgement.measurement.estimate.low  # noqa: E731
    assert width(grouped) > 3 * width(each)


def test_levels_nobody_declared_and_blank_cells_are_reported():
    frame = table_rows(1000).with_columns(
        region=pl.when(pl.col("number") < 100)
        .then(None)
        .when(pl.col("number") < 300)
        .then(pl.lit("west"))
        .otherwise("region")
    )
    judgement = judged(frame)
    assert judgement.outcome is Outcome.FAIL
    assert judgement.evidence["rows_without_a_level"] == 100
    levels = {one["level"]: one for one in judgement.evidence["levels"]}
    assert levels["region=(not declared)"] == {
        "level": "region=(not declared)", "observed": pytest.approx(2 / 9), "declared": 0.0,
    }  # fmt: skip


def test_without_declaration_it_is_not_configured_and_an_unknown_column_is_an_error():
    assert judged(table_rows(200), declared={}).outcome is Outcome.NOT_CONFIGURED
    wrong = judged(table_rows(200), declared={"regio": {"north": 1.0}})
    assert wrong.outcome is Outcome.ERROR
    assert "population declares shares of 'regio', which is no column (did you mean 'region'?)" in wrong.message


def test_no_order_of_rows_moves_the_interval():
    frame = table_rows(500)
    assert judged(frame).message == judged(frame.sample(fraction=1, shuffle=True, seed=1)).message
