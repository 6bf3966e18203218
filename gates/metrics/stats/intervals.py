"""Exact and score intervals for shares of rows."""

from __future__ import annotations

import math

from scipy.special import betaincinv, ndtri

from gates.metrics.base.measurement import Estimate

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
