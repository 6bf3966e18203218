from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.scan.result import Rows
from gates.metrics.base.measurement import Failed, RowCounts
from gates.metrics.comparison.paired_draws import draws, excess


def rows(count: int, groups: int | None = None, start: int = 0) -> Rows:
    digest = np.arange(start, start + count, dtype=np.uint64)
    group = digest % np.uint64(groups) if groups else digest
    frame = pl.DataFrame({"x": digest.astype(np.int64)})
    return Rows(frame, digest.astype(np.int64), digest, group, np.full(count, ""), count)


def test_a_draw_takes_three_equal_parts_and_two_disjoint_human_halves():
    for draw in draws(rows(101), rows(400), seed=3, count=20):
        assert len(draw.human_a) == len(draw.human_b) == len(draw.synthetic) == 50
        assert not set(draw.human_a) & set(draw.human_b)


def test_few_synthetic_rows_are_halved_too_so_that_their_noise_shows():
    drawn = draws(rows(1000), rows(60), seed=3, count=20)

    assert {len(draw.synthetic) for draw in drawn} == {30}
    assert len({tuple(sorted(draw.synthetic)) for draw in drawn}) > 1


def test_rows_of_one_group_stay_in_one_half():
    human = rows(600, groups=20)

    for draw in draws(human, rows(600), seed=1, count=20):
        assert not set(human.group[draw.human_a]) & set(human.group[draw.human_b])


def test_a_single_group_cannot_be_halved():
    assert draws(rows(100, groups=1), rows(100), seed=1, count=5) == []


def test_the_same_seed_gives_the_same_draws():
    first, second = (draws(rows(50), rows(50), seed=9, count=3) for _ in range(2))

    assert all(np.array_equal(a.human_a, b.human_a) for a, b in zip(first, second, strict=True))


def test_excess_subtracts_within_each_draw():
    estimate = excess(np.array([0.3, 0.4, 0.5]), np.array([0.1, 0.2, 0.3]), RowCounts(10, 10))

    assert estimate.estimate is not None
    assert estimate.estimate.value == pytest.approx(0.2)
    assert estimate.baseline.value == pytest.approx(0.2)


def test_excess_without_draws_or_with_nan_is_no_number():
    assert isinstance(excess(np.empty(0), np.empty(0), RowCounts(1, 1)), Failed)
    assert isinstance(excess(np.array([np.nan]), np.array([0.0]), RowCounts(1, 1)), Failed)


def distances_of(rng: np.random.Generator, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Total variation distances of fifty draws of halves: 400 rows of a law of twelve levels against 400 with these shares."""
    human, synthetic = rng.integers(0, 12, 400), rng.choice(12, 400, p=shares)
    cross, null = [], []
    for _ in range(50):
        order, made = rng.permutation(400), rng.permutation(400)[:200]
        one, other, theirs = (
            np.bincount(half, minlength=12) / 200 for half in (human[order[:200]], human[order[200:]], synthetic[made])
        )
        cross.append(np.abs(one - theirs).sum() / 2)
        null.append(np.abs(one - other).sum() / 2)
    return np.array(cross), np.array(null)


@pytest.mark.parametrize("moved", [0.0, 0.1])
def test_an_excess_of_all_rows_is_known_better_than_that_of_halves_and_as_well_as_it_says(moved):
    shares = np.full(12, 1 / 12)
    shares[:2] += np.array([moved, -moved]) * 0.8
    rows = RowCounts(400, 400)
    made = [distances_of(np.random.default_rng(seed), shares) for seed in range(60)]
    estimates = [excess(*draw, rows).estimate for draw in made]
    middle = np.mean([estimate.value for estimate in estimates])

    covering = sum(estimate.low <= middle <= estimate.high for estimate in estimates)
    widths = [estimate.high - estimate.low for estimate in estimates]
    of_halves = [np.ptp(np.percentile(cross - null, (5, 95))) for cross, null in made]
    # Nine in ten, and what sixty runs say of that.
    assert covering >= 60 * 0.8
    assert np.mean(widths) < 0.9 * np.mean(of_halves)
