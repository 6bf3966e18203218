"""Whether a model learns anything of the labels of human rows: without that nothing can gain by more rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from gates.advice.material import Material

# Either bound alone holds with 97.5 %, as those of all gains.
_CONFIDENCE = 0.975


def nothing_learned(material: Material) -> str:
    """Why no gain can be told, where labels are as well foreseen without a model; "" where a model knows more.

    Losses of tested human rows are compared, those of rows that share a unit together (Student's t over units).
    """
    examples, train, test = material.examples, material.train, material.test
    model = examples.losses(train, np.ones(len(train)), test)
    without = examples.losses_without_model(train, test)
    _, unit = np.unique(examples.unit[test], return_inverse=True)
    better = np.bincount(unit, without - model) / np.bincount(unit)
    if len(better) > 1:
        spread = float(stdtrit(len(better) - 1, _CONFIDENCE)) * better.std(ddof=1) / np.sqrt(len(better))
        if better.mean() > spread:
            return ""
    return (
        f"a model of {len(train):,} human rows foresees {material.subject} in {len(test):,} others no better than {examples.guess} "
        f"({examples.metric} {model.mean():.3f}, without a model {without.mean():.3f}): it hangs on nothing that "
        "the rows say, is given by chance, or there are too few rows"
    )
