"""Intervals against values published in Newcombe, Statistics in Medicine 17 (1998), 857-872 and 873-890."""

from __future__ import annotations

import math

import pytest

from gates.metrics.stats.intervals import clopper_pearson, difference, ratio_difference, wilson


def test_exact_interval_matches_newcombes_table():
    estimate = clopper_pearson(81, 263, confidence=0.95)

    assert (round(estimate.low, 4), round(estimate.high, 4)) == (0.2527, 0.3676)


def test_score_interval_matches_newcombes_table():
    estimate = wilson(81, 263, confidence=0.95)

    assert (round(estimate.low, 4), round(estimate.high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((0, 10, 0, 20), -0.1611, 0.2775),
    ],
)
def test_difference_of_ratios_matches_newcombes_method_10(counts, low, high):
    estimate = ratio_difference(*counts, confidence=0.95)

    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


def test_no_hits_among_3000_rows_bound_the_ratio_by_a_thousandth():
    assert clopper_pearson(0, 3000).high < 0.001 < clopper_pearson(0, 2900).high


def test_no_rows_give_nan_and_never_a_pass():
    assert all(
        math.isnan(estimate.value) for estimate in (clopper_pearson(0, 0), wilson(0, 0), ratio_difference(0, 0, 1, 2))
    )


def test_difference_of_exact_bounds_is_wider_than_the_score_interval():
    exact, score = difference(clopper_pearson(5, 100), clopper_pearson(1, 100)), ratio_difference(5, 100, 1, 100)

    assert exact.low < score.low < score.high < exact.high
