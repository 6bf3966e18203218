"""Rows of a table that are rows of an evaluation set are counted, beyond those that coincide by nature."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits
from gates.metrics.copies import contamination
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import MemorySource


@dataclass(frozen=True)
class Exam:
    """Evaluation rows in memory."""

    frame: pl.DataFrame
    roles: Roles

    def rows(self, _readings: object) -> AbstractContextManager[MemorySource]:
        facts = (FileFacts("data/exam.csv", self.frame.height, {}, "", 0),)
        return nullcontext(MemorySource(self.frame.with_columns(pl.lit("human").alias(ORIGIN)), self.roles, facts))


def wide(rows: int, seed: int) -> pl.DataFrame:
    """Numbers of many digits beside a label: no two rows are equal by nature."""
    rng = np.random.default_rng(seed)
    numbers = {name: rng.normal(size=rows).round(6) for name in ("height", "weight", "income")}
    return pl.DataFrame({**numbers, "label": rng.choice(["no", "yes"], rows)})


def coarse(rows: int, seed: int) -> pl.DataFrame:
    """Answers to six questions: a third of the rows are equal to another."""
    rng = np.random.default_rng(seed)
    answers = {f"q{number}": rng.choice(5, rows, p=[0.4, 0.3, 0.15, 0.1, 0.05]) for number in range(6)}
    return pl.DataFrame({**answers, "label": rng.choice(["no", "yes"], rows)})


def between(rows: int, seed: int) -> pl.DataFrame:
    """Answers to twelve questions that one person in thousands gives like another."""
    rng = np.random.default_rng(seed)
    answers = {f"q{number}": rng.choice(4, rows, p=[0.4, 0.3, 0.2, 0.1]) for number in range(12)}
    return pl.DataFrame({**answers, "label": rng.choice(["no", "yes"], rows)})


def judged(own: pl.DataFrame, exam: pl.DataFrame):
    half = own.height // 2
    origins = pl.Series(ORIGIN, ["human"] * half + ["synthetic"] * (own.height - half))
    roles = Roles("tabular", content=tuple(own.columns), label="label")
    source = MemorySource(own.with_columns(origins), roles, (FileFacts("data/mix.csv", own.height, {}, "", 0),))
    exam_roles = Roles("tabular", content=tuple(exam.columns), label="label")
    seen = scan(source, ScanRequest(evaluation=Exam(exam, exam_roles)))
    return judge(ask(contamination.METRIC, seen, Scope.COMBINED, {}), Limits(max_value=0), Severity.CRITICAL)


@pytest.mark.parametrize("law", [wide, coarse, between])
@pytest.mark.parametrize(("rows", "tested"), [(600, 200), (2000, 3000), (6000, 300)])
def test_rows_of_one_law_leak_nothing(law, rows, tested):
    judgement = judged(law(rows, rows), law(tested, tested + 1))

    assert judgement.outcome is Outcome.PASS, judgement.message


@pytest.mark.parametrize(("law", "count"), [(wide, 3), (between, 20), (coarse, 180)])
def test_rows_of_the_exam_are_found_in_any_order_of_columns_and_under_other_labels(law, count):
    exam = law(200, 7)
    leaked = exam.head(count).with_columns(
        pl.when(pl.col("label") == "no").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("label")
    )

    judgement = judged(pl.concat([law(1000, 8), leaked]), exam.select(reversed(exam.columns)))

    assert judgement.outcome is Outcome.FAIL
    assert judgement.evidence["contaminated_rows"]["synthetic"] >= count
    assert "data/mix.csv" in judgement.message
    assert "= data/exam.csv:" in judgement.message


def test_an_exam_of_other_columns_and_types_is_compared_in_those_that_it_shares():
    exam = wide(200, 7)
    texts = exam.select(pl.col("height", "weight", "income").cast(pl.String), remark=pl.lit("seen"))

    judgement = judged(pl.concat([wide(997, 8), exam[5:8]]), texts)

    assert judgement.outcome is Outcome.FAIL
    assert "3 of 1,000 distinct rows, first at data/mix.csv:998 = data/exam.csv:6" in judgement.message
    assert judged(wide(1000, 8), pl.DataFrame({"question": ["who", "what"]})).outcome is not Outcome.PASS
