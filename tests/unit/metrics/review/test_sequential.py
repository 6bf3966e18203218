"""Wald's test against published values, against its own exact law, and against lots that are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.metrics.review.acceptance import Risks, SinglePlan, single_plan
from gates.metrics.review.sequential import LotDecision, SequentialPlan, curtailed, tightened, tightening

LOTS = 500


def plan_for(lot=None):
    return SequentialPlan(Risks(), single_plan(Risks(), lot))


def test_lines_of_the_handbook():
    # NIST/SEMATECH e-Handbook of Statistical Methods, 6.2.6: p1 = .01, p2 = .10, alpha = .05, beta = .10; accept after 24
    # rows without a rejected one, reject after two rows that both are, three among 46.
    plan = SequentialPlan(Risks(0.01, 0.10, 0.05, 0.10), SinglePlan(200, 40))

    assert [plan.decide(reviewed, 0) for reviewed in (23, 24)] == [LotDecision.OPEN, LotDecision.ACCEPT]
    assert [plan.decide(1, 1), plan.decide(2, 2)] == [LotDecision.OPEN, LotDecision.REJECT]
    assert [plan.decide(19, 2), plan.decide(21, 2), plan.decide(45, 3)] == [
        LotDecision.REJECT,
        LotDecision.OPEN,
        LotDecision.REJECT,
    ]


def test_no_rejected_row_among_55_accepts_and_two_at_once_reject():
    plan = plan_for()

    assert plan.follow([False] * 132) == (LotDecision.ACCEPT, 55)
    assert plan.follow([True, True]) == (LotDecision.REJECT, 2)
    assert plan.follow([False] * 54) == (LotDecision.OPEN, 54)


def test_rows_on_average_are_fewer_than_those_of_the_single_plan():
    plan = plan_for()

    at_good, at_bad = (plan.characteristic(share) for share in (0.01, 0.05))
    assert at_good.rows == pytest.approx(77.3, abs=0.1)
    assert at_bad.rows == pytest.approx(62.1, abs=0.1)
    # What the end adds to the nominal 10 %.
    assert at_bad.accepted == pytest.approx(0.134, abs=0.001)
    assert at_good.accepted >= 0.95


def wald_rows(risks, share):
    """Wald's approximation of the rows that a test without an end takes on average, for a lot without an end; 1947, section 5.5."""
    accepting = 1 - risks.producer if share == risks.aql else risks.consumer
    low = math.log(risks.consumer / (1 - risks.producer))
    high = math.log((1 - risks.consumer) / risks.producer)
    hit, miss = math.log(risks.ltpd / risks.aql), math.log((1 - risks.ltpd) / (1 - risks.aql))
    return (accepting * low + (1 - accepting) * high) / (share * hit + (1 - share) * miss)


@pytest.mark.parametrize("share", ["aql", "ltpd"])
def test_rows_on_average_are_near_what_wald_has_for_a_test_without_end(share):
    # He leaves out by how much a rejected row passes a line, which is little where both qualities are near each other.
    risks = Risks(0.1, 0.13)
    endless = SequentialPlan(risks, SinglePlan(5_000, 575))

    exact = endless.characteristic(getattr(risks, share))
    assert exact.rows == pytest.approx(wald_rows(risks, getattr(risks, share)), rel=0.08)
    assert exact.accepted == pytest.approx({"aql": 1 - risks.producer, "ltpd": risks.consumer}[share], abs=0.012)


@settings(max_examples=25, deadline=None)
@given(
    st.none() | st.integers(1, 1_000),
    st.builds(lambda aql, times: Risks(aql, min(0.9, aql * times)), st.floats(0.01, 0.1), st.floats(3, 10)),
)
def test_tightened_plan_keeps_both_risks_exactly(lot, risks):
    plan = tightened(risks, tightening(risks, lot), lot)

    assert plan.characteristic(risks.good_share(lot)).accepted >= 1 - risks.producer
    assert plan.characteristic(risks.bad_share(lot)).accepted <= risks.consumer


def test_tightened_plan_takes_fewer_rows_than_the_single_one_where_it_matters():
    risks = Risks()
    plan = tightened(risks, tightening(risks))

    assert plan.last == SinglePlan(172, 4)
    assert [round(plan.characteristic(share).rows) for share in (0, 0.01, 0.05)] == [66, 97, 77]


@pytest.mark.parametrize("share", [0, 0.01, 0.05, 0.1])
@pytest.mark.parametrize("lot", [None, 1_000])
def test_drawn_lots_are_decided_as_the_characteristic_says(share, lot):
    plan, generator = plan_for(lot), np.random.default_rng(11)
    decided = []
    for _ in range(LOTS):
        rows = (
            generator.permutation(np.arange(lot) < round(share * lot))[: plan.last.size]
            if lot
            else generator.random(plan.last.size) < share
        )
        decided.append(plan.follow(rows.tolist()))

    accepted = np.array([decision is LotDecision.ACCEPT for decision, _ in decided])
    rows = np.array([count for _, count in decided], dtype=float)
    expected = plan.characteristic(share)
    assert {decision for decision, _ in decided} <= {LotDecision.ACCEPT, LotDecision.REJECT}
    assert (
        abs(accepted.mean() - expected.accepted)
        <= 4 * np.sqrt(expected.accepted * (1 - expected.accepted) / LOTS) + 1e-9
    )
    assert abs(rows.mean() - expected.rows) <= 4 * rows.std() / np.sqrt(LOTS) + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_curtailed_plan_never_contradicts_the_whole_sample(seed):
    plan, generator = single_plan(Risks()), np.random.default_rng(seed)
    rows = generator.random(plan.size) < generator.choice([0.01, 0.03, 0.06])

    whole = LotDecision.ACCEPT if rows.sum() <= plan.acceptance else LotDecision.REJECT
    early = [curtailed(plan, count, int(rows[:count].sum())) for count in range(1, plan.size + 1)]
    assert set(early) <= {LotDecision.OPEN, whole}
    assert early[-1] is whole
