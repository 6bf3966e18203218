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
    """Why no gain can be told, where labels are as well foreseen by how often each occurs; "" where a model knows more.

    Losses of tested human rows are compared, those of rows that share a unit together (Student's t over units).
    """
    examples, train, test = material.examples, material.train, material.test
    model = examples.losses(train, np.ones(len(train)), test)
    # One more of each, so that a label that only tested rows have costs no infinity.
    counts = np.bincount(examples.labels[train], minlength=examples.class_count) + 1
    shares = -np.log(counts / counts.sum())[examples.labels[test]]
    _, unit = np.unique(examples.unit[test], return_inverse=True)
    better = np.bincount(unit, shares - model) / np.bincount(unit)
    if len(better) > 1:
        spread = float(stdtrit(len(better) - 1, _CONFIDENCE)) * better.std(ddof=1) / np.sqrt(len(better))
        if better.mean() > spread:
            return ""
    return (
        f"a model of {len(train):,} human rows foresees column '{material.label}' in {len(test):,} others no better than how often each "
        f"label occurs (log loss {model.mean():.3f}, without a model {shares.mean():.3f}): the labels hang on nothing that the columns "
        "say, are given by chance, or have too few rows"
    )
