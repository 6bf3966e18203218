"""How many readings equal the human one of the same sensor at the same time by coincidence, as rain that is 0.0 on most days."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import stdtrit

from gates.metrics.base.measurement import Estimate
from gates.metrics.copies.copy_baseline import OTHER_TIMES, BaselineShare
from gates.metrics.stats.intervals import clopper_pearson, weighted
from gates.metrics.temporal.ordered_rows import Ordered, missing_roles, ordered_rows
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Mask
    from gates.data.scan.result import Scan

# A week apart lies the same hour of the same day of the week, a day apart the same hour.
_APART = (timedelta(days=7), timedelta(days=1))
# What is dry today is dry tomorrow: readings come in runs, and twentieths of the whole time are nearly free of each other.
_RUNS = 20
# Sound readings exceed chance by nothing, which is the limit but for a thousandth: at 90 % one sound set in twenty would fail.
_CONFIDENCE = 0.998
# A value of one reading in twenty, as no rain, is met by any other series; where nothing is rarer, its chance counts alone.
_FREQUENT = 0.05
# Of more, the first sensors by name and their first readings: some 100 MB.
_READINGS_AT_MOST = 1_000_000
_KEY = ["entity", "when"]


def at_least_by_chance(scan: Scan, rows: Mask, baseline: BaselineShare) -> BaselineShare:
    """The baseline of these synthetic rows, or, where that is more, what they equal by coincidence as readings of their generators."""
    by_generator, index = scan.cached(equal_by_chance), scan.index
    counts = np.bincount(index.generator[rows] + 1, minlength=len(index.generators) + 1)
    parts = [
        (count / counts.sum(), by_generator[name])
        for name, count in zip(("", *index.generators), counts.tolist(), strict=True)
        if count and name in by_generator
    ]
    by_chance = weighted(parts)
    return (
        replace(baseline, share=by_chance, source=OTHER_TIMES) if by_chance.value > baseline.share.value else baseline
    )


def equal_by_chance(scan: Scan) -> Mapping[str, Estimate]:
    """By generator ("" for none), the share of its readings that equal the human one of their sensor and time by coincidence.

    Each is set beside human readings of its own sensor at other times: a week before and after, of a series shorter than two weeks a
    day, of one shorter than two days half of it. What is copied equals its own time more often. The interval is that of twenty runs of
    time. Empty where rows are no readings of series. Call through `scan.cached(equal_by_chance)`.
    """
    if missing_roles(scan.roles) or "value" not in scan.roles.bound:
        return {}
    ordered = ordered_rows(scan)
    counts = _counts(ordered)
    people = counts.filter(origin=Scope.HUMAN.value).select("entity", human="rows")
    made = counts.filter(origin=Scope.SYNTHETIC.value)
    shared = made.join(people, on="entity")
    human, synthetic = _readings(ordered, shared)
    by_chance = {}
    for (generator,), rows in made.group_by("generator"):
        share = float(shared.filter(generator=generator)["rows"].sum()) / float(rows["rows"].sum())
        by_chance[str(generator)] = _share(human, synthetic.filter(generator=generator), share)
    return by_chance


def _counts(ordered: Ordered) -> pl.DataFrame:
    """origin, generator, entity and rows."""
    owner = ["origin", "generator", "entity"]
    return pl.concat([piece.group_by(owner).agg(rows=pl.len().cast(pl.Int64)) for piece in ordered.entities()])


def _readings(ordered: Ordered, shared: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Human and synthetic readings of sensors that both origins have, one a time, in the order of time."""
    sizes = shared.group_by("entity").agg(rows=pl.col("rows").sum() + pl.first("human")).sort("entity")
    chosen = sizes.filter(pl.col("rows").cum_sum() - pl.col("rows") < _READINGS_AT_MOST)["entity"].implode()
    pieces: dict[str, list[pl.DataFrame]] = {Scope.HUMAN.value: [], Scope.SYNTHETIC.value: []}
    for piece in ordered.entities():
        own = piece.filter(pl.col("entity").is_in(chosen)).select("origin", "generator", *_KEY, "what")
        for origin, parts in pieces.items():
            series = own.filter(origin=origin).unique(["generator", *_KEY], keep="first", maintain_order=True)
            is_kept = pl.int_range(pl.len()).over("generator", "entity") < _READINGS_AT_MOST
            parts.append(series.filter(is_kept))
    human, synthetic = (pl.concat(parts).sort("when") for parts in pieces.values())
    return human.select(*_KEY, "what"), synthetic


