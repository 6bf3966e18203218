"""Raking reaches the declared shares, or says why it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from gates.metrics.stats.raking import Margin, UnreachableError, design_effect, rake

# Two dimensions of two levels, all four combinations there.
SEX = Margin("sex", np.array([0.5, 0.5]), np.array([0, 0, 1, 1]), ("f", "m"))
AGE = Margin("age", np.array([0.3, 0.7]), np.array([0, 1, 0, 1]), ("old", "young"))
TIMES = np.array([40.0, 10.0, 20.0, 30.0])


def shares(times, weights, margin):
    weighted = np.bincount(margin.level, weights=times * weights, minlength=len(margin.shares))
    return weighted / weighted.sum()


def test_both_margins_are_met_and_weights_have_mean_one():
    weights = rake(TIMES, [SEX, AGE])
    assert shares(TIMES, weights, SEX) == pytest.approx(SEX.shares, abs=1e-4)
    assert shares(TIMES, weights, AGE) == pytest.approx(AGE.shares, abs=1e-4)
    assert (TIMES * weights).sum() / TIMES.sum() == pytest.approx(1)


def test_raking_keeps_the_odds_ratios_of_the_sample():
    weighted = TIMES * rake(TIMES, [SEX, AGE])
    assert weighted[0] * weighted[3] / (weighted[1] * weighted[2]) == pytest.approx(40 * 30 / (10 * 20))


def test_one_margin_gives_declared_over_observed_share():
    weights = rake(np.array([80.0, 20.0]), [Margin("sex", np.array([0.5, 0.5]), np.array([0, 1]), ("f", "m"))])
    assert weights == pytest.approx([0.625, 2.5])
    assert design_effect(np.array([80.0, 20.0]), weights) == pytest.approx(0.25 / 0.8 + 0.25 / 0.2)


def test_shares_that_are_met_already_cost_nothing():
    even = np.array([15.0, 35.0, 15.0, 35.0])
    assert design_effect(even, rake(even, [SEX, AGE])) == pytest.approx(1)


def test_a_level_without_a_row_cannot_be_weighted():
    with pytest.raises(UnreachableError, match="sex=m has no row: no weighting makes up for it"):
        rake(np.array([40.0, 10.0, 0.0, 0.0]), [SEX, AGE])


def test_margins_that_contradict_the_combinations_there_are_refused():
    only_old_women_and_young_men = np.array([50.0, 0.0, 0.0, 50.0])
    with pytest.raises(UnreachableError, match="no weights give the shares of 'sex' and 'age' together"):
        rake(only_old_women_and_young_men, [SEX, AGE])


def test_rows_of_undeclared_levels_get_no_weight():
    margin = Margin("sex", np.array([0.5, 0.5, 0.0]), np.array([0, 1, 2]), ("f", "m", "(not declared)"))
    assert rake(np.array([50.0, 50.0, 20.0]), [margin]) == pytest.approx([1.2, 1.2, 0])
