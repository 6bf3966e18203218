"""Whether synthetic rows follow each other in time as human rows do: steps, order, times of day, lengths of sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.scan.result import Rows, Scan
from gates.metrics.base.measurement import Failed, Inconclusive, Measured, Measurement, Part, ReportOnly, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import draws, worst_excess
from gates.metrics.comparison.strata import GROUPS_TO_FAIL
from gates.metrics.stats.shares import kolmogorov_smirnov, total_variation
from gates.metrics.temporal.ordered_rows import accumulate_ordered, missing_roles
from gates.metrics.temporal.temporal_blocks import Blocks, Facet, blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gates.data.arrays import Floats, Ints
    from gates.verdict import Scope

# Halves of ten days or sessions: below that, one odd day is a tenth of what a half says, which is the limit itself.
BLOCKS_AT_LEAST = 20
# Halves of 1,000 days fix a mean correlation to about .01, and cost a second; more are drawn from, at random.
BLOCKS_AT_MOST = 2000
# Days that are nothing but their wave lie 2.8 apart at most, with night for day: a fourth of it counts in hours as much as the
# other distances do.
WAVES_APART = 4


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How far synthetic days or sessions lie from human ones in the order of things, beyond human ones from each other.

    The distance of two halves is the farthest of: the lengths of steps (KS over classes of powers of two); of series, the
    mean autocorrelation at lags 1, 2, 4 and 8 within a day (largest difference) and the wave of a day (a fourth of the distance).
    A series of fewer than twenty readings a day is looked at in weeks, months or what longer stretch has them, with the waves
    of a week and of a year that it holds; stretches of one entity stay together where synthetic entities are others;
    of events, which follows which (TVD), how many a session or day has (KS) and at what time of day (TVD). Each is set
    against its own difference between halves of human rows.
    Over all rows, because a sample has holes. A part per generator with 20 days or sessions at least.
    """
    missing = missing_roles(scan.roles)
    if missing:
        return missing
    by_origin = scan.cached(blocks)
    human, synthetic = by_origin["human"], by_origin["synthetic"]
    whole = _compare(human, synthetic, scan.seed)
    parts = {}
    for name in scan.generators:
        own = synthetic.where(synthetic.generator == name)
        if len(own) >= BLOCKS_AT_LEAST:
            parts[name] = Part(whole if len(own) == len(synthetic) else _compare(human, own, scan.seed))
    whole = replace(whole, parts=parts)
    if scan.declared.extends_human_law:
        return ReportOnly(whole, 'synthetic_role = "extend" does not promise the human order')
    return whole


