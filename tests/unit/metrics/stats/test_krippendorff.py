"""Agreement beyond chance reproduces the tables that were published, and kappa by another hand."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score

from gates.metrics.stats.krippendorff import Level, agreement_between, krippendorff_alpha, squared_distances

# Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C: four observers, twelve units.
FOUR_OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# The same, section A: two observers, binary data; section B: two observers, nominal data.
BINARY = ("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
NOMINAL = ("a a b b d c c c e d d a", "b a b b b c c c e d d d")


def counts_of(observers):
    """Units x values, units with a pair only, and the values' marginals."""
    table = np.array([row.split() for row in observers])
    words = sorted(set(table[table != "."]))
    counts = np.array([[(unit == word).sum() for word in words] for unit in table.T], dtype=float)
    return words, counts[counts.sum(axis=1) > 1]


def alpha(observers, level):
    words, counts = counts_of(observers)
    values = np.array([float(word) if word.isdigit() else place for place, word in enumerate(words)], dtype=float)
    distance = squared_distances(level, values, counts.sum(axis=0))
    return float(krippendorff_alpha(counts, distance, np.ones((1, len(counts))))[0])


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_four_observers_with_missing_ratings_agree_as_published(level, published):
    assert round(alpha(FOUR_OBSERVERS, level), 3) == published


def test_two_observers_agree_as_published():
    assert [round(alpha(BINARY, level), 3) for level in ("nominal", "interval")] == [0.095, 0.095]
    assert round(alpha(NOMINAL, "nominal"), 3) == 0.692


def test_units_drawn_twice_count_twice_and_units_left_out_do_not_count():
    words, counts = counts_of(FOUR_OBSERVERS)
    times = np.array([[2, 0, 1, 3, 0, 1, 1, 1, 0, 1, 1]], dtype=float)
    for level in get_args(Level):
        distance = squared_distances(level, np.array(words, dtype=float), counts.sum(axis=0))
        copied = np.repeat(counts, times[0].astype(int), axis=0)
        drawn = krippendorff_alpha(counts, distance, times)
        assert drawn == pytest.approx(krippendorff_alpha(copied, distance, np.ones((1, len(copied)))))


def test_equal_ratings_everywhere_leave_nothing_beyond_chance():
    counts = np.array([[3.0, 0.0], [2.0, 0.0]])
    assert np.isnan(
        krippendorff_alpha(counts, squared_distances("nominal", np.arange(2.0), counts.sum(axis=0)), np.ones((1, 2)))
    )


def test_two_single_raters_agree_as_cohens_kappa_has_it():
    rng = np.random.default_rng(5)
    one = rng.integers(0, 4, 300)
    other = np.where(rng.random(300) < 0.6, one, rng.integers(0, 4, 300))
    shares = [np.eye(4)[labels] for labels in (one, other)]
    times = np.ones((1, 300))
    values = np.arange(4.0)
    nominal = agreement_between(*shares, squared_distances("nominal", values, np.ones(4)), times)
    quadratic = agreement_between(*shares, squared_distances("interval", values, np.ones(4)), times)

    assert nominal[0] == pytest.approx(cohen_kappa_score(one, other))
    assert quadratic[0] == pytest.approx(cohen_kappa_score(one, other, weights="quadratic"))


def test_no_rater_order_moves_alpha():
    assert alpha(FOUR_OBSERVERS, "ordinal") == alpha(FOUR_OBSERVERS[::-1], "ordinal")


def test_ordinal_distances_are_the_marginals_between_two_ranks():
    distance = squared_distances("ordinal", np.arange(3.0), np.array([9.0, 13.0, 10.0]))
    assert pl.DataFrame(distance).rows() == [
        (0.0, 11.0**2, 22.5**2),
        (11.0**2, 0.0, 11.5**2),
        (22.5**2, 11.5**2, 0.0),
    ]
