"""What a machine judge that has an answer on every row adds to the answers of people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.errors import DataError
from gates.metrics.review.tally import RowReview, accepted_rows
from gates.review.ppi import HelpedMean, LabelNeed, helped_mean, labels_needed
from gates.review.strata import strata_of
from gates.review.tasks import ACCEPT, REJECT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Floats
    from gates.metrics.review.planned import ReviewPlan
    from gates.rows.lot import Lot

# Of how well a judge follows people nothing is known before they label: a poor, a usual and a good one.
CORRELATIONS = (0.3, 0.6, 0.9)
# Half the width of an interval of a share, at which the labels that it takes are counted.
HALF_WIDTH = 0.05


def judged_rejections(lot: Lot, column: str) -> Floats:
    """How far a judge rejects each row, in [0, 1]: of the words accept and reject, or of numbers up to 1 for a rejected row.

    column: of the lot's frame. Raises DataError where a row has another value, or none.
    """
    words = lot.frame[column].str.strip_chars().str.to_lowercase()
    numbers = words.replace({ACCEPT: "0", REJECT: "1"}).cast(pl.Float64, strict=False)
    is_usable = numbers.is_between(0, 1).fill_null(value=False)
    if not is_usable.all():
        raise DataError(
            f"column '{column}' is no answer of a judge in {int((~is_usable).sum()):,} of {len(lot):,} rows: expected "
            f"{ACCEPT}, {REJECT}, or a number from 0 to 1, where 1 rejects"
        )
    return numbers.to_numpy()


def needs_before_labels(judged: Floats) -> dict[float, LabelNeed]:
    """By the correlation of people and judge, how many labels an interval of HALF_WIDTH takes.

    That people reject as many rows as the judge does is assumed, and no share below 1 % or above 99 %: a judge that rejects
    nothing does not say that there is nothing to label.
    """
    share = min(0.99, max(0.01, float(judged.mean())))
    spread = math.sqrt(share * (1 - share))
    return {correlation: labels_needed(spread, HALF_WIDTH, correlation, len(judged)) for correlation in CORRELATIONS}


def helped_shares(
    plan: ReviewPlan, reviews: Mapping[int, RowReview], lot: Lot, judged: Floats
) -> list[HelpedMean | None]:
    """Of each stratum, the share of rows to reject by people and judge together; None where rows are open.

    Who stops when the answer is the right one, or leaves out what is hard, has no sample: only whole ones are used.
    lot: the rows that the plan drew from, with the columns that its strata are made by.
    """
    strata = strata_of(lot, plan.request.by, plan.request.seed, plan.request.scope)
    shares: list[HelpedMean | None] = []
    for stratum, planned, accepted in zip(strata, plan.strata, accepted_rows(plan, reviews), strict=True):
        if None in accepted:
            shares.append(None)
            continue
        labels = np.array([not one for one in accepted], dtype=float)
        drawn, others = np.split(judged[stratum.positions], [planned.size])
        shares.append(helped_mean(labels, drawn, others))
    return shares
