"""Strength of the association between two columns: of numbers, of categories, and of one of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gates.data.arrays import Codes, Floats, Ints, Mask


def midranks(codes: Codes, size: int) -> Floats:
    """Average ranks of ordered codes, ties sharing their mean rank."""
    counts = np.bincount(codes, minlength=size)
    return (np.cumsum(counts) - (counts - 1) / 2)[codes]


@dataclass(frozen=True)
class RankedColumn:
    """Numbers with their mean and the sum of squares around it, computed once for all pairs of the column.

    square, spread: that sum by a dot product and by pairwise summation, which round differently; each formula keeps its own.
    """

    values: Floats
    mean: float
    square: float
    spread: float

    @classmethod
    def of(cls, values: Floats) -> RankedColumn:
        """The column of these values, midranks for one."""
        mean = values.mean()
        centred = values - mean
        return cls(values, mean, centred @ centred, float((centred**2).sum()))


@dataclass(frozen=True)
class LevelColumn:
    """Codes of levels, of which there may be `size`, with the mask of those that occur and how often each of these does."""

    codes: Codes
    size: int
    used: Mask
    counts: Ints

    @classmethod
    def of(cls, codes: Codes, size: int) -> LevelColumn:
        """The column of these codes."""
        counts = np.bincount(codes, minlength=size)
        used = counts > 0
        return cls(codes, size, used, counts[used])


def correlation(first: RankedColumn, second: RankedColumn) -> float:
    """Pearson's correlation; 0 where one side is constant. On midranks it is Spearman's."""
    scale = np.sqrt(first.square * second.square)
    return float((first.values - first.mean) @ (second.values - second.mean) / scale) if scale > 0 else 0.0


def correlation_ratio(category: LevelColumn, number: RankedColumn) -> float:
    """Share of a number's spread that a category explains, as eta in [0, 1], corrected for the number of levels.

    Kelley's epsilon-squared: Proceedings of the National Academy of Sciences 21 (1935) 554-559.
    """
    n, levels = len(number.values), len(category.counts)
    total = number.spread
    if total <= 0 or n <= levels:
        return 0.0
    sums = np.bincount(category.codes, weights=number.values, minlength=category.size)[category.used]
    between = float((category.counts * (sums / category.counts - number.mean) ** 2).sum())
    unexplained = (total - between) / (n - levels) / (total / (n - 1))
    return float(np.sqrt(max(0.0, 1 - unexplained)))


def cramers_v(first: LevelColumn, second: LevelColumn) -> float:
    """Bias-corrected Cramer's V in [0, 1]; 0 where a side is constant. Bergsma 2013, equation 2.

    Journal of the Korean Statistical Society 42 (2013) 323-328.
    """
    sizes = first.size, second.size
    table = np.bincount(first.codes * sizes[1] + second.codes, minlength=sizes[0] * sizes[1]).reshape(sizes)
    table = table[first.used][:, second.used]
    n, (rows, columns) = int(table.sum()), table.shape
    if min(rows, columns) <= 1 or n <= 1:
        return 0.0
    expected = np.outer(first.counts, second.counts) / n
    phi = float(((table - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    reach = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(min(1.0, np.sqrt(corrected / reach))) if reach > 0 else 0.0
