"""Whether synthetic rows reach where human rows lie, and which human rows nothing synthetic comes near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import Failed, Inconclusive, Measured, Measurement, with_details
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.comparison.distances import Points, distances, points_of
from gates.metrics.comparison.paired_draws import draws, percentile_ratio
from gates.metrics.comparison.row_map import row_map
from gates.metrics.comparison.strata import Sides, compare_by_role, everything
from gates.metrics.limits.wording import percent
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

# Naeem et al. (2020) recommend 5: with fewer neighbours a ball is an accident, with more it spans gaps.
NEIGHBOURS = 5
# One of the measures has the map of all rows, which is the same for each.
MAPPED = "coverage"
DRAW_COUNT = 10
ROWS_A_SIDE = 1000
# A matrix of 1,000 by 1,000 rows of 100 features takes .15 s; a draw has five of them, and wider rows are drawn fewer.
DIFFERENCES_AT_MOST = ROWS_A_SIDE**2 * 100
# Fewer rows of a level say nothing about it.
LEVEL_ROWS = 30
EVIDENCE_LEVELS = 5


@dataclass(frozen=True)
class _Reach:
    """How well one set of rows reaches another. outside: rows of the other one that lie in no ball of this one."""

    precision: float
    recall: float
    density: float
    coverage: float
    outside: Mask


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """A measure of how synthetic rows reach human rows, divided by that of other human rows; 1 is as good as these.

    kind "coverage": share of human rows with a synthetic one in their ball, which reaches to their fifth neighbour;
    "density": how many such balls a synthetic row lies in; "precision": share of synthetic rows in any of them;
    "recall": share of human rows in a synthetic row's ball.
    """
    kind = str(params["kind"])
    measured = compare_by_role(scan, lambda sides: compare(scan, sides, kind), less_is_worse=True)
    if kind != MAPPED or not scan.declared.extends_human_law:
        return measured
    # Strata are what is compared; where their rows lie among all is seen on a map of all.
    whole = everything(scan)
    return with_details(measured, evidence=_map(*points_of(whole.human_codes, whole.synthetic_codes)))


def _map(human: Points, synthetic: Points) -> dict[str, object]:
    places = row_map(human, synthetic) if human.width else {}
    return {"map": places} if places else {}


def compare(scan: Scan, sides: Sides, kind: str) -> Measured | Inconclusive | Failed:
    """As `measure`, of these sides alone."""
    human, synthetic = points_of(sides.human_codes, sides.synthetic_codes)
    if not human.width:
        return Inconclusive("no column can be compared, so that no row is near another", sides.counts)
    at_most = min(ROWS_A_SIDE, int(np.sqrt(DIFFERENCES_AT_MOST / human.width)))
    drawn = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=at_most)
    made = [draw for draw in drawn if len(draw.human_a) > NEIGHBOURS]
    if not made:
        reason = f"balls of {NEIGHBOURS} neighbours need {2 * NEIGHBOURS + 2} rows of each origin and human groups that can be halved"
        return Inconclusive(reason, sides.counts)
    cross = [_reach(human.take(draw.human_a), synthetic.take(draw.synthetic)) for draw in made]
    null = [_reach(human.take(draw.human_a), human.take(draw.human_b)) for draw in made]
    values, baseline = (np.array([getattr(reach, kind) for reach in side]) for side in (cross, null))
    if not baseline.all():
        return Inconclusive("human rows do not reach each other: there is no scale", sides.counts)
    measured = percentile_ratio(values / baseline, baseline, sides.counts)
    mass = float(np.median([mine.recall - theirs.recall for mine, theirs in zip(null, cross, strict=True)]))
    unique = [theirs.outside.astype(np.float64) - mine.outside for mine, theirs in zip(null, cross, strict=True)]
    where = _where(scan, sides.human, np.concatenate([draw.human_a for draw in made]), np.concatenate(unique))
    sets = {"synthetic": cross, "people": null}
    evidence: dict[str, object] = {
        name: {origin: float(np.median([getattr(reach, name) for reach in side])) for origin, side in sets.items()}
        for name in ("precision", "recall", "density", "coverage")
    }
    evidence |= {"unique_human_mass": mass, "unique_human_mass_by_level": where}
    # Of a part only the number is kept.
    if kind == MAPPED and not sides.name:
        evidence |= _map(human, synthetic)
    most = f", most in {shortened(next(iter(where)))}" if where else ""
    note = f"{percent(float(np.median(values / baseline)))} of the {kind} that other human rows have; {percent(max(0.0, mass))} of human rows lie where no synthetic ones do{most}"
    return replace(measured, note=note, evidence=evidence)


def _reach(real: Points, made: Points) -> _Reach:
    """Kynkäänniemi et al., NeurIPS 2019 (precision, recall); Naeem et al., ICML 2020 (density, coverage)."""
    apart = distances(real, made)
    real_radius, made_radius = _radius(real), _radius(made)
    in_real = apart <= real_radius[:, None]
    in_made = np.any(apart <= made_radius[None, :], axis=1)
    return _Reach(
        precision=float(in_real.any(axis=0).mean()),
        recall=float(in_made.mean()),
        density=float(in_real.sum() / (NEIGHBOURS * len(made))),
        coverage=float(in_real.any(axis=1).mean()),
        outside=np.logical_not(in_made),
    )


def _radius(points: Points) -> Floats:
    """Distance of each row to its fifth neighbour; the row itself comes first."""
    radius: Floats = np.partition(distances(points, points), NEIGHBOURS, axis=1)[:, NEIGHBOURS]
    return radius


def _where(scan: Scan, human: Rows, rows: Ints, unique: Floats) -> dict[str, float]:
    """Unique human mass by level of slices and label, largest first: where human rows cannot be replaced."""
    masses: dict[str, float] = {}
    for column in dict.fromkeys(name for name in (*scan.roles.slices, scan.roles.label) if name):
        levels = human.frame[column].cast(pl.String)[rows]
        table = pl.DataFrame({"level": levels, "row": rows, "mass": unique}).drop_nulls().group_by("level")
        for level, count, mass in table.agg(pl.col("row").n_unique(), pl.col("mass").mean()).sort("level").iter_rows():
            if count >= LEVEL_ROWS and mass > 0:
                masses[f"{column}={level}"] = round(mass, 6)
    return dict(sorted(masses.items(), key=lambda one: (-one[1], one[0]))[:EVIDENCE_LEVELS])


METRIC = Metric(
    expectation="expect_coverage_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Synthetic rows miss regions that human rows cover",
    asks="Do synthetic rows cover all regions that human rows cover?",
    why=(
        "A generator that leaves out corners of the law can still match every column. Human rows that nothing synthetic comes near are "
        "what only people give; evidence says how many there are beyond chance and in which slices they lie."
    ),
    source="Naeem et al., Reliable Fidelity and Diversity Metrics, ICML 2020; Kynkäänniemi et al., NeurIPS 2019",
    fix="Have the generator make more rows like the human rows that no synthetic row comes near, or keep these human rows in the set.",
    params=(("kind", "coverage"),),
    detail=("kind",),
    reads="the sample, at most 1,000 rows of it at a time",
)
