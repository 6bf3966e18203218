"""Whether each group has the share of the human rows that it has in the declared population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN
from gates.errors import did_you_mean
from gates.metrics.base.full_columns import accumulate_annotations, annotation_columns
from gates.metrics.base.measurement import Failed, Growth, Inconclusive, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import RESAMPLE_COUNT, basic_estimate, resampled
from gates.metrics.stats.raking import Margin, UnreachableError, design_effect, rake
from gates.metrics.stats.shares import total_variation
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gates.data.arrays import Floats, Hashes, Ints
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

EVIDENCE_LEVELS = 20
# Of fewer an interval by resampling is too narrow to be believed.
UNITS_AT_LEAST = 30
# A level that so many samples of its declared share lack is not known to be missing: each bound holds with 95 %.
CHANCE_AT_LEAST = 0.05
# Raking takes some twenty rounds; a hundred draws of it stay below a second.
RAKED_COUNT = 100
MEASURES = ("distance", "under_representation", "design_effect")
_ELSEWHERE = "(not declared)"


@dataclass(frozen=True)
class Sample:
    """The human rows that have a level in every declared dimension, counted by combination of levels.

    times: rows by combination. units: resampling units (groups, else rows) by kind; rows_of: kinds x combinations, or
    None where a unit is a row. missing: human rows left out for a blank cell.
    """

    margins: tuple[Margin, ...]
    times: Ints
    units: Ints
    rows_of: Floats | None
    missing: int

    def draws(self, seed: int, statistic: Callable[[Floats], float], count: int = RESAMPLE_COUNT) -> Floats:
        """The statistic of counts by combination, over resamples of units."""

        def per_draw(times: Floats) -> Floats:
            counts = times if self.rows_of is None else times @ self.rows_of
            return np.array([statistic(one) for one in counts])

        return resampled(self.units, seed, per_draw, count)


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """How far the shares of human rows lie from the declared ones, over every human row.

    "distance": total variation distance of the worst dimension, in [0, 1]; "under_representation": by which part of its
    declared share the worst level falls short, in [0, 1]; "design_effect": by how many times weighting the rows to the
    declared shares widens the variance of a mean, at least 1. Less what sampling alone adds; groups are resampled whole.
    """
    if not scan.declared.population:
        return NotConfigured("no population is declared", 'population = "references/population.csv"')
    for dimension in scan.declared.population:
        if dimension not in scan.human.frame.columns:
            near = did_you_mean(dimension, [name for name in scan.human.frame.columns if not name.startswith("_")])
            return Failed(f"population declares shares of '{dimension}', which is no column ({near})")
    sample = scan.cached(sample_of)
    rows = int(sample.times.sum())
    if not rows:
        return Failed("no human row has a level in every dimension of the population")
    undecidable = _too_few(sample)
    if undecidable:
        return Inconclusive(undecidable, RowCounts(rows))
    statistic, ceiling = _statistic(str(params["measure"]), sample.margins, rows)
    value = statistic(sample.times.astype(np.float64))
    count = RAKED_COUNT if params["measure"] == "design_effect" else RESAMPLE_COUNT
    floor = 1.0 if params["measure"] == "design_effect" else 0.0
    estimate = basic_estimate(value, sample.draws(scan.seed, statistic, count), low=floor, high=ceiling)
    note, evidence = _about(sample)
    return Measured(
        estimate,
        RowCounts(rows),
        growth=Growth(limited_by=("human",), rows_to_pass=ROWS_TO_PASS),
        note=note,
        evidence=evidence,
    )


def sample_of(scan: Scan) -> Sample:
    """The human rows by combination of declared levels. Call through `scan.cached(sample_of)`."""
    names = sorted(scan.declared.population)
    # Numbers instead of names: a dimension may be called as what is counted here.
    dimensions = [str(at) for at in range(len(names))]
    frame = scan.cached(annotation_columns).select(
        pl.col(ORIGIN).cast(pl.String),
        *(pl.col(name).cast(pl.String).alias(dimension) for name, dimension in zip(names, dimensions, strict=True)),
    )
    human = (frame[ORIGIN] == "human").to_numpy() & scan.index.of(HUMAN_CODE)
    whole = human & frame.select(pl.all_horizontal(pl.col(dimensions).is_not_null())).to_series().to_numpy()
    kept = frame.filter(pl.Series(whole))
    tally = kept.group_by(dimensions).agg(pl.len()).sort(dimensions)
    margins = tuple(
        margin_of(name, tally[dimension], scan.declared.population[name])
        for name, dimension in zip(names, dimensions, strict=True)
    )
    times = tally["len"].to_numpy().astype(np.int64)
    missing = int(human.sum() - whole.sum())
    if not scan.roles.group or not kept.height:
        return Sample(margins, times, times, None, missing)
    numbered = tally.drop("len").with_row_index("combination")
    combination = kept.join(numbered, on=dimensions, how="left", maintain_order="left")["combination"].to_numpy()
    return Sample(
        margins, times, *_by_group(scan.index.at("group", np.flatnonzero(whole)), combination, len(times)), missing
    )


def _by_group(group: Hashes, combination: Ints, width: int) -> tuple[Ints, Floats]:
    """Groups that hold the same rows are alike: how many there are of each kind, and the rows of one."""
    pairs = pl.DataFrame({"group": group, "combination": combination}).group_by("group", "combination").len()
    key = pl.format("{}:{}", "combination", "len")
    by_group = (
        pairs.sort("group", "combination")
        .group_by("group", maintain_order=True)
        .agg(key.str.join(",").alias("key"), "combination", "len")
    )
    kinds = by_group.group_by("key").agg(pl.len().alias("groups"), pl.col("combination").first(), pl.col("len").first())
    kinds = kinds.sort("key")
    rows = np.zeros((kinds.height, width))
    kind = np.repeat(np.arange(kinds.height), kinds["len"].list.len().to_numpy())
    rows[kind, kinds["combination"].explode().to_numpy()] = kinds["len"].explode().to_numpy()
    return kinds["groups"].to_numpy().astype(np.int64), rows


def margin_of(dimension: str, levels: pl.Series, declared: Mapping[str, float]) -> Margin:
    """The declared shares of a dimension, of rows with these levels. Undeclared levels are one level more, of share 0."""
    names = [*sorted(declared), _ELSEWHERE]
    place = {name: number for number, name in enumerate(names)}
    level = np.array([place.get(name, len(names) - 1) for name in levels.to_list()], dtype=np.int64)
    return Margin(dimension, np.array([declared.get(name, 0.0) for name in names]), level, names)


def _too_few(sample: Sample) -> str:
    """Why resampling these rows says nothing of what others would have shown, or "".

    It never draws a level that is not there, and so takes its absence for certain.
    """
    units = int(sample.units.sum())
    if units < UNITS_AT_LEAST:
        return f"{units} independent human rows; from {UNITS_AT_LEAST} on shares can be estimated"
    for margin in sample.margins:
        shares = _shares(sample.times.astype(np.float64), margin)
        for name, share, declared in zip(margin.names, shares, margin.shares, strict=True):
            by_chance = (1 - declared) ** units
            if declared and not share and by_chance >= CHANCE_AT_LEAST:
                return f"{margin.dimension}={name} has no row, as by chance in {percent(by_chance)} of samples of {units:,}"
    return ""


def _statistic(measure: str, margins: tuple[Margin, ...], rows: int) -> tuple[Callable[[Floats], float], float]:
    """The measure as a function of counts by combination, and the largest value that it can have."""
    if measure == "design_effect":
        return lambda times: _design_effect(times, margins), float(rows)
    one = total_variation if measure == "distance" else _shortfall
    return lambda times: max(one(_shares(times, margin), margin.shares) for margin in margins), 1.0


def _shares(times: Floats, margin: Margin) -> Floats:
    counts: Floats = np.bincount(margin.level, weights=times, minlength=len(margin.shares)).astype(np.float64)
    return counts / max(float(times.sum()), 1.0)


def _shortfall(shares: Floats, declared: Floats) -> float:
    is_declared = declared > 0
    return float(max(0.0, 1 - (shares[is_declared] / declared[is_declared]).min()))


def _design_effect(times: Floats, margins: tuple[Margin, ...]) -> float:
    """Where no weights reach the declared shares, all rows together are worth as little as one."""
    try:
        return design_effect(times, rake(times, margins))
    except UnreachableError:
        return float(times.sum())


def _about(sample: Sample) -> tuple[str, dict[str, object]]:
    times = sample.times.astype(np.float64)
    levels: list[tuple[float, str, float, float]] = []
    for margin in sample.margins:
        for name, share, declared in zip(margin.names, _shares(times, margin), margin.shares, strict=True):
            if share or declared:
                levels.append((float(share - declared), f"{margin.dimension}={name}", float(share), float(declared)))
    levels.sort()
    _, lowest, share, declared = levels[0]
    note = f"{shortened(lowest)} has {percent(share)} of the human rows, declared {percent(declared)}"
    shown = [{"level": name, "observed": share, "declared": declared} for _, name, share, declared in levels]
    evidence: dict[str, object] = {"levels": shown[:EVIDENCE_LEVELS], "rows_without_a_level": sample.missing}
    try:
        rake(times, sample.margins)
    except UnreachableError as error:
        note += f"; {error}"
        evidence["not_reachable"] = str(error)
    return note, evidence


METRIC = Metric(
    expectation="expect_population_shares_to_match",
    measure=measure,
    side=Side.MAX,
    finding="Human rows do not represent the declared population",
    asks="Do the people in the data represent the people the model is for?",
    why=(
        "A group that is missing in the human rows is missing in what a model learns, and in what synthetic rows mirror. Weights repair a "
        "sample only so far: they widen every error bar, and add nothing on people who are not in it."
    ),
    source="Deming & Stephan 1940; Kish, Survey Sampling, 1965, section 11.7; total variation distance",
    fix="Ask more people of the group that has too few rows, or weight the rows to the declared shares where the design effect allows it.",
    params=(("measure", "distance"),),
    detail=("measure",),
    languages_together="a language is a group like others, where the declared population names it",
    cached="hashes of groups",
    reads="the declared columns of every row",
    accumulate=accumulate_annotations,
)
