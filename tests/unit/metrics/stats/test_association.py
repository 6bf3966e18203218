from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from scipy.stats.contingency import association

from gates.metrics.stats.association import (
    LevelColumn,
    RankedColumn,
    correlation,
    correlation_ratio,
    cramers_v,
    midranks,
)

RNG = np.random.default_rng(7)


def ranked(values) -> RankedColumn:
    return RankedColumn.of(values.astype(float))


def levels(codes, size: int) -> LevelColumn:
    return LevelColumn.of(codes, size)


def test_correlation_of_midranks_is_spearmans():
    first, second = RNG.integers(0, 9, 400), RNG.integers(0, 5, 400)

    estimate = correlation(
        ranked(midranks(first.astype(np.int32), 9)), ranked(midranks((first + second).astype(np.int32), 14))
    )

    assert estimate == pytest.approx(spearmanr(first, first + second).statistic, abs=1e-12)


def test_bias_correction_takes_cramers_v_of_independent_columns_to_zero():
    first, second = RNG.integers(0, 10, (2, 500)).astype(np.int32)
    table = np.bincount(first * 10 + second, minlength=100).reshape(10, 10)

    assert association(table, method="cramer") > 0.1
    assert cramers_v(levels(first, 10), levels(second, 10)) < 0.05


def test_a_column_determines_itself():
    column = RNG.integers(0, 4, 1000).astype(np.int32)

    assert cramers_v(levels(column, 4), levels(column, 4)) == pytest.approx(1.0)
    assert correlation_ratio(levels(column, 4), ranked(column)) == pytest.approx(1.0)


def test_a_constant_column_is_associated_with_nothing():
    constant, other = np.zeros(100, dtype=np.int32), RNG.integers(0, 4, 100).astype(np.int32)

    assert cramers_v(levels(constant, 1), levels(other, 4)) == 0.0
    assert correlation_ratio(levels(constant, 1), ranked(other)) == 0.0
    assert correlation(ranked(constant), ranked(other)) == 0.0


def test_levels_without_influence_explain_nothing_on_average():
    category, number = RNG.integers(0, 40, 2000).astype(np.int32), RNG.normal(size=2000)

    assert correlation_ratio(levels(category, 40), ranked(number)) < 0.1
