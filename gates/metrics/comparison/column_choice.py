"""Which columns of a wide table a model looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from gates.data.arrays import Codes, Floats, Ints, Labels, Mask

    Bins = npt.NDArray[np.int8]

# Eight bins show a shift of the mean or of the spread, and three hundred rows a side still fill each of them.
_BINS = 8
_MISSING = _BINS
# Cells that are counted at once: 32 MB of numbers.
_AT_ONCE = 4_000_000
# The correlation of codes in a thousand rows ranks pairs of columns: all strengths of 4,000 columns would take an hour.
ROWS_TO_CHOOSE_BY = 1000


def coarse_codes(values: Floats, categorical: Mask) -> Bins:
    """Rows x columns of codes in [0, 8]: eighths of the numbers, the seven most frequent levels and the rest; 8 is missing.

    values: numbers, NaN where missing; of a category, each level's place by how many rows have it.
    """
    codes = np.empty(values.shape, dtype=np.int8)
    for some in _blocks(values.shape):
        codes[:, some] = _coarse(values[:, some], categorical[some])
    return codes


def _coarse(values: Floats, categorical: Mask) -> Bins:
    ordered = np.sort(values, axis=0)
    present = len(values) - np.isnan(values).sum(axis=0)
    codes = np.zeros(values.shape, dtype=np.int8)
    for eighth in range(1, _BINS):
        last = np.maximum(present * eighth // _BINS - 1, 0)
        edges = np.where(categorical, eighth - 1, np.take_along_axis(ordered, last[None, :], axis=0)[0])
        codes += values > edges
    codes[np.isnan(values)] = _MISSING
    return codes


def _blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    """The columns in parts that are worked on at once."""
    width = max(1, _AT_ONCE // max(1, shape[0]))
    yield from (slice(start, start + width) for start in range(0, shape[1], width))


def chosen_columns(codes: Bins, labels: Labels, count: int) -> Ints:
    """Positions, ascending: half of them of the columns whose codes go furthest with the labels, the rest drawn once for all.

    Drawn ones are there for what tells only together with others.
    """
    dependence = np.concatenate([_dependence(codes[:, some], labels) for some in _blocks(codes.shape)])
    best = np.argsort(-dependence, kind="stable")[: count // 2]
    drawn = np.random.default_rng(0).permutation(codes.shape[1])
    return np.sort(np.concatenate([best, drawn[~np.isin(drawn, best)][: count - len(best)]]))


def _dependence(codes: Bins, labels: Labels) -> Floats:
    """Per column, how many standard deviations Pearson's chi-square lies above its mean without any dependence."""
    size, width = _MISSING + 1, codes.shape[1]
    cells = codes + np.arange(width, dtype=np.int32) * size
    by_class = np.stack(
        [
            np.bincount(cells[labels == label].ravel(), minlength=size * width).reshape(width, size)
            for label in np.unique(labels)
        ]
    )
    together = by_class.sum(axis=0)
    expected = together * (by_class.sum(axis=2) / len(labels))[:, :, None]
    squares = np.divide((by_class - expected) ** 2, expected, out=np.zeros(expected.shape), where=expected > 0)
    freedom = ((together > 0).sum(axis=1) - 1) * (len(by_class) - 1)
    above = squares.sum(axis=(0, 2)) - freedom
    deviations: Floats = np.divide(above, np.sqrt(2 * freedom), out=np.full(width, -np.inf), where=freedom > 0)
    return deviations


def rough_strengths(codes: Codes) -> Floats:
    """Absolute correlation of codes of all columns with each other; 0 where one is constant."""
    centred = codes - codes.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=0))
    scaled = (centred / np.where(scale > 0, scale, 1)).astype(np.float32)
    # Rounded, so that the order of sums does not choose among equals.
    rough: Floats = np.abs(scaled.T @ scaled).round(4).astype(np.float64)
    return rough


def strongest(strengths: Floats, count: int) -> Ints:
    """Positions of the largest strengths in their order, of equal ones the first; none is NaN.

    Of millions, as of pairs of thousands of columns, only those are put in order that may be among them.
    """
    if not 0 < count < len(strengths):
        return np.argsort(-strengths, kind="stable")[:count]
    rest = len(strengths) - count
    strong = np.flatnonzero(strengths >= np.partition(strengths, rest)[rest])
    return strong[np.argsort(-strengths[strong], kind="stable")[:count]]


def strongest_columns(codes: Codes, count: int) -> Ints:
    """Positions, ascending, of the columns of the pairs whose codes are correlated most. codes: rows x columns."""
    lefts, rights = np.triu_indices(codes.shape[1], 1)
    strength = rough_strengths(codes)[lefts, rights]
    # So many pairs are of `count` columns at least.
    best = strongest(strength, count * count // 2)
    columns = dict.fromkeys(np.column_stack([lefts[best], rights[best]]).ravel().tolist())
    return np.sort(list(columns)[:count])
