"""How much of what people wrote is of the newest row's time; no clock is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.integrity import recency
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan, with_inputs

NEWEST = datetime(2020, 6, 1, 12, tzinfo=UTC)


def rows(ages: list[int], kind: pl.DataType | None = None) -> pl.DataFrame:
    times = pl.Series([NEWEST - timedelta(days=age) for age in ages], dtype=pl.Datetime("us", "UTC"))
    return pl.DataFrame({"number": range(len(ages)), "created_at": times.cast(kind) if kind else times})


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, lineage: bool = True):
    scan = table_scan(human, synthetic)
    if lineage:
        scan = with_inputs(scan, roles=_with_time(scan.roles))
    measured = recency.measure(scan, Scope.HUMAN, {"max_age_days": 365.0})
    return judge(measured, Limits(min_value=0.5), Severity.WARNING)


def _with_time(roles):
    from dataclasses import replace

    return replace(roles, lineage={"created_at": "created_at"})


def test_recent_human_rows_pass_and_old_ones_beside_new_synthetic_rows_fail():
    assert judged(rows([0, 10, 300]), rows([5])).outcome is Outcome.PASS
    old = judged(rows([400, 500, 300]), rows([0]))
    assert old.outcome is Outcome.FAIL
    assert "newest row 2020-06-01, oldest human row 2019-01-18" in old.message


@pytest.mark.parametrize(
    "written",
    ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%.6f+00:00", "%Y-%m-%d"],
)
def test_times_are_read_as_iso_8601_writes_them(written):
    human = rows([0, 100, 500])
    words = human.with_columns(pl.col("created_at").dt.strftime(written))
    assert judged(words, words[:0]).evidence == {"recent": 2, "human_rows": 3, "without_a_time": 0}


def test_days_and_times_without_a_zone_are_read_too():
    for kind in (pl.Date(), pl.Datetime("ms")):
        human = rows([0, 100, 500], kind)
        assert judged(human, human[:0]).evidence["recent"] == 2


def test_cells_without_a_time_are_not_recent_and_none_at_all_is_an_error():
    human = rows([0, 100, 100]).with_columns(pl.col("created_at").dt.strftime("%Y-%m-%d"))
    blank = human.with_columns(
        created_at=pl.when(pl.col("number") == 0).then("created_at").otherwise(pl.lit("long ago"))
    )
    judgement = judged(blank, blank[:0])
    assert judgement.outcome is Outcome.FAIL
    assert judgement.evidence == {"recent": 1, "human_rows": 3, "without_a_time": 2}
    nothing = human.with_columns(created_at=pl.lit("soon"))
    assert judged(nothing, nothing[:0]).outcome is Outcome.ERROR
    assert judged(human, human[:0], lineage=False).outcome is Outcome.NOT_CONFIGURED
