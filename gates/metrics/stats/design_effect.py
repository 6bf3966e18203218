"""Shares of rows that are not independent: how many independent rows they are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Estimate
from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Hashes, Ints


def clustered_share(hits: Floats, cluster: Hashes | Ints) -> Estimate:
    """The mean of `hits`, each in [0, 1], with an exact interval for as many rows as the clusters are worth.

    NaN without rows. Korn & Graubard, Survey Methodology 24 (1998) 193-201.
    """
    rows = effective_rows(hits, cluster)
    if not rows:
        return clopper_pearson(0, 0)
    value = float(hits.mean())
    bounds = clopper_pearson(round(value * rows), rows)
    return Estimate(value, min(value, bounds.low), max(value, bounds.high))


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
