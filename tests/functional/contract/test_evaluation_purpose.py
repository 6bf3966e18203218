"""A dataset that others are tested on is people's alone, however its files are declared."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import resolve
from gates.config.load import read_config
from gates.verdict import Answer, Outcome, Severity
from tests.projects import ROWS, table_rows

RATIO = "combined/expect_human_ratio_to_be_between/evaluation"
DECLARED = {"column": 'path = "exam.parquet"', "partition": 'partitions = { human = "exam.parquet" }'}
TODAY = date(2026, 1, 1)


def judged(root, declared: str, rows: pl.DataFrame, purpose: str = "evaluation"):
    rows.write_parquet(root / "exam.parquet")
    (root / "gates.toml").write_text(f'[datasets.exam]\ntype = "tabular"\npurpose = "{purpose}"\n{declared}\n')
    return judge(resolve(read_config(root / "gates.toml").datasets["exam"], TODAY), Options()).verdict


@pytest.mark.parametrize("form", sorted(DECLARED))
def test_human_rows_alone_pass(form, tmp_path):
    rows = table_rows(ROWS, seed=1)
    verdict = judged(tmp_path, DECLARED[form], rows.with_columns(origin=pl.lit("human")) if form == "column" else rows)

    assert (verdict.answer, verdict.rows) == (Answer.PASS, {"human": ROWS, "synthetic": 0, "undeclared": 0})
    assert verdict.check(RATIO).outcome is Outcome.PASS


def test_one_synthetic_row_fails_it(tmp_path):
    rows = table_rows(ROWS, seed=1).with_columns(origin=pl.lit("human"))
    made = table_rows(1, seed=2).with_columns(origin=pl.lit("synthetic"))

    verdict = judged(tmp_path, DECLARED["column"], pl.concat([rows, made]))

    result = verdict.check(RATIO)
    assert (verdict.answer, result.outcome, result.severity) == (Answer.FAIL, Outcome.FAIL, Severity.CRITICAL)


def test_training_rows_without_synthetic_ones_are_no_evaluation_set(tmp_path):
    rows = table_rows(ROWS, seed=1).with_columns(origin=pl.lit("human"))

    verdict = judged(tmp_path, DECLARED["column"], rows, "finetune")

    # The empty synthetic scope is a failure in its own right, and what compares could not be judged.
    errors = {check.message for check in verdict.checks if check.outcome is Outcome.ERROR and check.kind == "suite"}
    assert errors == {"there are no synthetic rows: nothing to measure"}
    assert verdict.check("synthetic/expect_table_row_count_to_be_between").outcome is Outcome.FAIL
