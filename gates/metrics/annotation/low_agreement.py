"""Who labels unlike all others, and how many of the labels are theirs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.errors import first_few
from gates.metrics.annotation.ratings import ITEMS_AT_LEAST, kinds_between, ratings, ratings_to_add, scale_of
from gates.metrics.base.full_columns import accumulate_annotations
from gates.metrics.base.measurement import Estimate, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.stats.bootstrap import percentile_estimate, resampled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan
    from gates.metrics.annotation.ratings import Kinds, Scale
    from gates.verdict import Scope

# Each is set against all others; whoever rated less than the 100 busiest has little weight in the labels.
COMPARED_AT_MOST = 100
# Of two who disagree either may be right.
COMPARED_AT_LEAST = 3
# Three robust standard deviations below the median, and .1 at least: annotators who all agree alike differ by chance.
DEVIATIONS, GAP_AT_LEAST = 3, 0.1
# Of more, a message would be a list; all are in the evidence.
IN_MESSAGE = 3
# A median absolute deviation times this estimates a normal law's standard deviation.
_NORMAL = 1.4826
_WHO, _WHAT = "annotator", "item"


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the human labels that annotators of low agreement gave, in [0, 1]; counted, so without interval.

    Low: the annotator's agreement with the others, corrected for chance, lies with its whole interval (resampled items) more than
    three robust standard deviations below the median annotator's. That is relative, so it holds for tasks on which people
    agree little by nature. Evidence: each such annotator with the interval and the median.
    """
    rated = scan.cached(ratings)
    if rated is None:
        return ratings_to_add(scan)
    human = rated.by_humans()
    scale = scale_of(human, {"level": "nominal", "order": None})
    if isinstance(scale, NotConfigured):
        return scale
    counts = human[_WHO].value_counts().sort(["count", _WHO], descending=[True, False])
    coded = scale.coded(human)
    names = counts[_WHO].head(COMPARED_AT_MOST).to_list()
    agreements = {name: one for name in names if (one := _with_others(coded, name, scale)) is not None}
    if len(agreements) < COMPARED_AT_LEAST:
        return NotConfigured(
            f"{len(agreements)} human annotators rated {ITEMS_AT_LEAST} items that others rated too; from "
            f"{COMPARED_AT_LEAST} on it can be said who labels unlike the others"
        )
    middle = float(np.median([value for _, value in agreements.values()]))
    low = _low(agreements, middle, scale, scan.seed)
    labels = int(counts.filter(pl.col(_WHO).is_in(list(low)))["count"].sum())
    return Measured(
        Estimate.exact(labels / human.height),
        RowCounts(human.height),
        is_count=True,
        note=_note(low, middle),
        evidence={"annotators_compared": len(agreements), "median_agreement": middle, "low_agreement": low},
    )


def _note(low: Mapping[str, Mapping[str, float]], middle: float) -> str:
    each = [f"{name} agrees with the others by {own['agreement']:.2f}" for name, own in low.items()]
    return f"{first_few(each, IN_MESSAGE)}; half of all annotators by {middle:.2f} or more" if each else ""


def _low(
    agreements: Mapping[str, tuple[Kinds, float]], middle: float, scale: Scale, seed: int
) -> dict[str, dict[str, float]]:
    """The annotators whose agreement with the others is surely lower than theirs, with its interval. middle: the median."""
    deviation = float(np.median([abs(value - middle) for _, value in agreements.values()]))
    bound = middle - max(GAP_AT_LEAST, DEVIATIONS * _NORMAL * deviation)
    low: dict[str, dict[str, float]] = {}
    for name, (kinds, value) in agreements.items():
        if value >= bound:
            continue
        estimate = percentile_estimate(value, resampled(kinds.times, seed, partial(scale.agreement, kinds)))
        if estimate and estimate.high < bound:
            low[name] = {"agreement": value, "low": estimate.low, "high": estimate.high}
    return low


def _with_others(coded: pl.DataFrame, name: str, scale: Scale) -> tuple[Kinds, float] | None:
    """The items that an annotator shares with others, and the agreement over them beyond chance; None with too few items."""
    own = coded.filter(pl.col(_WHO) == name)
    others = coded.filter(pl.col(_WHO) != name).join(own.select(_WHAT), on=_WHAT, how="semi")
    kinds = kinds_between(own, others, len(scale.codes))
    if kinds.items < ITEMS_AT_LEAST:
        return None
    value = float(scale.agreement(kinds, kinds.once())[0])
    return (kinds, value) if np.isfinite(value) else None


METRIC = Metric(
    expectation="expect_low_agreement_annotator_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Annotators label unlike all others",
    unit=Unit.SHARE,
    asks="Does an annotator label at random, or by another guideline than all others?",
    why=(
        "One annotator of three who clicks at random spoils a third of the labels. The agreement of all is lower then, but it is low for "
        "hard questions too. That one annotator agrees far less than the others do on the same items does not come from the questions."
    ),
    source=(
        "Agreement beyond chance: Krippendorff, Content Analysis, 2004, ch. 11; outliers by median absolute deviation: Leys et al., "
        "Journal of Experimental Social Psychology 49 (2013) 764-766"
    ),
    fix="Read what these annotators labelled with them; have their items rated again, or leave their labels out.",
    languages_together="an annotator is compared over all items rated, too few in each language to tell",
    exact="a share counted over every row",
    reads="item, annotator, label of every row",
    accumulate=accumulate_annotations,
)