def _compare(human: Blocks, synthetic: Blocks, seed: int) -> Measured | Inconclusive | Failed:
    if min(len(human), len(synthetic)) < BLOCKS_AT_LEAST:
        return Inconclusive(
            f"{len(human):,} human and {len(synthetic):,} synthetic {human.called}: "
            f"{BLOCKS_AT_LEAST} of each are needed to compare"
        )
    made = draws(_as_rows(human), _as_rows(synthetic), seed, at_most=BLOCKS_AT_MOST // 2)
    facets = list(human.facets)
    cross, null = (
        np.array([[apart[facet] for facet in facets] for apart in by_draw]).reshape(-1, len(facets))
        for by_draw in (
            [distances(human, draw.human_a, synthetic, draw.synthetic) for draw in made],
            [distances(human, draw.human_a, human, draw.human_b) for draw in made],
        )
    )
    counts = RowCounts(int(human.rows.sum()), int(synthetic.rows.sum()))
    # Halves of human sessions differ much in their transitions: that hides no facet in which they are alike.
    measured, beyond, order = worst_excess(cross, null, counts)
    evidence = {
        "excess": {facet.value: float(beyond[at]) for at, facet in enumerate(facets)},
        "human_blocks": len(human),
        "synthetic_blocks": len(synthetic),
    }
    note = f"farthest in {facets[order[0]].value}" if beyond[order[0]] > 0 else ""
    groups = [len(np.unique(side.group)) for side in (human, synthetic)]
    if isinstance(measured, Measured) and min(groups) < GROUPS_TO_FAIL:
        few = f"{groups[0]:,} human and {groups[1]:,} synthetic series may differ so by chance"
        measured = replace(measured, unproven=few)
    return replace(measured, note=note, evidence=evidence)


def distances(one: Blocks, of_one: Ints, other: Blocks, of_other: Ints) -> dict[Facet, float]:
    """How far two halves lie apart in each facet, in [0, 1], for correlations in [0, 2]."""
    return {facet: _DISTANCE[facet](one.facets[facet][of_one], other.facets[facet][of_other]) for facet in one.facets}


def _of_means(one: Floats, other: Floats) -> float:
    """The largest difference of mean correlations; days that stand still have none, and count in other checks."""
    mean, other_mean = _means(one), _means(other)
    # Where one half stands still on every day and the other does not, they have no correlation in common.
    apart = np.where(np.isnan(mean) & np.isnan(other_mean), 0.0, np.abs(mean - other_mean))
    return float(np.where(np.isnan(apart), 1.0, apart).max())


def _of_waves(one: Floats, other: Floats) -> float:
    """A fourth of the distance of two mean waves: .1 are two and a half hours where a day is nothing but its wave."""
    mean, other_mean = _means(one), _means(other)
    apart = np.where(np.isnan(mean) & np.isnan(other_mean), 0.0, mean - other_mean)
    return float(np.linalg.norm(np.where(np.isnan(apart), 1.0, apart)) / WAVES_APART)


def _means(values: Floats) -> Floats:
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    total = np.where(present, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _shares(counts: Floats) -> Floats:
    total = counts.sum(axis=0)
    shares: Floats = total / max(1.0, float(total.sum()))
    return shares


def _as_rows(side: Blocks) -> Rows:
    """The stretches as rows to draw from."""
    place = np.arange(len(side))
    name = place.astype(np.uint64)
    return Rows(pl.DataFrame({"block": place}), place, name, side.group.astype(np.uint64), side.generator, len(side))


_DISTANCE: Mapping[Facet, Callable[[Floats, Floats], float]] = {
    Facet.AUTOCORRELATION: _of_means,
    Facet.STEPS: lambda one, other: kolmogorov_smirnov(_shares(one), _shares(other)),
    Facet.LENGTHS: lambda one, other: kolmogorov_smirnov(_shares(one), _shares(other)),
    Facet.DAYTIME: lambda one, other: total_variation(_shares(one), _shares(other)),
    Facet.DAILY_WAVE: _of_waves,
    Facet.WEEKLY_WAVE: _of_waves,
    Facet.YEARLY_WAVE: _of_waves,
    Facet.TRANSITIONS: lambda one, other: total_variation(_shares(one), _shares(other)),
}

METRIC = Metric(
    expectation="expect_temporal_structure_to_match",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic rows do not follow each other in time as human rows do",
    unit=Unit.EXTRA_NUMBER,
    asks="Do synthetic readings and events follow each other as human ones do?",
    why=(
        "Each value can be right and the order wrong: readings shuffled within their day have the same distribution and "
        "nothing to forecast, events in another order are another process. Days of one process differ among themselves, so "
        "that only what lies beyond counts."
    ),
    source=(
        "autocorrelation as in Wiese et al., Quant GANs, Quantitative Finance 20 (2020); excess over human rows: paired draws of halves"
    ),
    fix=(
        "Where autocorrelation differs, let the generator model whole days and not single readings; where the time between rows "
        "or the time of day does, look at units, sampling rates and time zones; where transitions or lengths of sessions do, at "
        "the order of events and at what ends a session."
    ),
    languages_together="it measures series and events, whose rows have no language",
    reads="entity or session, time and value or event of every row",
    accumulate=accumulate_ordered,
)
