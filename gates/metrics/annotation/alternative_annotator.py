"""The alternative annotator test: whether a machine may label in the place of human annotators.

Calderon, Reichart & Dror, The Alternative Annotator Test for LLM-as-a-Judge, ACL 2025, arXiv 2501.10970, sections 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.special import stdtr

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints, Mask

# Of fewer items Student's law of a mean of indicators is too narrow (Calderon et al., section 4, have 30 as well).
ITEMS_AT_LEAST = 30
FALSE_DISCOVERY_RATE = 0.05
# Counts of a few items at once: of all of them they need not fit into memory.
_ITEMS_AT_ONCE = 10_000


@dataclass(frozen=True)
class HumanLabels:
    """One label each row: number of the item, of the annotator and of the label, all from 0. No annotator has an item twice."""

    item: Ints
    annotator: Ints
    label: Ints


@dataclass(frozen=True)
class AlternativeTest:
    """What came of a machine against each annotator that shares enough items with it and with others.

    annotators: their numbers. won: against whom it labels as well or better than they do, less epsilon; lost: against whom
    it is shown not to; neither where the items cannot tell. advantage: against each, the share of items on which it is as
    close to the others as they are, or closer.
    """

    annotators: Ints
    won: Mask
    lost: Mask
    advantage: Floats

    @property
    def winning_rate(self) -> float:
        """omega, in [0, 1]: the share of annotators against whom it won; NaN where there are none."""
        return float(self.won.mean()) if len(self.won) else np.nan

    @property
    def average_advantage(self) -> float:
        """rho, in [0, 1]: the advantage against an annotator on average; NaN where there are none."""
        return float(self.advantage.mean()) if len(self.advantage) else np.nan


def alternative_annotator_test(human: HumanLabels, machine: Ints, distance: Floats, epsilon: float) -> AlternativeTest:
    """Leaves out one annotator at a time, and compares machine and annotator with all others on the same item.

    machine: by item, the number of its label, -1 where it has none. distance: labels x labels, squared; nearer on average is
    better, which is accuracy for names and the negative RMSE for numbers. epsilon: by how much an annotator may be better, for what
    a machine spares. Against each the mean of [annotator at least as good] - [machine at least as good] is tested to be
    below epsilon, one-tailed by Student's law, and all of them together by Benjamini and Yekutieli.
    """
    annotators_of = np.bincount(human.item, minlength=len(machine))
    is_kept = (annotators_of > 1)[human.item] & (machine[human.item] >= 0)
    item, annotator, label = human.item[is_kept], human.annotator[is_kept], human.label[is_kept]
    own = _distances_to_all(item, label, label, distance)
    # What the annotator said is no part of what the machine is compared with.
    others = _distances_to_all(item, label, machine[item], distance) - distance[label, machine[item]]
    others, own = np.round(others, 9), np.round(own, 9)
    machine_wins, annotator_wins = others <= own, own <= others
    numbers, place, items = np.unique(annotator, return_inverse=True, return_counts=True)
    difference = annotator_wins.astype(float) - machine_wins.astype(float)
    mean = np.bincount(place, difference, len(numbers)) / items
    spread = np.bincount(place, (difference - mean[place]) ** 2, len(numbers)) / np.maximum(items - 1, 1)
    is_enough = items >= ITEMS_AT_LEAST
    below = _one_tailed(mean[is_enough] - epsilon, spread[is_enough], items[is_enough])
    return AlternativeTest(
        numbers[is_enough],
        _rejected(below),
        _rejected(1 - below),
        (np.bincount(place, machine_wins, len(numbers)) / items)[is_enough],
    )


def _distances_to_all(item: Ints, label: Ints, own: Ints, distance: Floats) -> Floats:
    """For each row the sum of distances from `own` to all labels of its item. item, label, own: one a row."""
    sums = np.empty(len(item))
    shape = (int(item.max(initial=-1)) + 1, len(distance))
    counts = csr_array((np.ones(len(item)), (item, label)), shape)
    order = np.argsort(item, kind="stable")
    for start in range(0, shape[0], _ITEMS_AT_ONCE):
        rows = order[slice(*np.searchsorted(item[order], (start, start + _ITEMS_AT_ONCE)))]
        to_all = counts[start : start + _ITEMS_AT_ONCE] @ distance
        sums[rows] = to_all[item[rows] - start, own[rows]]
    return sums


def _one_tailed(excess: Floats, variance: Floats, items: Ints) -> Floats:
    """How likely a mean this far below zero is where it is zero; certain where every item gives the same."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = excess / np.sqrt(variance / items)
    constant = np.where(excess < 0, 0.0, np.where(excess > 0, 1.0, 0.5))
    return np.where(variance > 0, stdtr(items - 1, statistic), constant)


def _rejected(p_values: Floats) -> Mask:
    # Takes half a second, which a check without this question need not wait for.
    from scipy.stats import false_discovery_control

    rejected: Mask = false_discovery_control(p_values, method="by") <= FALSE_DISCOVERY_RATE
    return rejected
