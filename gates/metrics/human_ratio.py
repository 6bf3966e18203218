"""How much of the dataset people made, for the purpose it is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.measurement import Estimate, Measurement
from gates.metrics.metric import Metric, Side
from gates.metrics.parts import distinct
from gates.scan import HUMAN_CODE, SYNTHETIC_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.scan import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Distinct human rows over distinct human plus distinct synthetic rows, in [0, 1]; a count, so without interval."""
    human = int(distinct(scan.index, HUMAN_CODE).sum())
    synthetic = int(distinct(scan.index, SYNTHETIC_CODE).sum())
    if not human + synthetic:
        return Measurement(failure="no row has a declared origin")
    evidence = {"distinct_human": human, "distinct_synthetic": synthetic, "rows": int(np.size(scan.index.origin))}
    note = f"{human:,} distinct human and {synthetic:,} distinct synthetic rows"
    estimate = Estimate.exact(human / (human + synthetic))
    return Measurement(estimate, human, synthetic, note=note, evidence=evidence)


METRIC = Metric(
    expectation="expect_human_ratio_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    asks="Is there enough that people made, for what the dataset is meant for?",
    why=(
        "Models trained mostly on their own kind's output lose the tails first. There is no universal ratio: pretraining tolerates "
        "much synthetic text, an evaluation set none. Repeated rows count once, so copying rows cannot raise the ratio."
    ),
    source="Shumailov et al., Nature 631 (2024) 755-759; Gerstgrasser et al., COLM 2024",
    fix="Add human rows, or drop synthetic rows where they add least; or state another purpose if that is what the set is for.",
    params=(("purpose", None),),
    detail=("purpose",),
)
