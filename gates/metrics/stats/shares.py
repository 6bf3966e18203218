"""Shares of codes, and how far two vectors of shares lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.arrays import Floats


def shares(codes: npt.NDArray[np.signedinteger], size: int) -> Floats:
    """The share of each of `size` codes; zeros without rows."""
    return np.bincount(codes, minlength=size) / max(1, len(codes))


def total_variation(one: Floats, other: Floats) -> float:
    """Half the sum of absolute differences, in [0, 1]."""
    return float(np.abs(one - other).sum() / 2)


def kolmogorov_smirnov(one: Floats, other: Floats) -> float:
    """The largest difference of cumulated shares, in [0, 1]."""
    return float(np.abs(np.cumsum(one - other)).max())