def _share(human: pl.DataFrame, synthetic: pl.DataFrame, shared: float) -> Estimate:
    """shared: the share of the generator's readings that are of a human sensor."""
    matched = synthetic.join(human, on=_KEY, suffix="_human").sort("when")
    if not matched.height:
        return Estimate.exact(0.0)
    span = human.group_by("entity").agg(span=pl.col("when").max() - pl.col("when").min())
    half = (pl.col("span") / 2).cast(pl.Duration("us"))
    apart = pl.coalesce(*(pl.when(half >= apart).then(pl.lit(apart)) for apart in _APART), half)
    matched = matched.join(span.select("entity", apart=apart), on="entity")
    matched = matched.join(_frequent(human), on=["entity", "what"], how="left", nulls_equal=True).sort("when")
    beside = [_beside(matched, human, 1, "forward"), _beside(matched, human, -1, "backward")]
    compared = matched.select(
        same=pl.col("what").eq_missing(pl.col("what_human")).cast(pl.Float64),
        # Without any other reading nothing is excused.
        beside=pl.mean_horizontal(*beside).fill_null(0.0),
        is_rare=pl.col("frequent").is_null(),
    )
    part = shared * matched.height / synthetic.height
    return min((_of_runs(compared, part, of_rare=of_rare) for of_rare in (False, True)), key=lambda share: share.high)


def _frequent(human: pl.DataFrame) -> pl.DataFrame:
    """The values that a sensor has so often that equal ones show nothing."""
    counts = human.group_by("entity", "what").agg(count=pl.len())
    is_frequent = pl.col("count") >= _FREQUENT * pl.col("count").sum().over("entity")
    return counts.filter(is_frequent).select("entity", "what", frequent=pl.lit(True))


def _of_runs(compared: pl.DataFrame, part: float, *, of_rare: bool) -> Estimate:
    """What is excused, as a share of all rows, of which those compared are a part. of_rare: every frequent value is excused."""
    counts = pl.col("is_rare") | (not of_rare)
    by_chance = pl.when(counts).then("beside").otherwise(0.0)
    excused = pl.when(counts).then("beside").otherwise("same")
    runs = compared.group_by(run=pl.int_range(pl.len()) * _RUNS // pl.len()).agg(
        beyond=(pl.col("same") - excused).mean(), by_chance=by_chance.mean()
    )
    value = float(compared.select(excused.mean()).item())
    error = 1.0
    if runs.height > 1:
        spreads = [_spread(runs["beyond"])]
        if of_rare:
            # Copies come in runs themselves. By chance one reading varies twice as much as the mean of two beside it.
            spreads.append(math.sqrt(3) * _spread(runs["by_chance"]))
        # Where nothing coincides at other times, it may as often as no hit among so many rows leaves open.
        error = max(min(spreads), clopper_pearson(0, compared.height, _CONFIDENCE).high)
    return Estimate(part * value, part * max(0.0, value - error), part * min(1.0, value + error))


def _spread(means: pl.Series) -> float:
    """How far the mean of these may lie from what it estimates, by Student's distribution."""
    times = float(stdtrit(means.len() - 1, 0.5 + _CONFIDENCE / 2))
    return times * float(means.to_numpy().std(ddof=1)) / math.sqrt(means.len())


def _beside(matched: pl.DataFrame, human: pl.DataFrame, sign: int, strategy: str) -> pl.Series:
    """Whether each equals the human reading of its sensor that lies apart; null where there is none."""
    at = matched.with_row_index("place").with_columns(when=pl.col("when") + sign * pl.col("apart")).sort("when")
    other = human.select(*_KEY, other="what", is_there=pl.lit(1.0))
    both = at.join_asof(other, on="when", by="entity", strategy=strategy, check_sortedness=False).sort("place")  # type: ignore[arg-type]
    agrees = pl.col("what").eq_missing(pl.col("other")).cast(pl.Float64)
    return both.select(pl.when(pl.col("is_there").is_not_null()).then(agrees)).to_series().rename(strategy)
