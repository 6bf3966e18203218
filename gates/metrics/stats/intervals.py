"""Exact and score intervals for shares of rows, also of rows that are not independent: how many they are worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, ndtri

from gates.metrics.base.measurement import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Floats, Hashes, Ints

# Two-sided 90 %: each bound alone holds with 95 %, which is the level a one-sided limit asks about.
CONFIDENCE = 0.9


def clopper_pearson(hits: float, n: float, confidence: float = CONFIDENCE) -> Estimate:
    """Share of hits among n rows with its exact binomial interval, in [0, 1].

    n = 0 gives NaN, which no judgement takes for a pass. Both are fractions where n is an effective number of rows.
    Clopper & Pearson, Biometrika 26 (1934) 404-413.
    """
    if n <= 0:
        return Estimate(math.nan, math.nan, math.nan)
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return Estimate(hits / n, low, high)


def wilson(hits: float, n: float, confidence: float = CONFIDENCE) -> Estimate:
    """Share of hits among n rows with its score interval, in [0, 1]; NaN for n = 0. Fractions as in `clopper_pearson`.

    Wilson, Journal of the American Statistical Association 22 (1927) 209-212.
    """
    if n <= 0:
        return Estimate(math.nan, math.nan, math.nan)
    z = float(ndtri(0.5 + confidence / 2))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Estimate(share, max(0.0, centre - half) if hits else 0.0, min(1.0, centre + half) if hits < n else 1.0)


def ratio_difference(hits_a: float, n_a: float, hits_b: float, n_b: float, confidence: float = CONFIDENCE) -> Estimate:
    """Share of hits in a minus share of hits in b, in [-1, 1], with a hybrid score interval; NaN for an empty side.

    Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    a, b = wilson(hits_a, n_a, confidence), wilson(hits_b, n_b, confidence)
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(value, low, high)


def difference(a: Estimate, b: Estimate) -> Estimate:
    """One share minus another; conservative, from the bounds of each.

    For rare events near zero, where score intervals are too narrow to speak of copies.
    """
    return Estimate(a.value - b.value, a.low - b.high, a.high - b.low)


def clustered_share(hits: Floats, cluster: Hashes | Ints) -> Estimate:
    """The mean of `hits`, each in [0, 1], with an exact interval for as many rows as the clusters are worth.

    NaN without rows. Korn & Graubard, Survey Methodology 24 (1998) 193-201.
    """
    rows = effective_rows(hits, cluster)
    if not rows:
        return clopper_pearson(0, 0)
    return share_of_rows(float(hits.mean()), rows)


def share_of_rows(share: float, rows: int) -> Estimate:
    """A share with its exact interval for as many rows as it is worth, one at least."""
    bounds = clopper_pearson(round(share * rows), rows)
    return Estimate(share, min(share, bounds.low), max(share, bounds.high))


def weighted(parts: Sequence[tuple[float, Estimate]], total: float = 1.0) -> Estimate:
    """The sum of estimates with their bounds, each times its weight, over the total weight."""
    value, low, high = (
        sum(weight * getattr(one, bound) for weight, one in parts) / total for bound in ("value", "low", "high")
    )
    return Estimate(value, low, high)


def effective_rows(hits: Floats, cluster: Hashes | Ints) -> int:
    """How many independent rows would know the mean of `hits` as well, at most as many as there are.

    The design effect is the variance of the mean over clusters against that over rows. It lies between 1, rows of a
    cluster as different as any, and what holds where they are all alike (Kish, Survey Sampling, 1965), which is also
    taken where hits do not vary: then nothing tells how alike they are.
    """
    if not len(hits):
        return 0
    _, code = np.unique(cluster, return_inverse=True)
    sizes = np.bincount(code).astype(np.float64)
    all_alike = float((sizes**2).sum() / len(hits))
    share = float(hits.mean())
    variance = share * (1 - share) * len(hits)
    between = float((np.bincount(code, weights=hits - share) ** 2).sum())
    design = between / variance if variance > 0 else all_alike
    return max(1, int(len(hits) / min(max(1.0, design), all_alike)))
