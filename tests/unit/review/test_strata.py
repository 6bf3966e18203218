"""Strata and the order of the draw follow from content and seed, and from nothing else."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.facts import ORIGIN
from gates.metrics.review.acceptance import Risks
from gates.metrics.review.planned import ReviewPlan, ReviewRequest
from gates.review.plan import make_plan
from gates.review.strata import draw_order, shuffled, strata_of
from gates.rows.lot import Lot


def lot_of(contents, origins=None, **columns):
    """A lot whose rows say these numbers."""
    words = np.random.default_rng(0).integers(0, 2**63, (max(contents, default=0) + 1, 4), dtype=np.uint64)[contents]
    frame = pl.DataFrame(
        {ORIGIN: origins or ["human"] * len(contents), **columns}, schema_overrides=dict.fromkeys(columns, pl.String)
    )
    return Lot(frame, words, np.arange(len(contents), dtype=np.int64))


def shuffled_lot(lot, seed):
    order = np.random.default_rng(seed).permutation(len(lot))
    return Lot(lot.frame[order], lot.digests[order], np.arange(len(lot), dtype=np.int64))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(0, 2**40), st.integers(0, 1_000))
def test_same_contents_are_drawn_whatever_the_order_of_rows(contents, seed, other):
    lot = lot_of(contents)
    moved = shuffled_lot(lot, other)

    assert lot.shown(draw_order(lot, seed)) == moved.shown(draw_order(moved, seed))
    assert lot.sha256() == moved.sha256()
    assert sorted(draw_order(lot, seed).tolist()) == list(range(len(contents)))


def test_each_row_is_drawn_as_often_as_any_other_over_seeds_copies_too():
    # Rows 0 to 9 say the same, so that they must be drawn each for itself.
    lot = lot_of([0] * 10 + list(range(1, 31)))
    copies = [int((draw_order(lot, seed)[:8] < 10).sum()) for seed in range(400)]

    # Hypergeometric: 8 of 40 rows, 10 of which are copies.
    assert np.mean(copies) == pytest.approx(2, abs=0.25)
    assert np.var(copies) == pytest.approx(8 * 0.25 * 0.75 * 32 / 39, rel=0.25)


def test_seeds_draw_other_rows():
    lot = lot_of(list(range(1_000)))

    first, other = (set(draw_order(lot, seed)[:100].tolist()) for seed in (0, 1))
    assert len(first & other) < 30


def test_rows_that_are_added_leave_most_of_a_sample_as_it_was():
    lot = lot_of(list(range(1_000)))
    smaller = Lot(lot.frame[:990], lot.digests[:990], lot.row_id[:990])

    assert len({*smaller.shown(draw_order(smaller, 0)[:100])} & {*lot.shown(draw_order(lot, 0)[:100])}) >= 95


def test_small_kinds_of_rows_are_put_together_and_undeclared_rows_are_in_none():
    origins = ["human"] * 700 + ["synthetic"] * 300 + ["undeclared"] * 5
    label = ["a"] * 400 + ["b"] * 150 + ["c"] * 100 + [None] * 50 + ["a"] * 250 + ["b"] * 50 + ["a"] * 5
    generator = [None] * 700 + ["g"] * 305
    lot = lot_of(list(range(1_005)), origins, label=label, generator=generator)

    strata = {stratum.name: len(stratum.positions) for stratum in strata_of(lot, ["generator", "label"], 0)}
    assert strata == {
        "human, all others": 300,
        "human, label = a": 400,
        "synthetic, all others": 50,
        "synthetic, generator = g, label = a": 250,
    }


def test_origin_whose_kinds_are_all_small_is_one_stratum():
    lot = lot_of(list(range(150)), label=["a", "b", "c"] * 50)

    assert [(one.name, len(one.positions)) for one in strata_of(lot, ["label"], 0)] == [("human", 150)]


def test_missing_values_are_a_kind_of_their_own():
    lot = lot_of(list(range(500)), label=["a"] * 250 + [None] * 250)

    assert [one.name for one in strata_of(lot, ["label"], 0)] == ["human, label = (none)", "human, label = a"]


def test_tasks_of_strata_are_shuffled_and_each_keeps_the_order_of_its_draw():
    lot = lot_of(list(range(1_000)), ["human"] * 500 + ["synthetic"] * 500)
    plan = make_plan("rows", lot, ["rows.csv"], ReviewRequest(Risks(), (), double=0.1))
    first = [task for task in plan.tasks if task.twin is None]
    second = [task for task in plan.tasks if task.twin is not None]

    assert [task.number for task in plan.tasks] == list(range(1, len(plan.tasks) + 1))
    for number, stratum in enumerate(strata_of(lot, (), 0)):
        drawn = lot.shown(stratum.positions[: plan.strata[number].size])
        assert [task.digest for task in first if task.stratum == number] == drawn
    # Neither one stratum after the other, nor by turns.
    changes = sum(one.stratum != other.stratum for one, other in pairwise(first))
    assert 0.4 < changes / len(first) < 0.6
    assert len(second) == len(first) // 10
    by_number = {task.number: task for task in first}
    assert all((task.digest, task.row) == (by_number[task.twin].digest, by_number[task.twin].row) for task in second)
    assert ReviewPlan.from_json(plan.to_json()) == plan


def test_shuffling_is_a_permutation():
    assert sorted(shuffled(1_000, 3).tolist()) == list(range(1_000))
