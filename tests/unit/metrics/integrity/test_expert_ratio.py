"""A critical domain has the human and expert rows that are demanded, or fails by name."""

from __future__ import annotations

import polars as pl

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.base.measurement import Limits
from gates.metrics.integrity import expert_ratio
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

ROLES = frozenset({"domain", "expertise"})
DEMAND = {"medical": {"human": 0.5, "expert": 0.2}}


def rows(counts: dict[tuple[str, str | None], int], first: int = 0) -> pl.DataFrame:
    flat = [(domain, word) for (domain, word), count in counts.items() for _ in range(count)]
    frame = pl.DataFrame(flat, schema={"domain": pl.String, "expertise": pl.String}, orient="row")
    return frame.with_columns(text=pl.int_range(first, first + len(flat)).cast(pl.String))


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, demand=DEMAND, bound: frozenset[str] = ROLES):
    scan = table_scan(
        human, synthetic, request=ScanRequest(declared=Declarations(critical_domains=demand)), bound=bound
    )
    return judge(expert_ratio.measure(scan, Scope.COMBINED, {}), Limits(min_value=1), Severity.CRITICAL)


HUMAN_ROWS = rows({("medical", "Expert"): 30, ("medical", "crowd"): 40, ("food", "crowd"): 5})
MADE = rows({("medical", None): 30, ("food", None): 500}, first=1000)


def test_enough_human_rows_and_experts_pass():
    judgement = judged(HUMAN_ROWS, MADE)
    assert (judgement.outcome, judgement.message) == (
        Outcome.PASS,
        "1.4, at least 1; medical: 70.0 % of 100 rows are human, demanded 50.0 %",
    )
    assert judgement.evidence == {
        "domains": {"medical": {"rows": 100, "human": 0.7, "expert": 0.3}},
        "rows_without_domain": 0,
    }


def test_too_few_experts_fail_though_human_rows_suffice():
    judgement = judged(HUMAN_ROWS.with_columns(expertise=pl.lit("crowd")), MADE)
    assert judgement.outcome is Outcome.FAIL
    assert "medical: 0.0 % of 100 rows are by experts, demanded 20.0 %" in judgement.message


def test_too_few_human_rows_fail_though_experts_suffice():
    judgement = judged(HUMAN_ROWS[:30], rows({("medical", None): 90}, first=1000))
    assert judgement.outcome is Outcome.FAIL
    assert "medical: 25.0 % of 120 rows are human, demanded 50.0 %" in judgement.message


def test_each_domain_is_held_to_its_own_demand():
    both = {"medical": {"human": 0.5}, "food": {"human": 0.1, "expert": 0.0}}
    judgement = judged(HUMAN_ROWS, MADE, demand=both)
    assert judgement.outcome is Outcome.FAIL
    assert "food: 0.99 % of 505 rows are human, demanded 10.0 %" in judgement.message


def test_copied_rows_make_nobody_more_of_an_expert():
    few = pl.concat([HUMAN_ROWS[:5], HUMAN_ROWS[30:]])
    copied = pl.concat([few, *[HUMAN_ROWS[:5]] * 20])
    assert judged(few, MADE).outcome is Outcome.FAIL
    assert judged(copied, MADE).message == judged(few, MADE).message


def test_a_synthetic_row_that_calls_itself_expert_is_none():
    claimed = MADE.with_columns(expertise=pl.lit("expert"))
    assert judged(HUMAN_ROWS, claimed).message == judged(HUMAN_ROWS, MADE).message


def test_counts_decide_however_few_rows_there_are():
    assert judged(HUMAN_ROWS[29:31], MADE[:0]).outcome is Outcome.PASS


def test_what_is_not_declared_or_not_there_is_reported():
    assert judged(HUMAN_ROWS, MADE, demand={}).outcome is Outcome.NOT_CONFIGURED
    without = judged(HUMAN_ROWS, MADE, bound=frozenset({"domain"}))
    assert without.outcome is Outcome.ERROR
    assert "critical_domains needs the role expertise; add: columns = { expertise" in without.message
    misspelt = judged(HUMAN_ROWS, MADE, demand={"medicine": {"human": 0.5}})
    assert misspelt.outcome is Outcome.ERROR
    assert "no row has the critical domain 'medicine' (did you mean 'medical'?)" in misspelt.message
