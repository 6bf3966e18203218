"""Agreement beyond chance over some items, with its interval, or why it cannot be estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.annotation.ratings import ITEMS_AT_LEAST
from gates.metrics.base.measurement import Inconclusive, Measured
from gates.metrics.stats.bootstrap import percentile_estimate, resampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.arrays import Floats
    from gates.metrics.annotation.ratings import Kinds, Scale

RATED_TWICE = "{} items have two ratings that can be compared"


def measured_agreement(
    kinds: Kinds, scale: Scale, seed: int, statistic: Callable[[Floats], Floats], pairs: str = RATED_TWICE
) -> Measured | Inconclusive:
    """The statistic over these items, at most 1; its interval resamples them.

    statistic: of draws of kinds, draws x kinds, one value each, as `Scale.alpha`. pairs: how a message counts the items.
    """
    if kinds.items < ITEMS_AT_LEAST:
        return Inconclusive(f"{pairs.format(kinds.items)}; from {ITEMS_AT_LEAST} on agreement can be estimated")
    value = float(statistic(kinds.once())[0])
    if not np.isfinite(value):
        return Inconclusive(f"all ratings are '{_only_label(kinds, scale)}': agreement beyond chance is not defined")
    estimate = percentile_estimate(value, resampled(kinds.times, seed, statistic))
    if estimate is None:
        return Inconclusive("too few items have another label than the rest: agreement hangs on single items")
    return Measured(estimate)


def _only_label(kinds: Kinds, scale: Scale) -> str:
    code = int(kinds.one[0].argmax())
    return next(word for word, position in scale.codes.items() if position == code)
