"""Whether a few annotators gave most of the labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN
from gates.metrics.annotation.annotator_habits import human_habits
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.full_columns import accumulate_annotations, annotation_columns, not_configured, role_column
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Estimate, Failed, Growth, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.limits.wording import percent

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

EVIDENCE_ANNOTATORS = 10
_WHO = "annotator"


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the human rows that the busiest annotator gave, in [0, 1]; a count over every row, so without interval.

    Evidence: the effective number of annotators exp(H), and annotators who always give one label, or gave one item several.
    Annotators are named as the data names them: whoever has to talk to them must know who it is.
    """
    if role_column(scan, _WHO) is None:
        return not_configured(scan, "no annotator column is configured", _WHO)
    rows = scan.cached(annotation_columns)
    counts = _rows_of_each(rows.filter(pl.col(ORIGIN).cast(pl.String) == "human"))
    if not counts.height:
        return Failed(f"no human row has an {_WHO}")
    whole = _concentration(counts, int(scan.index.of(HUMAN_CODE).sum()))
    habits = scan.cached(human_habits)
    whole = replace(whole, note=whole.note + habits.note(), evidence={**whole.evidence, **habits.evidence()})

    def of_language(one: Language) -> Measurement:
        own = _rows_of_each(rows.filter(pl.Series(one.human)))
        return too_few(int(own["count"].sum()), None) or _concentration(own, one.counts[0])

    return with_languages(scan, whole, scan.cached(languages).human, of_language)


def _rows_of_each(human: pl.DataFrame) -> pl.DataFrame:
    """How many of these rows each annotator gave, the busiest first."""
    return human[_WHO].cast(pl.String).drop_nulls().value_counts().sort(["count", _WHO], descending=[True, False])


def _concentration(counts: pl.DataFrame, rows: int) -> Measured:
    """The busiest annotator's share. rows: with those without an annotator."""
    total = int(counts["count"].sum())
    shares = counts["count"].to_numpy() / total
    effective = float(np.exp(-(shares * np.log(shares)).sum()))
    evidence = {
        "annotators": counts.height,
        "effective_number": effective,
        "rows_without_annotator": rows - total,
        "busiest": dict(counts.head(EVIDENCE_ANNOTATORS).iter_rows()),
    }
    return Measured(
        Estimate.exact(float(shares[0])),
        RowCounts(total),
        growth=Growth(rows_to_pass=ROWS_TO_PASS),
        note=f"{counts[_WHO][0]} gave {percent(shares[0])} of {total:,} rows; {effective:.3g} annotators of equal weight",
        evidence=evidence,
    )


METRIC = Metric(
    expectation="expect_annotator_concentration_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="One annotator gave too many of the labels",
    unit=Unit.SHARE,
    asks="Are the labels one person's opinion, or many people's?",
    why=(
        "A model trained on labels that one person gave learns this person's habits, and works worse for annotators it has not seen. "
        "Agreement among annotators does not show it where items are rated once."
    ),
    source="Geva, Goldberg & Berant, Are We Modeling the Task or the Annotator?, EMNLP 2019; Hill numbers: Hill, Ecology 54 (1973)",
    fix="Spread the items over more annotators.",
    exact="a share counted over every row",
    reads="item, annotator, label of every row",
    accumulate=accumulate_annotations,
)
