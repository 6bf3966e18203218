"""Acceptance plans against published values, against scipy, and against lots that are drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gates.errors import UsageError
from gates.metrics.review.acceptance import (
    Risks,
    SinglePlan,
    accepted_when_bad,
    accepted_when_good,
    hypergeometric_cdf,
    single_plan,
)

LOTS = 500
RISKS = st.builds(
    lambda aql, times, producer, consumer: Risks(aql, min(0.9, aql * times), producer, consumer),
    st.floats(0.002, 0.2), st.floats(2, 20), st.floats(0.01, 0.2), st.floats(0.01, 0.2),
)  # fmt: skip


def test_published_plan_for_one_and_five_per_cent():
    assert single_plan(Risks(0.01, 0.05, 0.05, 0.10)) == SinglePlan(132, 3)


# For alpha = 5 % and beta = 10 %, the ratios LTPD/AQL from which 0, 1, 2 and 3 rejected rows may be accepted are 44.890,
# 10.946, 6.509 and 4.890 (Cameron, Industrial Quality Control 9 (1952) 37-39), for rare rows.
@pytest.mark.parametrize(
    ("aql", "ltpd", "acceptance"), [(0.01, 0.45, 0), (0.01, 0.11, 1), (0.01, 0.066, 2), (0.01, 0.0491, 3)]
)
def test_acceptance_number_follows_from_the_ratio_of_both_qualities(aql, ltpd, acceptance):
    assert single_plan(Risks(aql, ltpd)).acceptance == acceptance


def test_no_rejected_row_in_59_bounds_the_share_below_five_per_cent():
    assert SinglePlan(59, 0).accepted(0.05) <= 0.05 < SinglePlan(58, 0).accepted(0.05)


@settings(max_examples=60, deadline=None)
@given(RISKS, st.none() | st.integers(1, 3_000))
def test_plan_keeps_both_risks_and_no_smaller_one_does(risks, lot):
    plan = single_plan(risks, lot)

    assert accepted_when_good(plan, risks) >= 1 - risks.producer
    assert accepted_when_bad(plan, risks) <= risks.consumer
    # One row fewer breaks a risk whatever the acceptance number is.
    for acceptance in range(plan.acceptance + 2):
        smaller = SinglePlan(plan.size - 1, acceptance, lot)
        assert (
            accepted_when_good(smaller, risks) < 1 - risks.producer
            or accepted_when_bad(smaller, risks) > risks.consumer
        )


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_hypergeometric_law_is_that_of_scipy(data):
    lot = data.draw(st.integers(1, 5_000))
    marked, drawn = data.draw(st.integers(0, lot)), data.draw(st.integers(0, lot))
    hits = data.draw(st.integers(0, drawn))

    assert hypergeometric_cdf(hits, lot, marked, drawn) == pytest.approx(
        stats.hypergeom.cdf(hits, lot, marked, drawn), abs=1e-9
    )


@pytest.mark.parametrize("lot", [None, 50, 400, 5_000])
def test_operating_characteristic_falls_from_one_to_zero(lot):
    plan = single_plan(Risks(), lot)
    curve = [plan.accepted(share) for share in np.linspace(0, 1, 51)]

    assert (curve[0], curve[-1]) == (1, pytest.approx(0, abs=1e-12))
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(curve))


def test_plan_for_a_large_lot_is_that_for_one_without_end():
    assert single_plan(Risks(), 10_000_000).size == pytest.approx(132, abs=1)


@pytest.mark.parametrize("lot", [1, 2, 5, 19, 20])
def test_tiny_lot_is_reviewed_as_far_as_it_takes_and_not_beyond(lot):
    plan = single_plan(Risks(), lot)

    assert 1 <= plan.size <= lot
    assert plan.acceptance == 0


@pytest.mark.parametrize("share", [0, 0.01, 0.05, 0.1])
@pytest.mark.parametrize("lot", [None, 1_000])
def test_drawn_lots_are_accepted_as_often_as_the_characteristic_says(share, lot):
    plan, generator = single_plan(Risks(), lot), np.random.default_rng(7)
    marked = round(share * (lot or 0))
    hits = (
        generator.hypergeometric(marked, lot - marked, plan.size, LOTS)
        if lot
        else generator.binomial(plan.size, share, LOTS)
    )

    expected = plan.accepted(share)
    # Four standard deviations of a share of LOTS.
    assert abs(np.mean(hits <= plan.acceptance) - expected) <= 4 * np.sqrt(expected * (1 - expected) / LOTS) + 1e-9


@pytest.mark.parametrize(
    "wrong", [(0.05, 0.01), (0.05, 0.05), (0, 0.05), (0.01, 1), (0.01, 0.05, 0, 0.1), (0.01, 0.05, 0.6, 0.4)]
)
def test_shares_and_risks_that_make_no_plan_are_refused(wrong):
    with pytest.raises(UsageError, match="expected"):
        Risks(*wrong)
