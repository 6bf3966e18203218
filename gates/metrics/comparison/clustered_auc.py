"""How well a model tells two sets of rows apart: the area under its ROC curve, with an interval over groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.special import stdtrit

from gates.data.text.mix import mix
from gates.metrics.base.measurement import Estimate
from gates.metrics.stats.intervals import CONFIDENCE

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.arrays import Floats, Hashes, Ints, Labels, Mask


class Scorer(Protocol):
    """What can be fitted on some rows and score others."""

    def class_scores(self, train: Ints, labels: Labels, rows: Ints) -> tuple[Labels, Floats]:
        """Scores of other rows for each class that the training rows have."""


@dataclass(frozen=True)
class Area:
    """Area under the ROC curve in [0, 1], its standard error, and how many groups the side with fewer has."""

    value: float
    error: float
    groups: int

    def interval(self, confidence: float = CONFIDENCE) -> Estimate:
        """The area with an interval of Student's t; without an end where a side is one group."""
        if self.groups <= 1:
            return Estimate(self.value, 0.0, 1.0)
        half = float(stdtrit(self.groups - 1, 0.5 + confidence / 2)) * self.error
        return Estimate(self.value, max(0.0, self.value - half), min(1.0, self.value + half))


def cross_validated_area(
    model: Scorer, rows: npt.NDArray[np.intp], labels: Labels, groups: Hashes, seed: int
) -> Area | None:
    """The area of rows labelled 1 against 0, each half of the groups scored by a model of the other; None where a half has one label.

    The area is taken within each half and averaged, because scores of different fits have no common scale. Its error within
    a half is that of the influence of each group's rows, and no model is fitted for it. Where nothing tells the labels, both
    halves show the same chance likeness, for a model of either finds what the other has: their errors are added as those of
    one number, and not as independent ones, which would reject one law in four times at a level of ten.
    DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837-845; groups: Obuchowski, Biometrics 53 (1997) 567-578; the split:
    Kim et al., Annals of Statistics 49 (2021) 411-434.
    """
    half = _halved(labels, groups, seed)
    parts = []
    for tested in (half, ~half):
        if min(len(np.unique(labels[part])) for part in (tested, ~tested)) <= 1:
            return None
        _, scores = model.class_scores(rows[~tested], labels[~tested], rows[tested])
        parts.append(_area(scores[:, 1], labels[tested], groups[tested]))
    return Area(
        float(np.mean([part.value for part in parts])),
        float(np.mean([part.error for part in parts])),
        min(part.groups for part in parts),
    )


def _halved(labels: Labels, groups: Hashes, seed: int) -> Mask:
    """Half of the groups of either label, and of those with both: few groups would else stand in one half by chance."""
    names, first, code = np.unique(groups, return_index=True, return_inverse=True)
    is_mixed = np.zeros(len(names), dtype=bool)
    is_mixed[code[labels != labels[first][code]]] = True
    kind = np.where(is_mixed, 2, labels[first])
    in_half = np.zeros(len(names), dtype=bool)
    in_half[np.lexsort((mix(names ^ np.uint64(seed)), kind))[::2]] = True
    return in_half[code]


def _area(scores: Floats, labels: Labels, groups: Hashes) -> Area:
    """Mann & Whitney's probability, ties counting half."""
    from scipy.stats import rankdata

    is_one = labels == 1
    ones, zeros = int(is_one.sum()), int((~is_one).sum())
    among_all = rankdata(scores)
    placed = np.empty(len(scores))
    placed[is_one] = (among_all[is_one] - rankdata(scores[is_one])) / zeros
    placed[~is_one] = 1 - (among_all[~is_one] - rankdata(scores[~is_one])) / ones
    area = float(placed[is_one].mean())
    names, code = np.unique(groups, return_inverse=True)
    influence = np.bincount(code, weights=(placed - area) / np.where(is_one, ones, zeros))
    error = float(np.sqrt((influence**2).sum() * len(names) / max(1, len(names) - 1)))
    return Area(area, error, min(len(np.unique(groups[labels == side])) for side in (0, 1)))
