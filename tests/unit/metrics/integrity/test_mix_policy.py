"""Each purpose has its own share of human rows, as the built-in suites state it."""

from __future__ import annotations

import polars as pl
import pytest

from gates.config.dataset import PURPOSES
from gates.config.sources.built_in_suites import built_in_suites
from gates.contract.suites.read import read_suite
from gates.contract.suites.suite import limits_of
from gates.metrics.catalogue import METRICS
from gates.metrics.integrity import human_ratio
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

SUITE = read_suite(built_in_suites() / "common/combined.json", {metric.expectation: metric for metric in METRICS})
ENTRIES = {
    str(entry.kwargs["purpose"]): entry for entry in SUITE.expectations if entry.type == human_ratio.METRIC.expectation
}
PASSES, WARNS, BLOCKS = "passes", "warns", "blocks"


def judged(purpose: str, human: int, synthetic: int) -> str:
    """What the built-in limits say of so many distinct rows of each origin."""
    rows = pl.DataFrame({"number": range(human + synthetic)})
    entry = ENTRIES[purpose]
    measured = human_ratio.measure(table_scan(rows[:human], rows[human:]), Scope.COMBINED, {"purpose": purpose})
    judgement = judge(measured, limits_of(entry.kwargs), entry.severity)
    if judgement.outcome is Outcome.PASS:
        return PASSES
    return (
        {Severity.CRITICAL: BLOCKS, Severity.WARNING: WARNS}[judgement.severity]
        if judgement.outcome is Outcome.FAIL
        else ""
    )


def test_every_purpose_has_its_policy_and_no_other_has_one():
    assert set(ENTRIES) == set(PURPOSES)


@pytest.mark.parametrize(
    ("purpose", "human", "says"),
    [
        ("pretrain", 0, WARNS),
        ("pretrain", 99, WARNS),
        ("pretrain", 100, PASSES),
        ("finetune", 199, BLOCKS),
        ("finetune", 200, WARNS),
        # A repeated row or two must not tip an even mixture: it warns from .49 down.
        ("finetune", 489, WARNS),
        ("finetune", 490, PASSES),
        ("preference", 499, BLOCKS),
        ("preference", 500, PASSES),
        ("evaluation", 999, BLOCKS),
        ("evaluation", 1000, PASSES),
    ],
)
def test_a_thousand_rows_are_judged_by_what_they_are_for(purpose, human, says):
    assert judged(purpose, human, 1000 - human) == says
