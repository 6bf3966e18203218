"""A model of thousands of columns sees some of them in each fit, and what tells is among these."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gates.metrics.comparison.classifiers import COLUMNS_A_FIT, Table, one_thread
from gates.metrics.comparison.clustered_auc import cross_validated_area
from gates.metrics.comparison.column_choice import chosen_columns, coarse_codes, strongest

ROWS = 400
LABELS = np.repeat(np.array([0, 1], dtype=np.int8), ROWS // 2)
GROUPS = np.arange(ROWS, dtype=np.uint64)


def table(columns: int, seed: int = 0) -> Table:
    """Numbers and categories in turn, that say nothing of the labels."""
    rng = np.random.default_rng(seed)
    categorical = np.arange(columns) % 2 == 1
    values = np.where(categorical, rng.integers(0, 4, (ROWS, columns)), rng.normal(size=(ROWS, columns)))
    return Table(values, tuple(f"c{at}" for at in range(columns)), categorical)


def area(model: Table) -> float:
    with one_thread():
        return cross_validated_area(model, np.arange(ROWS), LABELS, GROUPS, 3).value


@pytest.mark.parametrize(("column", "shift"), [(1998, 2), (1999, 3)])
def test_one_of_two_thousand_columns_that_tells_is_seen(column, shift):
    model = table(2000)
    model.values[LABELS == 1, column] += shift

    assert area(model) > 0.85


def test_columns_that_say_nothing_tell_nothing_though_the_best_are_chosen():
    areas = [area(table(2000, seed)) for seed in range(3)]

    # Chosen on the rows that are tested, the best hundred of two thousand give .7 and more.
    assert abs(np.mean(areas) - 0.5) < 0.06, areas


def test_a_fit_of_many_columns_costs_little_more_than_one_of_few():
    def seconds(model: Table) -> float:
        model.fit(np.arange(ROWS), LABELS)
        start = time.process_time()
        with one_thread():
            for _ in range(3):
                model.fit(np.arange(ROWS), LABELS)
        return time.process_time() - start

    # All columns took ten times as long.
    assert seconds(table(4000)) < 6 * seconds(table(COLUMNS_A_FIT))


def test_half_of_the_columns_are_those_that_go_with_the_labels_and_constant_or_missing_ones_go_last():
    model = table(300)
    model.values[:, :20] = np.nan
    model.values[:, 20:40] = 7
    model.values[:, 40] = LABELS
    codes = coarse_codes(model.values, model.categorical)

    chosen = chosen_columns(codes, LABELS, 20)

    assert (len(chosen), len(np.unique(chosen)), 40 in chosen) == (20, 20, True)
    assert set(codes[:, 0].tolist()) == {8}
    assert len(set(codes[:, 40].tolist())) == 2
    # The same columns are drawn whatever the labels are.
    others = chosen_columns(codes, LABELS[::-1].copy(), 20)
    assert len(np.intersect1d(chosen, others)) >= 10


def test_a_number_takes_the_code_of_its_eighth():
    codes = coarse_codes(np.arange(80, dtype=np.float64)[:, None], np.array([False]))

    assert np.bincount(codes[:, 0]).tolist() == [10] * 8


def test_a_column_that_has_no_value_among_the_rows_of_a_fit_tells_nothing():
    model = table(4)
    model.values[:, 2] = np.nan
    model.values[0, 2] = 1.0

    assert 0.35 < area(model) < 0.65


@pytest.mark.parametrize("count", [0, 1, 7, 299, 300, 400])
def test_strongest_are_the_first_of_all_in_order(count):
    # Few values, so that many are equal.
    strengths = np.random.default_rng(count).integers(0, 9, 300) / 8

    assert strongest(strengths, count).tolist() == np.argsort(-strengths, kind="stable")[:count].tolist()
