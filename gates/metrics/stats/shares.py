"""Shares of codes, and how far two vectors of shares lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gates.data.arrays import Floats, Ints


def shares(codes: npt.NDArray[np.signedinteger], size: int) -> Floats:
    """The share of each of `size` codes; zeros without rows."""
    return np.bincount(codes, minlength=size) / max(1, len(codes))


class DrawnShares:
    """Shares of codes in several parts of the rows at once, of one column after another."""

    def __init__(self, parts: Sequence[Ints]) -> None:
        """parts: positions of rows, an array for each part."""
        self._sizes = np.array([len(part) for part in parts])
        self._rows, self._part = np.concatenate(parts), np.repeat(np.arange(len(parts)), self._sizes)

    def of(self, codes: npt.NDArray[np.signedinteger], size: int) -> Floats:
        """As `shares`, parts x codes."""
        counts = np.bincount(self._part * size + codes[self._rows], minlength=len(self._sizes) * size)
        each: Floats = counts.reshape(-1, size) / np.maximum(1, self._sizes)[:, None]
        return each


def total_variation(one: Floats, other: Floats) -> float:
    """Half the sum of absolute differences, in [0, 1]."""
    return float(distances(one, other, are_ordered=False))


def kolmogorov_smirnov(one: Floats, other: Floats) -> float:
    """The largest difference of cumulated shares, in [0, 1]."""
    return float(distances(one, other, are_ordered=True))


def distances(one: Floats, other: Floats, *, are_ordered: bool) -> Floats:
    """`kolmogorov_smirnov` of codes that have an order, else `total_variation`, along the last axis."""
    apart: Floats = one - other
    if are_ordered:
        return np.asarray(np.abs(np.cumsum(apart, axis=-1)).max(axis=-1))
    return np.asarray(np.abs(apart).sum(axis=-1) / 2)
