"""Whether an annotator or a machine judge gives one item several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.annotation.ratings import POSITION, ratings, ratings_to_add
from gates.metrics.base.full_columns import accumulate_annotations
from gates.metrics.base.measurement import Baseline, Estimate, Inconclusive, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import ratio_difference
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

_RATED = ["item", "annotator", "is_human"]


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of items that one annotator gave several labels, of the items that each annotator rated, over every row.

    Of synthetic rows the share among human ones is subtracted, with the interval of a difference (Newcombe 1998): people change
    their mind too. Equal labels given twice are the duplicate check's.
    """
    rated = scan.cached(ratings)
    if rated is None:
        return ratings_to_add(scan)
    is_human = scope is Scope.HUMAN
    own = rated.frame.filter(pl.col("is_human") == is_human)
    several = rated.contradicted.filter(pl.col("is_human") == is_human)
    if not own.height:
        return Inconclusive("no rating in these rows", undecided=Severity.WARNING)
    broken = own.join(several, on=_RATED, how="semi").sort(POSITION)
    first = scan.index.ids(broken[POSITION].to_numpy()[: scan.named_rows].astype("int64"))
    people, changed_minds = rated.by_humans().height, rated.contradicted.filter("is_human").height
    share, human_share = several.height / own.height, changed_minds / max(1, people)
    against = f", and so do {percent(human_share)} of human ones" if human_share and not is_human else ""
    return Measured(
        Estimate.exact(share)
        if is_human or not people or not several.height
        else ratio_difference(several.height, own.height, changed_minds, people),
        RowCounts(own.height) if is_human else RowCounts(people, own.height),
        baseline=None if is_human else Baseline(human_share),
        is_count=True,
        undecided=Severity.WARNING,
        note=f"{several.height:,} of {own.height:,} ({percent(share)}) rated items have several labels of one annotator{against}"
        if several.height
        else "",
        evidence={
            "items_with_several_labels": several.height,
            "rated_items": own.height,
            "annotators": several["annotator"].unique().sort().to_list(),
            "first_rows": [scan.place(int(row)) for row in first],
        },
    )


METRIC = Metric(
    expectation="expect_self_contradiction_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Annotators give one item several labels",
    unit=Unit.EXTRA_SHARE,
    asks="Does an annotator, or a machine that judges, contradict itself?",
    why=(
        "Two labels of one judge on one item cannot both be right, and whichever row comes last wins. A judge that is asked twice and "
        "answers twice differently is noise that agreement with others does not show, since one of its labels agrees."
    ),
    source="The project's own rule; interval: Newcombe, Statistics in Medicine 17 (1998) 873-890",
    fix=(
        "Keep one label per item and annotator: ask the judge again and take the majority, or drop the items on which it cannot decide."
    ),
    languages_together="few items are rated twice, too few in each language to tell",
    reads="item, annotator, label of every row",
    accumulate=accumulate_annotations,
)
