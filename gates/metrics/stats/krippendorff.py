"""Agreement beyond chance: Krippendorff's alpha within a group of raters, weighted kappa between two groups.

Units are given as kinds: `counts[kind, value]` is how many raters gave a unit of this kind the value, `times[draw, kind]`
how many such units there are. Units are alike by the thousand, so that a million of them cost what some hundred do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from gates.data.arrays import Floats

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def squared_distances(level: Level, values: Floats, marginals: Floats) -> Floats:
    """How far apart two values are, squared, as the level of measurement has it; values x values.

    values: ascending; nominal data take any. marginals: how often each value was given, which is what ordinal data
    measure distances in. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C.
    """
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ordinal":
        # Sum of the marginals from one value to the other, less half of both ends: a difference of middle ranks.
        values = np.cumsum(marginals) - marginals / 2
    difference = values[:, None] - values[None, :]
    if level == "ratio":
        total = values[:, None] + values[None, :]
        difference = np.divide(difference, total, out=np.zeros_like(difference), where=total != 0)
    squared: Floats = difference**2
    return squared


def krippendorff_alpha(counts: Floats, distance: Floats, times: Floats) -> Floats:
    """Agreement among raters beyond chance, one value per draw, at most 1; NaN where all ratings are equal.

    counts: kinds x values, every kind with two ratings or more: units with one rating have no pair. times: draws x kinds.
    Krippendorff, Content Analysis, 2nd ed. 2004, ch. 11.
    """
    raters = counts.sum(axis=1)
    within = ((counts @ distance) * counts).sum(axis=1) / (raters - 1)
    given = times @ counts
    expected = ((given @ distance) * given).sum(axis=1) / (given.sum(axis=1) - 1)
    return _beyond_chance(times @ within, expected)


def agreement_between(one: Floats, other: Floats, distance: Floats, times: Floats) -> Floats:
    """Agreement of two groups of raters beyond chance, one value per draw, at most 1; each unit counts once.

    one, other: kinds x values, with a rating or more of either group. Chance is what independent ratings with each
    group's own frequencies would give: for two single raters this is Cohen's weighted kappa.
    Cohen, Psychological Bulletin 70 (1968) 213-220.
    """
    one, other = (ratings / ratings.sum(axis=1, keepdims=True) for ratings in (one, other))
    apart = ((one @ distance) * other).sum(axis=1)
    expected = ((times @ one @ distance) * (times @ other)).sum(axis=1) / times.sum(axis=1)
    return _beyond_chance(times @ apart, expected)


def _beyond_chance(observed: Floats, expected: Floats) -> Floats:
    undefined = np.full_like(expected, np.nan)
    return 1 - np.divide(observed, expected, out=undefined, where=expected > 0)
