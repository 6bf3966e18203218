"""Comparisons of rows that come in few large groups, such as the days of a series, or that say nothing."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.data.scan.result import Rows
from gates.data.text.features import text_features
from gates.metrics.base.measurement import Limits
from gates.metrics.comparison.classifiers import Table, one_thread
from gates.metrics.comparison.clustered_auc import cross_validated_area
from gates.metrics.comparison.paired_draws import draws
from gates.metrics.fidelity import distributions
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import SERIES_ROLES, readings
from tests.tables import table_scan


def rows_of(groups: int, size: int) -> Rows:
    """`groups` groups of `size` rows each."""
    count = groups * size
    group = np.repeat(np.arange(groups, dtype=np.uint64), size)
    frame = pl.DataFrame({"x": np.arange(count)})
    return Rows(frame, np.arange(count), np.arange(count, dtype=np.uint64), group, np.full(count, ""), count)


def test_thinned_draws_take_rows_of_every_group_of_a_half_and_part_none():
    human = rows_of(groups=20, size=300)

    made = draws(human, human, seed=1, count=5, at_most=500)

    for draw in made:
        assert [len(draw.human_a), len(draw.human_b), len(draw.synthetic)] == [500, 500, 500]
        first, second = (set(human.group[part].tolist()) for part in (draw.human_a, draw.human_b))
        assert (len(first), len(second), first & second) == (10, 10, set())


def test_draws_of_single_rows_and_whole_halves_are_what_they_were():
    single, grouped = rows_of(groups=400, size=1), rows_of(groups=4, size=100)

    assert {len(draw.human_a) for draw in draws(single, single, seed=1, count=3, at_most=50)} == {50}
    assert {len(draw.human_a) for draw in draws(grouped, grouped, seed=1, count=3)} == {200}


def test_two_groups_of_each_side_can_be_halved_and_one_gives_no_number():
    labels = np.repeat(np.array([0, 1], dtype=np.int8), 300)
    model = Table(labels[:, None].astype(float), ("x",), np.array([False]))
    four, two = np.arange(600, dtype=np.uint64) // 150, labels.astype(np.uint64)

    with one_thread():
        areas = [cross_validated_area(model, np.arange(600), labels, four, seed) for seed in range(6)]

    assert [area and area.value for area in areas] == [1.0] * 6
    assert cross_validated_area(model, np.arange(600), labels, two, 0) is None


def test_text_without_words_has_no_infinite_feature():
    frame = text_features(pl.Series(["\n\n", " ", "", "Two words."]))

    assert frame.select(pl.all().is_infinite().any()).row(0) == (False,) * frame.width


def test_days_are_units_among_the_same_sensors_and_sensors_among_others():
    human_rows, same = readings(4, 3, 1), readings(4, 3, 2)
    others = same.with_columns(entity=pl.format("other {}", pl.col("entity")))
    alone = pl.col("entity") == "sensor 0"

    def units(human: pl.DataFrame, synthetic: pl.DataFrame) -> int:
        roles = {"group": "entity", "group_by_day": "timestamp", "bound": SERIES_ROLES}
        return len(np.unique(table_scan(human, synthetic, **roles).human.group))

    assert (units(human_rows, same), units(human_rows, others)) == (4 * 3, 4)
    # Of one sensor nobody knows how far sensors lie apart.
    assert units(human_rows.filter(alone), others) == 3


def noisy(rows: int, seed: int, shift: float) -> pl.DataFrame:
    """A column of two hundred values, in which any two halves lie far apart, beside one of numbers."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {"shop": [f"shop {at}" for at in rng.integers(0, 200, rows)], "paid": rng.normal(shift, 1, rows)}
    )


def test_a_column_of_many_values_hides_no_shift_of_another():
    scan = table_scan(noisy(400, 1, 0.0), noisy(400, 2, 0.6))

    measured = distributions.measure(scan, Scope.COMBINED, {})

    assert judge(measured, Limits(max_value=0.05), Severity.CRITICAL).outcome is Outcome.FAIL
    assert measured.note.startswith("worst column 'paid'")


def test_the_column_of_groups_is_not_compared_and_hides_nothing():
    def people(seed: int, shift: float) -> pl.DataFrame:
        who = [f"{seed} person {at // 10}" for at in range(400)]
        return noisy(400, seed, shift).with_columns(person=pl.Series(who))

    measured = distributions.measure(table_scan(people(1, 0.0), people(2, 0.6), group="person"), Scope.COMBINED, {})

    assert judge(measured, Limits(max_value=0.05), Severity.CRITICAL).outcome is Outcome.FAIL
    assert "person" in measured.evidence["not_compared"]
