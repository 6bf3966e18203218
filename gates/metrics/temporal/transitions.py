"""Whether synthetic sessions contain steps from one event to another that no human session has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.base.measurement import Growth, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.stats.intervals import clopper_pearson
from gates.metrics.temporal.ordered_rows import accumulate_ordered, missing_roles, ordered_rows

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

# An event with fewer than 30 human steps says little of what never follows it.
FREQUENT = 30
# Events that follow each other by chance would have met five times: that they never did has a chance of e^-5, under 1 %.
EXPECTED_AT_LEAST = 5
EVIDENCE_PAIRS = 20
_PAIR = ("now", "then")


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
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
    if not _frequent(human).height:
        return Inconclusive(f"no event of human rows stands in {FREQUENT} steps within sessions")
    synthetic = pairs.filter(pl.col("origin") == "synthetic")
    violations = synthetic.join(_expected(human), on=_PAIR, how="inner").join(human, on=_PAIR, how="anti")
    whole = _share(violations, synthetic, _steps(human))
    parts = {}
    for name in scan.generators:
        own, of_own = (frame.filter(pl.col("generator") == name) for frame in (violations, synthetic))
        if _steps(of_own) >= ROWS_TO_PASS:
            parts[name] = Part(_share(own, of_own, _steps(human)))
    return replace(whole, parts=parts)


def event_pairs(scan: Scan) -> pl.DataFrame:
    """How many times (`steps`) events of an origin and generator follow each other, `now` and `then`, within sessions.

    Call through `scan.cached(event_pairs)`.
    """
    counted = pl.concat(_pairs(rows) for rows in ordered_rows(scan).entities())
    return counted.group_by("origin", "generator", *_PAIR).agg(pl.col("steps").sum())


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.drop_nulls("what")
    session = pl.struct("origin", "generator", "entity").rle_id()
    steps = rows.with_columns(session=session).select(
        "origin", "generator", now="what", then=pl.col("what").shift(-1).over("session")
    )
    return steps.drop_nulls("then").group_by("origin", "generator", *_PAIR).agg(steps=pl.len().cast(pl.Int64))


def _steps(pairs: pl.DataFrame) -> int:
    return int(pairs["steps"].sum())


def _frequent(human: pl.DataFrame) -> pl.DataFrame:
    """Events and in how many human steps they come first (left) and second (right)."""
    left = human.group_by(what="now").agg(left=pl.col("steps").sum())
    right = human.group_by(what="then").agg(right=pl.col("steps").sum())
    both = left.join(right, on="what", how="inner")
    return both.filter(pl.min_horizontal("left", "right") >= FREQUENT)


def _expected(human: pl.DataFrame) -> pl.DataFrame:
    """Pairs of frequent events that chance alone would have put together often enough to be missed."""
    frequent = _frequent(human)
    every = frequent.select(now="what", left="left").join(frequent.select(then="what", right="right"), how="cross")
    often = pl.col("left").cast(pl.Float64) * pl.col("right") / _steps(human) >= EXPECTED_AT_LEAST
    return every.filter(often).select(*_PAIR)


def _share(violations: pl.DataFrame, synthetic: pl.DataFrame, human: int) -> Measured | Inconclusive:
    steps, violating = _steps(synthetic), _steps(violations)
    if not steps:
        return Inconclusive("no synthetic session has two events")
    counts = violations.group_by(*_PAIR).agg(pl.col("steps").sum())
    counts = counts.sort(["steps", *_PAIR], descending=[True, False, False])
    shown = {f"{now} -> {then}": count for now, then, count in counts.head(EVIDENCE_PAIRS).iter_rows()}
    note = f"no human session goes {next(iter(shown))}" if shown else ""
    return Measured(
        clopper_pearson(violating, steps),
        RowCounts(human, steps),
        growth=Growth(limited_by=("synthetic",), rows_to_pass=ROWS_TO_PASS),
        is_count=True,
        note=note,
        evidence={"unheard_of": shown, "unheard_of_count": violating, "transitions": steps},
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
