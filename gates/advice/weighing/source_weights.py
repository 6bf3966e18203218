"""One weight for all rows of a source: each that gains alone, added to those that were taken before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.advice.worth.guarded_weight import NOTHING, GuardedWeight, Weighted, guarded_weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.advice.material import Material

NO_GAIN = "no gain over human rows alone was shown"


@dataclass(frozen=True)
class SourceWeight:
    """What one row of a source counts, a human row counting 1.

    alone: what was measured of the source by itself, None where it was not; beside: with the sources that were taken before. reason: why it counts nothing.
    """

    source: str
    rows: int
    weight: float
    alone: GuardedWeight | None
    beside: GuardedWeight | None
    reason: str = ""


def source_weights(material: Material, totals: Mapping[str, int], seed: int) -> list[SourceWeight]:
    """The weight of each source, those that gain most first.

    A source enters with the weight that gains most beside those that are in already, where that gain exceeds one corrected standard
    error: two sources that say the same are worth one. totals: rows of each source in the dataset.
    """
    alone = {
        name: guarded_weight(material.examples, material.to_try(seed), rows) for name, rows in material.sources.items()
    }
    order = sorted(alone, key=lambda name: (-alone[name].best.gain, name))
    taken, weights = NOTHING, []
    for name in order:
        own, rows = alone[name], material.sources[name]
        beside = own
        if taken is not NOTHING and own.weight:
            beside = guarded_weight(material.examples, material.to_try(seed), rows, beside=taken)
        weights.append(_weighed(material, name, totals[name], own, beside))
        if beside.weight:
            taken = Weighted(np.r_[taken.rows, rows], np.r_[taken.weights, np.full(len(rows), beside.weight)])
    left_out = [
        SourceWeight(name, totals.get(name, 0), 0.0, None, None, why) for name, why in material.left_out.items()
    ]
    return weights + left_out


def _weighed(material: Material, name: str, total: int, alone: GuardedWeight, beside: GuardedWeight) -> SourceWeight:
    reason = "" if beside.weight else NO_GAIN
    if alone.weight and not beside.weight:
        reason = "it adds nothing to the sources that gain more"
    return SourceWeight(name, total, _of_all(material, beside, total), alone, beside, reason)


def _of_all(material: Material, measured: GuardedWeight, total: int) -> float:
    """The weight with which all rows have the share of the weight that the measured ones had; none above a human row's."""
    ratio = (measured.n_synthetic / measured.n_human) / (total / material.total)
    return min(1.0, measured.weight * ratio)
