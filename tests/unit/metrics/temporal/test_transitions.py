"""Steps from event to event that no session of people has are counted and named."""

from __future__ import annotations

import polars as pl

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import judge
from gates.metrics.temporal import transitions
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import EVENT_ROLES, series_scan, sessions

HUMAN_ROWS, OTHERS = sessions(200, seed=1), sessions(200, seed=2)


def judged(human, synthetic, bound=EVENT_ROLES):
    measurement = ask(transitions.METRIC, series_scan(human, synthetic, bound), Scope.SYNTHETIC, {})
    return judge(measurement, Limits(max_value=0.01), Severity.WARNING)


def test_sessions_of_one_process_pass():
    judgement = judged(HUMAN_ROWS, OTHERS)

    assert (judgement.outcome, judgement.measurement.estimate.value) == (Outcome.PASS, 0.0)
    assert judgement.evidence == {"unheard_of": {}, "unheard_of_count": 0, "transitions": 2200}


def test_payment_without_basket_fails_and_is_named():
    skips = OTHERS.with_columns(event=pl.when(pl.col("event") == "add").then(pl.lit("pay")).otherwise("event"))

    judgement = judged(HUMAN_ROWS, skips)

    assert judgement.outcome is Outcome.FAIL
    assert set(judgement.evidence["unheard_of"]) == {"view -> pay", "pay -> pay"}
    assert "no human session goes view -> pay" in judgement.message


def test_events_that_human_rows_rarely_have_fail_nothing():
    rare = OTHERS.with_columns(event=pl.when(pl.col("event") == "add").then(pl.lit("refund")).otherwise("event"))
    seen = pl.concat([HUMAN_ROWS, HUMAN_ROWS.head(20).with_columns(event=pl.lit("refund"), session=pl.lit("r"))])

    assert judged(seen, rare).evidence["unheard_of_count"] == 0


def test_few_steps_decide_nothing():
    few = judged(HUMAN_ROWS, OTHERS.head(24))
    assert (few.outcome, few.measurement.rows.synthetic) == (Outcome.INCONCLUSIVE, 22)
    assert "no event of human rows stands in 30 steps within sessions" in judged(HUMAN_ROWS.head(24), OTHERS).message
    assert "no synthetic session has two events" in judged(HUMAN_ROWS, OTHERS.group_by("session").head(1)).message


def test_each_generator_is_judged_alone():
    skips = OTHERS.with_columns(event=pl.when(pl.col("event") == "add").then(pl.lit("pay")).otherwise("event"))
    both = pl.concat([
        sessions(4000, seed=3, length=20).with_columns(generator=pl.lit("good")),
        skips.head(600).with_columns(generator=pl.lit("bad")),
    ])  # fmt: skip

    judgement = judged(HUMAN_ROWS, both)

    assert judgement.outcome is Outcome.FAIL
    assert "failing alone: bad" in judgement.message


def test_missing_session_is_reported_and_rows_without_event_or_time_do_not_break():
    unasked = judged(HUMAN_ROWS, OTHERS, ("timestamp", "event"))
    assert unasked.outcome is Outcome.NOT_CONFIGURED
    assert 'no entity or session column is configured; add: columns = { session = "…" }' in unasked.message
    by_entity = judged(
        HUMAN_ROWS.rename({"session": "entity"}), OTHERS.rename({"session": "entity"}), ("entity", "timestamp", "event")
    )
    assert by_entity.outcome is Outcome.PASS
    untimed = OTHERS.with_columns(timestamp=pl.when(pl.col("session") == "2-0").then(None).otherwise("timestamp"))
    assert judged(HUMAN_ROWS, untimed).evidence["transitions"] == 2189
