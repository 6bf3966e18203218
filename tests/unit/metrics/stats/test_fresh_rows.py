"""The share of rows drawn anew that equal one of a sample is known from how often the sample's own rows repeat."""

from __future__ import annotations

import numpy as np
import pytest

from gates.metrics.stats.coincidence import share_seen, written_once

CELLS = 4000


def drawn(rng: np.random.Generator, size: int, skew: float) -> np.ndarray:
    return (CELLS * rng.random(size) ** skew).astype(int)


@pytest.mark.parametrize("skew", [1, 3])
@pytest.mark.parametrize(("size", "anew"), [(1000, 300), (1000, 1000), (60, 60)])
def test_the_share_of_distinct_rows_drawn_anew_lies_within_the_bounds_or_below(size, anew, skew):
    rng, above, low = np.random.default_rng(1), 0, 0
    for _ in range(200):
        sample, fresh = drawn(rng, size, skew), np.unique(drawn(rng, anew, skew))
        share = share_seen(np.bincount(np.unique(sample, return_counts=True)[1]), len(fresh))
        seen = np.isin(fresh, sample).mean()
        above += seen > share.high + 2 * np.sqrt(seen / len(fresh))
        low += share.low > seen + 0.1
    assert above <= 4
    assert low <= 10


def test_a_sample_without_repeats_has_the_exact_bound_of_none():
    share = share_seen(np.array([0, 500]), 400)

    assert (share.value, share.low, round(share.high, 4)) == (0, 0, 0.006)


def test_a_sample_written_twice_counts_once():
    assert written_once(np.array([0, 0, 90, 0, 10])).tolist() == [0, 90, 10]
    assert written_once(np.array([0, 0, 9])).tolist() == [0, 0, 9]
    assert written_once(np.array([0, 5, 90])).tolist() == [0, 5, 90]
