"""What one row more of a group gains: human rows by taking half of them away, synthetic ones by adding those that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.advice.groups import Group, level_mask
from gates.advice.material import HUMAN_BLOCK, Material

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Floats, Ints

# Which half is taken decides much; three halves show how much.
DRAWS = 3
# Gains are of so many rows: one row gains nothing that anybody could read.
PER_ROWS = 100
# Normal quantile of a 95 % interval.
QUANTILE = 1.96
# Of fewer rows it decides more which they are than how many.
ROWS_AT_LEAST = 20
# Fewer levels say nothing about how levels differ.
LEVELS_TO_POOL = 3
# So that a gain of which all draws agree has a weight that is a number.
LEAST_VARIANCE = 1e-18


@dataclass(frozen=True)
class Gain:
    """By how much `PER_ROWS` rows lower the mean loss on human test rows. error: its standard error. rows: those it was measured with."""

    value: float
    error: float
    rows: int

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.value - QUANTILE * self.error

    @property
    def high(self) -> float:
        """Its upper end."""
        return self.value + QUANTILE * self.error


def human_gains(material: Material, groups: Sequence[Group], seed: int) -> dict[str, Gain]:
    """By group, what human rows of it gain: the loss without half of them, less that with all, over the rows taken away.

    The group keeps its share of the weight, or rows of a label would gain by what they make of its share. Levels of a column are
    pooled in part: a level that is measured badly is drawn to what all of them gain. Groups with too few rows have no gain.
    """
    rng = np.random.default_rng([seed, 3])
    full = _losses(material, material.train, np.ones(len(material.train)))
    gains = {}
    for group in groups:
        own = rows_of(material, HUMAN_BLOCK, material.train, group)
        taken = len(own) // 2
        if taken < ROWS_AT_LEAST or len(own) == len(material.train):
            continue
        differences = []
        for _ in range(DRAWS):
            kept = np.setdiff1d(material.train, rng.choice(own, taken, replace=False))
            weights = np.where(np.isin(kept, own), len(own) / (len(own) - taken), 1.0)
            differences.append(_losses(material, kept, weights) - full)
        gains[group.name] = _gain(np.array(differences), taken)
    return _pooled(gains, groups)


def synthetic_gains(
    material: Material, groups: Sequence[Group], source: str, weight: float, seed: int
) -> dict[str, Gain]:
    """By group, what its rows of a source gain beside all human rows, under this weight; the group keeps its share of all weight."""
    rng = np.random.default_rng([seed, 4])
    full = _losses(material, material.train, np.ones(len(material.train)))
    gains = {}
    for group in groups:
        own = material.untested(rows_of(material, source, material.sources[source], group))
        mine = np.isin(material.train, rows_of(material, HUMAN_BLOCK, material.train, group))
        if len(own) < ROWS_AT_LEAST or not mine.any():
            continue
        differences = []
        half = len(own) // 2
        # Two halves, so that it is seen how much the rows that happen to be there decide.
        for part in np.split(rng.permutation(own)[: 2 * half], 2):
            kept = mine.sum() / (mine.sum() + half * weight)
            weights = np.r_[np.where(mine, kept, 1.0), np.full(half, weight * kept)]
            differences.append(full - _losses(material, np.r_[material.train, part], weights))
        gains[group.name] = _gain(np.array(differences), half)
    return _pooled(gains, groups)


def rows_of(material: Material, block: str, rows: Ints, group: Group) -> Ints:
    """Those of the rows that lie in a group. rows: positions of rows of the block."""
    frame = material.blocks[block].frame
    mask = level_mask(frame[group.column], group.level)
    own: Ints = rows[mask[rows - material.starts[block]]]
    return own


def _losses(material: Material, rows: Ints, weights: Floats) -> Floats:
    return material.examples.losses(rows, weights, material.test)


def _gain(differences: Floats, rows: int) -> Gain:
    """differences: draws x test rows."""
    unit = PER_ROWS / rows
    per_row = differences.mean(axis=0)
    of_tests = float(per_row.var(ddof=1)) / len(per_row)
    of_draws = float(differences.mean(axis=1).var(ddof=1)) / len(differences)
    return Gain(float(per_row.mean()) * unit, float(np.sqrt(of_tests + of_draws)) * unit, rows)


def _pooled(gains: dict[str, Gain], groups: Sequence[Group]) -> dict[str, Gain]:
    pooled: dict[str, Gain] = {}
    for column in dict.fromkeys(group.column for group in groups):
        own = {group.name: gains[group.name] for group in groups if group.column == column and group.name in gains}
        pooled |= partly_pooled(own) if len(own) >= LEVELS_TO_POOL else own
    return pooled


def partly_pooled(gains: dict[str, Gain]) -> dict[str, Gain]:
    """Each gain drawn to the mean of all by how badly it is measured, against how much gains differ.

    The variance between them by moments: DerSimonian & Laird, Controlled Clinical Trials 7 (1986) 177-188; what is drawn to
    what: Morris, Journal of the American Statistical Association 78 (1983) 47-55.
    """
    values = np.array([gain.value for gain in gains.values()])
    variances = np.maximum(np.array([gain.error for gain in gains.values()]) ** 2, LEAST_VARIANCE)
    weights = 1 / variances
    mean = float((weights * values).sum() / weights.sum())
    excess = float((weights * (values - mean) ** 2).sum()) - (len(values) - 1)
    between = max(0.0, excess / float(weights.sum() - (weights**2).sum() / weights.sum()))
    total = 1 / (variances + between)
    mean, of_mean = float((total * values).sum() / total.sum()), 1 / float(total.sum())
    own = between / (between + variances)
    shrunk = own * values + (1 - own) * mean
    errors = np.sqrt(own * variances + (1 - own) ** 2 * of_mean)
    return {
        name: Gain(float(value), float(error), gain.rows)
        for (name, gain), value, error in zip(gains.items(), shrunk, errors, strict=True)
    }
