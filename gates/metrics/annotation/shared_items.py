"""Shares of crowd and experts that give a label to the items that both labelled, and what follows from them by resample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Mask

# A label that experts give, or do not give, to fewer items than this has neither a share nor an agreement to speak of.
OF_EACH_AT_LEAST = 10
MAJORITY = 0.5


@dataclass(frozen=True)
class SharedItems:
    """Items that crowd and experts labelled. crowd, experts: items x labels, the share of each group that gave a label."""

    names: tuple[str, ...]
    crowd: Floats
    experts: Floats

    def __len__(self) -> int:
        return len(self.crowd)

    def of(self, is_in: Mask, more_than: float = 0.0) -> SharedItems:
        """Some of the items, with the labels that experts both give and withhold often enough there.

        is_in: by item. more_than: an item has a label from experts where more than this share of them give it.
        """
        crowd, experts = self.crowd[is_in], self.experts[is_in]
        given = (experts > more_than).sum(axis=0)
        keep = (given >= OF_EACH_AT_LEAST) & (len(experts) - given >= OF_EACH_AT_LEAST)
        names = tuple(name for name, is_kept in zip(self.names, keep, strict=True) if is_kept)
        return SharedItems(names, crowd[:, keep], experts[:, keep])

    def biases(self, times: Floats) -> Floats:
        """Draws x labels: the crowd's share of a label less the experts'. times: draws x items."""
        bias: Floats = times @ (self.crowd - self.experts) / times.sum(axis=1, keepdims=True)
        return bias

    def kappas(self, times: Floats) -> Floats:
        """Draws x labels: Cohen's kappa of whether more than half of the crowd, and of the experts, give a label.

        NaN where neither gives it to any item, or both to all. times: draws x items.
        """
        total = times.sum(axis=1, keepdims=True)
        one, other = (self.crowd > MAJORITY).astype(float), (self.experts > MAJORITY).astype(float)
        equal, of_one, of_other = (times @ shares / total for shares in (one == other, one, other))
        by_chance = of_one * of_other + (1 - of_one) * (1 - of_other)
        with np.errstate(invalid="ignore", divide="ignore"):
            kappa: Floats = (equal - by_chance) / (1 - by_chance)
        return kappa

    def worths(self, times: Floats) -> Floats:
        """Draws x labels: how many experts' labels one is worth where the crowd has labelled everything, 1 / (1 - rho^2).

        Infinite where the crowd follows experts on every item. times: draws x items.
        Angelopoulos, Duchi & Zrnic, PPI++, 2023, arXiv 2311.01453, for many more items than experts label.
        """
        weights = times / times.sum(axis=1, keepdims=True)
        crowd, experts = weights @ self.crowd, weights @ self.experts
        joint = weights @ (self.crowd * self.experts) - crowd * experts
        spreads = (weights @ self.crowd**2 - crowd**2) * (weights @ self.experts**2 - experts**2)
        with np.errstate(invalid="ignore", divide="ignore"):
            # A crowd that contradicts experts is not followed; one that never does leaves experts nothing to correct.
            worth: Floats = 1 / (1 - np.minimum(np.maximum(joint, 0) ** 2 / spreads, 1))
        return worth
