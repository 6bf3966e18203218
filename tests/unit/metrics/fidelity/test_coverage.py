"""Corners that synthetic rows leave out are measured and named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.base.measurement import Limits
from gates.metrics.comparison.distances import ROWS_AT_ONCE, Points, distances, points_of
from gates.metrics.comparison.encoding import coded
from gates.metrics.fidelity.coverage import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import text_scan
from tests.tables import table_scan


def table_rows(count: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    region = rng.choice(["north", "south", "west"], count, p=[0.5, 0.3, 0.2])
    age = rng.normal(40, 12, count) + 30 * (region == "west")
    income = age * 1000 + rng.normal(0, 6000, count)
    return pl.DataFrame({"region": region, "age": age, "income": income})


def measured(human: pl.DataFrame, synthetic: pl.DataFrame, kind: str = "coverage", **roles: object):
    return measure(table_scan(human, synthetic, **roles), Scope.COMBINED, {"kind": kind})


def outcome(human: pl.DataFrame, synthetic: pl.DataFrame) -> Outcome:
    return judge(measured(human, synthetic), Limits(min_value=0.9), Severity.WARNING).outcome


@pytest.mark.parametrize("kind", ["precision", "recall", "density", "coverage"])
def test_fresh_human_rows_cover_what_human_rows_cover(kind):
    measurement = measured(table_rows(1500, 1), table_rows(1500, 2), kind)

    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(1, abs=0.05)
    assert abs(measurement.evidence["unique_human_mass"]) < 0.02


def test_a_corner_left_out_fails_and_its_slice_is_named():
    human, synthetic = table_rows(1500, 1), table_rows(2500, 2).filter(pl.col("region") != "west")

    measurement = measured(human, synthetic, slices=("region",))

    assert outcome(human, table_rows(1500, 3)) is Outcome.PASS
    assert outcome(human, synthetic) is Outcome.FAIL
    assert next(iter(measurement.evidence["unique_human_mass_by_level"])) == "region=west"
    assert "most in region=west" in measurement.note
    assert measurement.evidence["unique_human_mass"] == pytest.approx(0.2, abs=0.06)


def test_rows_in_one_place_are_precise_and_cover_nothing():
    human = table_rows(800, 1)
    mean = table_rows(800, 2).with_columns(
        region=pl.lit("north"), age=40 + pl.col("age") / 100, income=40_000 + pl.col("age")
    )

    precision, coverage = (measured(human, mean, kind).estimate for kind in ("precision", "coverage"))

    assert precision.value > 1
    assert coverage.high < 0.2


def test_too_few_rows_are_inconclusive():
    assert "balls of 5 neighbours need 12 rows" in measured(table_rows(10, 1), table_rows(10, 2)).reason
    assert outcome(table_rows(60, 1), table_rows(60, 2)) is Outcome.INCONCLUSIVE


def test_missing_numbers_lie_at_the_mean_and_missing_columns_decide_nothing():
    human, synthetic = table_rows(600, 1), table_rows(600, 2)
    holes = pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise(pl.col("age")).alias("age")

    assert measured(human.with_columns(holes), synthetic.with_columns(holes)).estimate.value > 0.95
    nothing = pl.DataFrame({"a": pl.Series([None] * 300, dtype=pl.String)})
    assert "no column can be compared" in measured(nothing, nothing).reason


def test_texts_are_compared_by_their_features():
    short, long = (
        [" ".join(f"word{(row * 7 + place) % 97}" for place in range(size + row % 9)) for row in range(300)]
        for size in (6, 60)
    )
    measurement = measure(
        text_scan([*short, *long], short[:150] + [f"{text} so" for text in short]), Scope.COMBINED, {"kind": "coverage"}
    )

    assert measurement.estimate.high < 0.9


def test_distances_are_exact_and_count_categories_once():
    human = pl.DataFrame({"a": [0.0, 2.0, None], "b": ["x", "y", "x"]})
    codes = coded(table_scan(human, human))
    points = points_of(codes.human, codes.human)[1]
    order = np.argsort(codes.human.frame["a"].fill_null(1).to_numpy())

    assert distances(points, points)[np.ix_(order, order)].tolist() == [
        [0, 1, np.sqrt(5)], [1, 0, np.sqrt(2)], [np.sqrt(5), np.sqrt(2), 0]
    ]  # fmt: skip


@pytest.mark.parametrize(("numbers", "levels"), [(3, 2), (3, 0), (0, 2)])
@pytest.mark.parametrize("rows", [1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 1])
def test_many_distances_at_once_are_those_of_single_rows(numbers, levels, rows):
    rng = np.random.default_rng(rows)
    sides = [
        Points(rng.normal(size=(size, numbers)), rng.integers(0, 3, (size, levels)).astype(np.float64))
        for size in (rows, 40)
    ]

    apart = distances(*sides)

    assert apart.shape == (rows, 40)
    for row in range(rows):
        assert apart[row].tolist() == distances(sides[0].take(np.array([row])), sides[1])[0].tolist()
        unequal = (sides[0].levels[row] != sides[1].levels).sum(axis=1)
        expected = np.sqrt(((sides[0].numbers[row] - sides[1].numbers) ** 2).sum(axis=1) + unequal)
        assert apart[row] == pytest.approx(expected)


def test_of_rows_that_extend_the_stratum_that_is_covered_worst_is_shown():
    human, synthetic = table_rows(3000, 1), table_rows(3000, 2)
    # The young of the south are missing; all others are covered as well as human rows cover them.
    synthetic = synthetic.filter(~((pl.col("region") == "south") & (pl.col("age") < 40)))
    request = ScanRequest(declared=Declarations(extends_human_law=True))

    measurement = measure(
        table_scan(human, synthetic, request=request, label="region"), Scope.COMBINED, {"kind": "coverage"}
    )

    assert measurement.note.startswith("within region=south")
    assert measurement.estimate == min(
        (part.measurement.estimate for part in measurement.parts.values()), key=lambda one: one.low
    )
    # The map has all rows, whichever stratum is shown.
    assert sum(count or 0 for line in measurement.evidence["map"]["human"] for count in line) > 2500
