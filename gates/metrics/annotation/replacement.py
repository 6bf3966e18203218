"""Whether machines that label may stand in for human annotators, by the alternative annotator test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.errors import MetricError
from gates.metrics.annotation.alternative_annotator import (
    ITEMS_AT_LEAST,
    AlternativeTest,
    HumanLabels,
    alternative_annotator_test,
)
from gates.metrics.annotation.ratings import numbered, ratings, ratings_to_add, scale_of
from gates.metrics.base.full_columns import accumulate_annotations
from gates.metrics.base.measurement import Estimate, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.limits.wording import percent
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

TOO_FEW = f"no annotator labelled {ITEMS_AT_LEAST} items that another one and the machine labelled too"


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """The winning rate of the machine that wins least, in [0, 1]: the share of annotators whom it replaces.

    Its interval runs from the annotators against whom it won to those against whom it is not shown to lose: between are
    those of whom the items cannot tell. Every label counts. Each machine is a part.
    Raises MetricError where epsilon is not in [0, 1), or the scale of labels cannot be built.
    """
    epsilon = float(str(params["epsilon"]))
    if not 0 <= epsilon < 1:
        raise MetricError(f"epsilon is {epsilon:g}, expected at least 0 and below 1: at 1 every machine wins")
    rated = scan.cached(ratings)
    if rated is None:
        return ratings_to_add(scan)
    judges = rated.judges()
    if not judges:
        return NotConfigured("no synthetic row is a rating: no machine labels in the place of people")
    human, scale = rated.by_humans(), scale_of(rated.frame, params)
    if isinstance(scale, NotConfigured):
        return scale
    items = pl.Series(human["item"].unique().sort())
    of_human = HumanLabels(
        numbered(human["item"], items), numbered(human["annotator"], human["annotator"].unique().sort()),
        scale.coded(human)["code"].to_numpy(),
    )  # fmt: skip
    parts: dict[str, Measured | Inconclusive] = {}
    for name, own in judges.items():
        shared = scale.coded(own).filter(pl.col("item").is_in(items.implode()))
        machine = np.full(len(items), -1, dtype=np.int64)
        machine[numbered(shared["item"], items)] = shared["code"].to_numpy()
        test = alternative_annotator_test(of_human, machine, scale.distance, epsilon)
        parts[name] = _judged(test, RowCounts(human.height, own.height))
    measured = {name: part for name, part in parts.items() if isinstance(part, Measured)}
    if not measured:
        return Inconclusive(TOO_FEW, RowCounts(human.height), undecided=Severity.INFO)
    worst = min(measured, key=lambda name: (measured[name].estimate.high, measured[name].estimate.value, name))
    whole = measured[worst]
    evidence = {"machines": {name: dict(part.evidence) for name, part in measured.items()}}
    return Measured(
        whole.estimate,
        whole.rows,
        undecided=Severity.INFO,
        note=f"{worst} {whole.note}",
        parts={name: Part(part) for name, part in parts.items()},
        evidence=evidence,
    )


def _judged(test: AlternativeTest, rows: RowCounts) -> Measured | Inconclusive:
    if not len(test.annotators):
        return Inconclusive(TOO_FEW, rows, undecided=Severity.INFO)
    estimate = Estimate(test.winning_rate, test.winning_rate, 1 - float(test.lost.mean()))
    note = (
        f"replaces {int(test.won.sum()):,} of {len(test.annotators):,} annotators and is shown not to replace "
        f"{int(test.lost.sum()):,}; it is as near to the others as one of them on {percent(test.average_advantage)} of items"
    )
    evidence = {
        "annotators": len(test.annotators),
        "won": int(test.won.sum()),
        "lost": int(test.lost.sum()),
        "advantage": test.average_advantage,
    }
    return Measured(estimate, rows, undecided=Severity.INFO, note=note, evidence=evidence)


METRIC = Metric(
    expectation="expect_machines_to_replace_annotators",
    measure=measure,
    side=Side.MIN,
    finding="A machine's labels are no substitute for human ones",
    unit=Unit.SHARE,
    asks="May a machine label in the place of human annotators?",
    why=(
        "That a machine agrees with people well on average does not say that it may take the place of one of them. Each annotator is left out in turn, "
        "and machine and annotator are compared with the others: only a machine that is as near to them as most annotators are, less a little "
        "for what it spares, labels as one of them would."
    ),
    source=(
        "Calderon, Reichart & Dror, The Alternative Annotator Test, ACL 2025, arXiv 2501.10970: winning rate omega with epsilon, under "
        "Benjamini-Yekutieli at 5 %"
    ),
    fix=(
        "Have people label what this machine labelled, or use its labels only together with human ones, as `gates review status --judge` does; "
        "try a better machine or a clearer guideline."
    ),
    params=(("level", "nominal"), ("order", None), ("epsilon", 0.15)),
    languages_together="annotators of one language share too few items with a machine to be tested by themselves",
    reads="item, annotator, label of every row",
    accumulate=accumulate_annotations,
)
