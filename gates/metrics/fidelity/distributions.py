"""How far the columns' distributions differ between human and synthetic rows, beyond chance."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.binned import binned
from gates.metrics.comparison.encoding import Coded, ColumnKind, Feature
from gates.metrics.comparison.paired_draws import draws, excess, worst_excess
from gates.metrics.comparison.strata import Sides, compare_by_role
from gates.metrics.integrity.new_levels import named_levels
from gates.metrics.limits.wording import percent
from gates.metrics.stats.shares import DrawnShares, distances, shares
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.metrics.base.measurement import Failed, Measured, Measurement
    from gates.verdict import Scope

EVIDENCE_COLUMNS = 5
# Figures that stand beside a finding without scrolling; of the other columns the number is kept.
EVIDENCE_DISTRIBUTIONS = 3


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Excess distance of the worst column, in [-1, 1].

    Kolmogorov-Smirnov distance for numbers, total variation distance for categories; missing values are a value.
    The maximum over columns is taken inside each draw, so that many columns need no further correction.
    """
    return compare_by_role(scan, _compare)


def _compare(sides: Sides) -> Measured | Failed:
    features = sides.human_codes.features
    made = draws(sides.human, sides.synthetic, sides.seed)
    if not features or not made:
        return excess(np.empty(0), np.empty(0), sides.counts)
    cross, null = np.empty((len(made), len(features))), np.empty((len(made), len(features)))
    first, other = DrawnShares([draw.human_a for draw in made]), DrawnShares([draw.human_b for draw in made])
    made_up = DrawnShares([draw.synthetic for draw in made])
    for at, feature in enumerate(features):
        human, synthetic = (side.codes[feature.name] for side in (sides.human_codes, sides.synthetic_codes))
        mine, are_ordered = first.of(human, feature.size), feature.kind is ColumnKind.NUMERIC
        cross[:, at] = distances(mine, made_up.of(synthetic, feature.size), are_ordered=are_ordered)
        null[:, at] = distances(mine, other.of(human, feature.size), are_ordered=are_ordered)
    measured, gap, order = worst_excess(cross, null, sides.counts)
    return replace(
        measured,
        note=_note(features[order[0]], sides.human_codes, sides.synthetic_codes),
        evidence={
            "worst_columns": {features[at].name: float(gap[at]) for at in order[:EVIDENCE_COLUMNS]},
            "distributions": {
                features[at].name: binned(features[at], sides.human_codes, sides.synthetic_codes)
                for at in order[:EVIDENCE_DISTRIBUTIONS]
            },
        },
    )


def _note(feature: Feature, human: Coded, synthetic: Coded) -> str:
    """What differs most in the worst column: the level, or the median; where medians are one, the share of rows up to a number."""
    if feature.kind is ColumnKind.NUMERIC:
        medians = (side.frame[feature.name].median() for side in (human, synthetic))
        numbers = [feature.shown(value) if isinstance(value, float) else "none" for value in medians]
        if numbers[0] == numbers[1]:
            return f"worst column '{feature.name}': {_part_apart(feature, human, synthetic)}"
        return f"worst column '{feature.name}': human median {numbers[0]}, synthetic {numbers[1]}"
    mine, theirs = (shares(side.codes[feature.name], feature.size) for side in (human, synthetic))
    at = int(np.argmax(np.abs(mine - theirs)))
    if at > len(feature.levels):
        return f"worst column '{feature.name}': {percent(theirs[at])} of synthetic rows have levels that no human row has: {_new_levels(feature, synthetic)}"
    name = ["missing", *(f"'{shortened(level)}'" for level in feature.levels)][at]
    return f"worst column '{feature.name}': {name} is {percent(mine[at])} of human rows, {percent(theirs[at])} of synthetic"


def _part_apart(feature: Feature, human: Coded, synthetic: Coded) -> str:
    """The part of a numeric column's rows, up to a number or missing, whose shares differ most: what the distance is read off."""
    mine, theirs = (shares(side.codes[feature.name], feature.size) for side in (human, synthetic))
    at = int(np.argmax(np.abs(np.cumsum(mine - theirs))))
    if at == 0:
        return f"missing in {percent(mine[0])} of human rows, {percent(theirs[0])} of synthetic"
    # An even code is a point of the grid, an odd one the gap below the next.
    upto = (
        f"at most {feature.shown(feature.grid[at // 2 - 1])}"
        if at % 2 == 0
        else f"below {feature.shown(feature.grid[at // 2])}"
    )
    mine_upto, theirs_upto = (percent(side[1 : at + 1].sum()) for side in (mine, theirs))
    return f"{upto} in {mine_upto} of human rows, {theirs_upto} of synthetic"


def _new_levels(feature: Feature, synthetic: Coded) -> str:
    """The most frequent levels that no human row has."""
    values = synthetic.frame[feature.name].filter(synthetic.codes[feature.name] == len(feature.levels) + 1)
    counted = Counter(values.to_list())
    return named_levels(sorted(counted, key=lambda level: (-counted[level], level)))


METRIC = Metric(
    expectation="expect_distributions_to_match",
    measure=measure,
    side=Side.MAX,
    finding="Columns of synthetic rows are distributed differently from those of human rows",
    unit=Unit.EXTRA_NUMBER,
    asks="Does each column of the synthetic rows follow the human column's distribution?",
    why=(
        "A model trained on shifted columns learns the generator's world. A fixed threshold on a distance is unsound, "
        "because the distance shrinks with n: what counts is how much further synthetic rows lie from human rows than other human rows do."
    ),
    source="Kolmogorov-Smirnov and total variation distance; paired human half-splits as baseline",
    fix=(
        "Retrain the generator on the column that differs most, or reweight its rows; if the rows are meant to add what "
        'human rows lack (rare cases, balancing), say so with synthetic_role = "extend".'
    ),
    reads="the sample",
)
