"""Whether synthetic sessions contain steps from one event to another that no human session has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.base.measurement import Growth, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.base.metric import Metric, Side, Unit
from gates.metrics.stats.intervals import clopper_pearson
from gates.metrics.stats.paired_draws import ROWS_TO_PASS
from gates.metrics.temporal.ordered_rows import accumulate_ordered, missing_roles, ordered_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.verdict import Scope

# An event with fewer than 30 human steps says little of what never follows it.
FREQUENT = 30
# Events that follow each other by chance would have met five times: that they never did has a chance of e^-5, under 1 %.
EXPECTED_AT_LEAST = 5
EVIDENCE_PAIRS = 20
_PAIR = ("now", "then")


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Share of synthetic steps from one event to the next that break the order of human sessions, in [0, 1].

    A step breaks it where no human session has it, although both events stand in 30 human steps at least and
    would have met five times if what follows were left to chance. Over every row; a part per generator.
    """
    missing = missing_roles(scan.roles)
    if missing:
        return missing
    if "event" not in scan.roles.bound:
        return NotConfigured("no event column is configured", 'columns = { event = "…" }')
    pairs = scan.cached(event_pairs)
    human = pairs.filter(pl.col("origin") == "human")
    human_pairs = human.group_by(*_PAIR).agg(human=pl.len())
    if not _frequent(human).height:
        return Inconclusive(f"no event of human rows stands in {FREQUENT} steps within sessions")
    synthetic = pairs.filter(pl.col("origin") == "synthetic")
    violations = synthetic.join(_expected(human), on=_PAIR, how="inner").join(human_pairs, on=_PAIR, how="anti")
    whole = _share(violations, synthetic, human.height)
    parts = {}
    for name in scan.generators:
        own, of_own = (frame.filter(pl.col("generator") == name) for frame in (violations, synthetic))
        if of_own.height >= ROWS_TO_PASS:
            parts[name] = Part(_share(own, of_own, human.height))
    return replace(whole, parts=parts)


def event_pairs(scan: Scan) -> pl.DataFrame:
    """origin, generator, now and then of every two events that follow each other within a session.

    Call through `scan.cached(event_pairs)`.
    """
    rows = ordered_rows(scan).drop_nulls("what")
    session = pl.struct("origin", "generator", "entity").rle_id()
    steps = rows.with_columns(session=session).select(
        pl.col("origin").cast(pl.String),
        pl.col("generator").cast(pl.String),
        now=pl.col("what"),
        then=pl.col("what").shift(-1).over("session"),
    )
    return steps.drop_nulls("then")


def _frequent(human: pl.DataFrame) -> pl.DataFrame:
    """Events and in how many human steps they come first (left) and second (right)."""
    left = human.group_by(what="now").agg(left=pl.len())
    right = human.group_by(what="then").agg(right=pl.len())
    both = left.join(right, on="what", how="inner")
    return both.filter(pl.min_horizontal("left", "right") >= FREQUENT)


def _expected(human: pl.DataFrame) -> pl.DataFrame:
    """Pairs of frequent events that chance alone would have put together often enough to be missed."""
    frequent = _frequent(human)
    every = frequent.select(now="what", left="left").join(frequent.select(then="what", right="right"), how="cross")
    often = pl.col("left").cast(pl.Float64) * pl.col("right") / human.height >= EXPECTED_AT_LEAST
    return every.filter(often).select(*_PAIR)


def _share(violations: pl.DataFrame, synthetic: pl.DataFrame, human: int) -> Measured | Inconclusive:
    if not synthetic.height:
        return Inconclusive("no synthetic session has two events")
    counts = violations.group_by(*_PAIR).agg(pl.len()).sort(["len", *_PAIR], descending=[True, False, False])
    shown = {f"{now} -> {then}": count for now, then, count in counts.head(EVIDENCE_PAIRS).iter_rows()}
    note = f"no human session goes {next(iter(shown))}" if shown else ""
    return Measured(
        clopper_pearson(violations.height, synthetic.height),
        RowCounts(human, synthetic.height),
        growth=Growth(limited_by=("synthetic",), rows_to_pass=ROWS_TO_PASS),
        is_count=True,
        note=note,
        evidence={"unheard_of": shown, "unheard_of_count": violations.height, "transitions": synthetic.height},
    )


METRIC = Metric(
    expectation="expect_transition_violation_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic sessions contain steps that no human session has",
    unit=Unit.SHARE,
    asks="Do synthetic sessions contain steps that no human session has?",
    why=(
        "A payment before the basket, a logout before the login: each event is right and how often it occurs too, and still "
        "the process cannot happen. A model trained on such sessions learns states that do not exist."
    ),
    source="transitions of a first-order Markov chain, Anderson & Goodman, Annals of Mathematical Statistics 28 (1957)",
    fix=(
        "Where these steps can happen, collect more human sessions; where they cannot, "
        "generate whole sessions in order, or drop sessions that hold such a step."
    ),
    languages_together="it measures events, whose rows have no language",
    reads="session, time and event of every row",
    accumulate=accumulate_ordered,
)
