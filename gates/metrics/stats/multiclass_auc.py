"""Areas under the ROC curves of a model of several classes, over many resamples of the same test rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.stats.bootstrap import resampled

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.arrays import Floats, Hashes, Ints, Labels, Mask

    # Of 15,000 test rows, each drawn 15,000 times at most, the sum is a tenth of what this type holds.
    Times = npt.NDArray[np.int32]

# Shared by the refits of a model, 48 draws each: the mean variance within five refits is known to a tenth. Variance
# between the refits rests on five numbers, however many draws there are, and is known to two thirds of itself (sqrt(2/4)).
# Every draw goes through all test rows, once a class and model.
DRAW_COUNT = 240


@dataclass(frozen=True)
class Exam:
    """The rows that models are tested on.

    labels: the class of each row. judged: the classes whose areas count. fold: which fit scored the row, because scores
    of different fits have no common scale. unit: the row's group; groups are drawn, not rows.
    """

    labels: Labels
    judged: tuple[int, ...]
    fold: Ints
    unit: Hashes | Ints

    def areas(self, scores: Floats, weights: Times | None = None) -> Floats:
        """Macro average over the judged classes of each against all others, in [0, 1], .5 being chance.

        scores: rows x classes. weights: how often each row was drawn, draws x rows; one draw of each row once where it is missing. Within a class, pairs of rows are compared within their
        fold only. Hand & Till, Machine Learning 45 (2001) 171-186; chance is .5 whatever the classes' shares are.
        """
        drawn = np.ones((1, len(self.labels)), dtype=np.int32) if weights is None else weights
        # Of two classes, one against the other is the other against the one.
        counted = self.judged[:1] if len(np.unique(self.labels)) == 2 and scores.shape[1] == 2 else self.judged  # noqa: PLR2004
        areas: Floats = np.mean([self._area(scores[:, code], self.labels == code, drawn) for code in counted], axis=0)
        return areas

    def resampled(self, models: tuple[Floats, ...], seed: int) -> Floats:
        """Areas over draws of the rows' groups with replacement, models x draws; a seed gives the same draws.

        NaN where a draw has no row of a class.
        """
        names, code = np.unique(self.unit, return_inverse=True)
        times = np.ones(len(names), dtype=np.int64)

        def drawn(number: int) -> Floats:
            return resampled(
                times,
                seed + number,
                lambda counts: self.areas(models[number], counts.astype(np.int32)[:, code]),
                DRAW_COUNT // len(models),
            )

        return np.stack([drawn(number) for number in range(len(models))])

    def _area(self, scores: Floats, is_class: Mask, weights: Times) -> Floats:
        """Weighted share of pairs in the right order, ties counting half, per draw; NaN where a draw has no pair."""
        right, pairs = np.zeros(len(weights)), np.zeros(len(weights))
        for fold in np.unique(self.fold):
            rows = np.flatnonzero(self.fold == fold)
            rows = rows[np.argsort(scores[rows], kind="stable")]
            ordered, own = scores[rows], rows[is_class[rows]]
            # How much lies below each row of the class, and how much no higher, rows of the class included: among themselves
            # these are right in half of the pairs. Counts are added up, so that it does not matter in which order.
            below = np.zeros((len(weights), len(rows) + 1), dtype=weights.dtype)
            np.cumsum(np.take(weights, rows, axis=1), axis=1, out=below[:, 1:])
            first, last = (np.searchsorted(ordered, scores[own], side=side) for side in ("left", "right"))
            inside = np.take(weights, own, axis=1).astype(np.float64)
            total = inside.sum(axis=1)
            both = np.take(below, first, axis=1) + np.take(below, last, axis=1).astype(np.float64)
            right += (np.einsum("dr,dr->d", inside, both) - total**2) / 2
            pairs += total * (below[:, -1] - total)
        with np.errstate(invalid="ignore"):
            return right / pairs
