"""Whether human rows are as recent as the newest row."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from gates.data.facts import ORIGIN
from gates.data.values.times import time_in_utc
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.full_columns import columns, columns_of_all
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of human rows whose created_at lies within `max_age_days` of the newest row's, in [0, 1].

    Newest of all origins, and no clock: the same data gets the same answer next year. A count over every row; rows
    without a time that can be read are not recent.
    """
    column = scan.roles.lineage.get("created_at")
    if column is None:
        return NotConfigured("no column with the date of a row is declared", 'columns = { created_at = "…" }')
    frame = columns_of_all(scan, [column]).select(
        pl.col(ORIGIN).cast(pl.String), when=time_in_utc(column, scan.human.frame.schema[column])
    )
    newest = frame["when"].max()
    if newest is None:
        return Failed(f"no cell of column '{column}' is a date or a time such as 2026-01-31T12:00:00")
    age = timedelta(days=float(str(params["max_age_days"])))
    frame = frame.with_columns(is_recent=pl.col("when") >= pl.lit(newest) - age)

    def of_language(one: Language) -> Measurement:
        return too_few(one.counts[0], None) or _recent(frame.filter(pl.Series(one.human)), newest)

    whole = _recent(frame.filter(pl.col(ORIGIN) == "human"), newest)
    return with_languages(scan, whole, scan.cached(languages).human, of_language)


def _recent(human: pl.DataFrame, newest: object) -> Measurement:
    """The share of these rows that is recent."""
    recent, oldest = int(human["is_recent"].sum()), human["when"].min()
    note = f"newest row {newest:%Y-%m-%d}" + (f", oldest human row {oldest:%Y-%m-%d}" if oldest is not None else "")  # type: ignore[str-bytes-safe]
    evidence = {"recent": recent, "human_rows": human.height, "without_a_time": human["when"].null_count()}
    return Measured(Estimate.exact(recent / human.height), RowCounts(human.height), note=note, evidence=evidence)


METRIC = Metric(
    expectation="expect_human_rows_to_be_recent",
    measure=measure,
    side=Side.MIN,
    finding="Too few human rows are recent",
    unit=Unit.SHARE,
    asks="Are human rows as new as the rest of the data?",
    why=(
        "Language, facts and habits move. Synthetic rows that are added every month to human rows of years ago drift away from what people "
        "write without any single version showing it."
    ),
    source="no limit is right for every dataset: no shipped suite has this check, a dataset's own suite may",
    fix="Collect new human rows, or state in the dataset's own suite how old they may be.",
    params=(("max_age_days", 365.0),),
    exact="a share counted over every row",
    reads="created_at of every row",
    accumulate=lambda inputs, _params: columns([inputs.roles.lineage.get("created_at")], inputs),
)
