"""Distances between rows over all their features: numbers in standard deviations of human rows, categories equal or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.comparison.encoding import Coded, ColumnKind

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints

# Beyond five standard deviations a single column would decide which rows are near.
FARTHEST = 5.0
# With 5,000 others 1.3 MB, which stay in the processor's cache: to fetch distances from memory again takes longer than to compute them.
ROWS_AT_ONCE = 32


@dataclass(frozen=True)
class Points:
    """Rows as points: `numbers` has a standardised column per number, `levels` a code per category."""

    numbers: Floats
    levels: Floats

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def width(self) -> int:
        """Number of features."""
        return int(self.numbers.shape[1] + self.levels.shape[1])

    def take(self, rows: Ints) -> Points:
        """The rows at these positions."""
        return Points(self.numbers[rows], self.levels[rows])


def points_of(human: Coded, *others: Coded) -> list[Points]:
    """Human rows, and then others, as points on the scale of human rows. A missing number lies at their mean."""
    names = [feature.name for feature in human.features if feature.kind is ColumnKind.NUMERIC]
    mine = human.frame.select(names).to_numpy().astype(np.float64).reshape(len(human), len(names))
    present = np.isfinite(mine)
    count = np.maximum(1, present.sum(axis=0))
    centre = np.where(present, mine, 0).sum(axis=0) / count
    spread = np.sqrt((np.where(present, mine - centre, 0) ** 2).sum(axis=0) / count)
    return [_points(side, names, centre, np.where(spread > 0, spread, 1.0)) for side in (human, *others)]


def distances(first: Points, second: Points) -> Floats:
    """Euclidean distances, shape (first, second); two levels of a category lie one standard deviation apart.

    Computed difference by difference, so that equal rows lie at exactly 0.
    """
    from scipy.spatial.distance import cdist

    apart = np.empty((len(first), len(second)))
    unequal = np.empty((ROWS_AT_ONCE, len(second)))
    for start in range(0, len(first), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        here = apart[rows]
        cdist(first.numbers[rows], second.numbers, "sqeuclidean", out=here)
        if width := first.levels.shape[1]:
            shares = cdist(first.levels[rows], second.levels, "hamming", out=unequal[: len(here)])
            shares *= width
            here += np.rint(shares, out=shares)
        np.sqrt(here, out=here)
    return apart


def _points(side: Coded, names: list[str], centre: Floats, spread: Floats) -> Points:
    numbers = side.frame.select(names).to_numpy().astype(np.float64).reshape(len(side), len(names))
    standard = np.clip(
        np.nan_to_num((numbers - centre) / spread, posinf=FARTHEST, neginf=-FARTHEST), -FARTHEST, FARTHEST
    )
    levels = [side.codes[feature.name] for feature in side.features if feature.kind is ColumnKind.CATEGORICAL]
    codes = np.column_stack(levels).astype(np.float64) if levels else np.zeros((len(side), 0))
    return Points(standard, codes)
