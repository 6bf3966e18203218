"""Resampling with replacement of units of which many are alike: draws are counts per kind, never copies of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.arrays import Floats, Ints

# The 5th percentile of 1,000 draws rests on 50 of them: from one seed to another it moves by a twentieth of the interval.
RESAMPLE_COUNT = 1000
LOW, MIDDLE, HIGH = 5, 50, 95
# Counts of draws by kinds held at one time: 40 MB.
_CELLS_AT_ONCE = 5_000_000
# Where a statistic exists in fewer draws than this, chance decides whether there is a number at all.
_DRAWS_TO_COUNT = 0.95


def resampled(times: Ints, seed: int, statistic: Callable[[Floats], Floats], count: int = RESAMPLE_COUNT) -> Floats:
    """The statistic over `count` resamples of as many units as there are.

    times: how many units there are of each kind. statistic: takes draws x kinds, how often each kind was drawn, and
    gives one value per draw. Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 6.
    """
    rng = np.random.default_rng(seed)
    units = int(times.sum())
    at_once = max(1, min(count, _CELLS_AT_ONCE // max(1, len(times))))
    values = [
        statistic(rng.multinomial(units, times / units, size=min(at_once, count - done)).astype(np.float64))
        for done in range(0, count, at_once)
    ]
    return np.concatenate(values)


def percentile_estimate(value: float, values: Floats) -> Estimate | None:
    """The value between the 5th and the 95th percentile of the draws; None where too few draws have one."""
    finite = values[np.isfinite(values)]
    if len(finite) < _DRAWS_TO_COUNT * len(values):
        return None
    low, high = (float(bound) for bound in np.percentile(finite, (LOW, HIGH)))
    return Estimate(value, min(low, value), max(high, value))


def basic_estimate(value: float, values: Floats, *, low: float, high: float) -> Estimate:
    """The value less what sampling alone adds to it, with its interval; all of them within [low, high].

    A distance or an extreme grows with noise: draws lie as far above the value as the value lies above the truth.
    Davison & Hinkley, Bootstrap Methods and their Application, 1997, section 5.2.
    """
    bounds = np.clip(2 * value - np.percentile(values, (HIGH, MIDDLE, LOW)), low, high)
    return Estimate(float(bounds[1]), float(bounds[0]), float(bounds[2]))
