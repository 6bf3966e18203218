"""Memorised rows lie nearer to their training rows than to unseen human rows."""

from __future__ import annotations

import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.copies.training_closeness import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.real import adult, needs_data
from tests.scans import text_scan
from tests.tables import table_scan
from tests.unit.metrics.fidelity.test_coverage import table_rows

LIMITS = Limits(max_value=0.55)


def noisy(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that nearly are the training rows, and none of which equals one."""
    return rows.with_columns(pl.col("age") + 0.01, pl.col("income") * 1.0001)


def measured(human, synthetic, holdout):
    return measure(table_scan(human, synthetic, holdout), Scope.COMBINED, {})


def judged(human, synthetic, holdout):
    return judge(measured(human, synthetic, holdout), LIMITS, Severity.CRITICAL)


def test_fresh_rows_pass_and_memorised_ones_fail():
    human, holdout = table_rows(2000, 1), table_rows(2000, 2)

    assert judged(human, table_rows(2000, 3), holdout).outcome is Outcome.PASS
    assert judged(human, noisy(human), holdout).outcome is Outcome.FAIL
    assert judged(human, pl.concat([noisy(human)[:600], table_rows(1400, 3)]), holdout).outcome is Outcome.FAIL


def test_sides_of_equal_size_are_compared_whatever_there_is():
    measurement = measured(table_rows(3000, 1), table_rows(2000, 3), table_rows(400, 2))

    assert measurement.evidence["people_a_side"] == 400
    assert measurement.estimate.low < 0.5 < measurement.estimate.high


def test_ties_count_half():
    coarse = [table_rows(1500, seed).select("region") for seed in (1, 2, 3)]
    measurement = measured(*coarse)

    assert (measurement.estimate.value, measurement.evidence["tied"], measurement.evidence["nearer_to_training"]) == (
        0.5,
        measurement.evidence["rows"],
        0,
    )


def test_a_memorising_generator_fails_among_others():
    human, holdout = table_rows(2000, 1), table_rows(2000, 2)
    made = pl.concat([
        table_rows(3000, 3).with_columns(generator=pl.lit("fresh")), noisy(human)[:300].with_columns(generator=pl.lit("parrot")),
    ])  # fmt: skip

    judgement = judged(human.with_columns(generator=pl.lit(None, pl.String)), made, holdout)

    assert judgement.outcome is Outcome.FAIL
    assert "generator 'parrot'" in judgement.message


def test_too_few_rows_leave_undecided_what_they_do_not_show():
    judgement = judged(table_rows(200, 1), table_rows(60, 3), table_rows(200, 2))

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, Severity.INFO)


def test_what_is_missing_is_reported():
    human, synthetic = table_rows(300, 1), table_rows(300, 2)

    assert measured(human, synthetic, None).line == 'holdout = "data/holdout.parquet"'
    assert measured(human, synthetic, human[:200]).reason.startswith(
        "200 of 200 holdout rows stand in the human partition"
    )
    assert "lacks content columns" in measured(human, synthetic, synthetic.select("age")).reason
    assert "defined for tables" in measure(text_scan(["a b"], ["c d"]), Scope.COMBINED, {}).missing


@needs_data
@pytest.mark.parametrize(("part", "fails"), [("mostly", False), ("flip10", True)])
def test_census_data_with_copies_fails_and_a_good_generator_does_not(part, fails):
    judgement = judged(adult("trn").head(6000), adult(part).head(3000), adult("val").head(6000))

    assert (judgement.outcome is Outcome.FAIL) is fails
