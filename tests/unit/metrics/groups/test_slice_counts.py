"""A slice, or a pair of slices, without people in it is named."""

from __future__ import annotations

import polars as pl

from gates.metrics.base.measurement import Limits
from gates.metrics.groups import slice_counts
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def rows(cells: dict[tuple[str | None, str], int]) -> pl.DataFrame:
    flat = [(language, domain) for (language, domain), count in cells.items() for _ in range(count)]
    frame = pl.DataFrame(flat, schema={"language": pl.String, "domain": pl.String}, orient="row")
    return frame.with_row_index("number").with_columns(pl.col("number").cast(pl.Int64))


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, slices: tuple[str, ...] = ("language", "domain")):
    scan = table_scan(human, synthetic, slices=slices)
    measured = slice_counts.measure(scan, Scope.HUMAN, {"prevalence": 0.005})
    return judge(measured, Limits(min_value=10), Severity.WARNING)


HUMAN = {("en", "law"): 100, ("en", "food"): 100, ("de", "law"): 60, ("de", "food"): 40}


def test_human_rows_everywhere_pass():
    assert judged(rows(HUMAN), rows(HUMAN)).outcome is Outcome.PASS


def test_an_intersection_without_human_rows_fails_though_both_slices_have_them():
    judgement = judged(rows(HUMAN | {("de", "law"): 3}), rows(HUMAN))
    assert judgement.outcome is Outcome.FAIL
    assert "fewest human rows in domain=law & language=de: 3 of 63 rows" in judgement.message


def test_a_slice_that_only_synthetic_rows_have_fails():
    judgement = judged(rows(HUMAN), rows(HUMAN | {("fr", "law"): 50}))
    assert "fewest human rows in domain=law & language=fr: 0 of 50 rows" in judgement.message


def test_a_long_level_is_named_by_its_beginning_and_its_length():
    judgement = judged(rows(HUMAN), rows(HUMAN | {("fr " * 100, "law"): 50}))

    assert "domain=law & language=fr fr fr fr fr fr fr fr fr fr f… (309 characters): 0 of 50 rows" in judgement.message


def test_slices_rarer_than_asked_for_are_counted_and_not_judged():
    judgement = judged(rows(HUMAN), rows(HUMAN | {("fr", "law"): 2}))
    assert judgement.outcome is Outcome.PASS
    assert judgement.evidence["rarer"] == 2


def test_counts_decide_however_few_rows_there_are():
    few = {("en", "law"): 5, ("de", "law"): 4}
    assert judged(rows(few), rows(few)).outcome is Outcome.FAIL


def test_blank_cells_belong_to_no_slice_and_missing_slices_are_reported():
    judgement = judged(rows(HUMAN | {(None, "law"): 4}), rows(HUMAN))
    assert judgement.outcome is Outcome.PASS
    assert judgement.evidence["rows_without_a_value"] == {"domain": 0, "language": 4}
    assert judged(rows(HUMAN), rows(HUMAN), slices=()).outcome is Outcome.NOT_CONFIGURED


def test_a_column_may_have_any_name():
    odd = rows(HUMAN).rename({"language": "lang {}", "domain": "rows"})
    assert judged(odd, odd, slices=("lang {}", "rows")).outcome is Outcome.PASS
