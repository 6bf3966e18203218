"""Whether synthetic rows contradict human rows: rows of nearly the same content with different labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import SYNTHETIC_CODE
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Baseline, Estimate, Inconclusive, Measured, Measurement, Part, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import STRATUM_ROWS
from gates.metrics.labels.labels import NO_LABEL, classes
from gates.metrics.labels.nearest_labels import Twins, accumulate_twins, twins_of_contents, twins_of_points
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import effective_rows, ratio_difference
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Mask
    from gates.data.scan.result import Scan

AMONG_SYNTHETIC = "among synthetic rows"


@dataclass(frozen=True)
class _Disagreement:
    """Per row with human twins, the share of them that have another label, and the cluster the row belongs to."""

    share: Floats
    rows: int
    worth: int

    @property
    def value(self) -> float:
        return float(self.share.mean())


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of differing labels between synthetic rows and their human twins, less that among human rows, in [-1, 1].

    Twins are rows of equal content without the label; of texts also those of token Jaccard >= .8, of table rows those
    within a tenth of a standard deviation; of annotations those of one item. A row without a human twin does not
    count. Rows of one cluster of twins count for as many as they are worth. A part is the same share between synthetic
    rows and other synthetic rows: labels that contradict each other, whatever human rows say.
    """
    scheme = scan.cached(classes)
    if isinstance(scheme, Measurement):
        return scheme
    has_contents = scan.roles.texts or scan.roles.type == "annotations"
    twins = twins_of_contents if has_contents else twins_of_points
    entries, among = twins(scan, scheme), twins(scan, scheme, SYNTHETIC_CODE)
    human = _disagreement(entries, entries.is_human)
    whole = _against(scan, entries, human, ~entries.is_human)
    parts = {
        name: Part(_against(scan, entries, human, ~entries.is_human & (entries.generator == name)))
        for name, rows in scan.generators.items()
        if len(rows) >= STRATUM_ROWS
    }
    themselves = _against(scan, among, human, ~among.is_human, "those of other synthetic rows")
    whole = replace(whole, parts={**parts, AMONG_SYNTHETIC: Part(themselves, "twins")})
    if not isinstance(whole, Measured):
        return whole

    def of_language(one: Language) -> Measurement:
        own = (one.human | one.synthetic)[scan.index.positions(entries.row_id)]
        human_speakers = _disagreement(entries, entries.is_human & own)
        return too_few(*one.counts) or _against(scan, entries, human_speakers, ~entries.is_human & own)

    return with_languages(scan, whole, scan.cached(languages).parts, of_language)


def _disagreement(entries: Twins, mask: Mask) -> _Disagreement:
    counted = mask & (entries.label != NO_LABEL) & (entries.twins > 0)
    share = 1 - entries.alike[counted] / entries.twins[counted]
    return _Disagreement(share, len(share), effective_rows(share, entries.cluster[counted]))


def _against(
    scan: Scan, entries: Twins, human: _Disagreement, mask: Mask, twins: str = "human twins'"
) -> Measured | Inconclusive:
    synthetic = _disagreement(entries, mask)
    differ = np.flatnonzero(mask & (entries.label != NO_LABEL) & (entries.twins > 0) & (entries.alike == 0))
    evidence = {
        "human_rows_with_human_twins": human.rows,
        "synthetic_rows_with_human_twins": synthetic.rows,
        "rows_unlike_all_their_twins": len(differ),
        "first_rows": [scan.place(int(row)) for row in np.sort(entries.row_id[differ])[: scan.named_rows]],
    }
    if min(human.worth, synthetic.worth) < ROWS_TO_PASS:
        reason = (
            f"{ROWS_TO_PASS} independent rows of each origin must have a human twin; {human.rows:,} human rows worth "
            f"{human.worth:,} and {synthetic.rows:,} synthetic rows worth {synthetic.worth:,} have one"
        )
        # Most datasets repeat nothing: that there are no twins is no fault of theirs.
        return Inconclusive(reason, undecided=Severity.INFO, evidence=evidence)
    hits = [round(side.value * side.worth) for side in (synthetic, human)]
    bounds = ratio_difference(hits[0], synthetic.worth, hits[1], human.worth)
    value = synthetic.value - human.value
    return Measured(
        Estimate(value, min(value, bounds.low), max(value, bounds.high)),
        RowCounts(human.worth, synthetic.worth),
        baseline=Baseline(human.value),
        note=f"labels differ from {twins} in {percent(synthetic.value)} of synthetic rows, in {percent(human.value)} of human ones",
        evidence=evidence,
    )


METRIC = Metric(
    expectation="expect_labels_to_agree_across_origins",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic rows have other labels than human rows of the same content",
    unit=Unit.EXTRA_SHARE,
    asks="Do synthetic rows have the labels that people gave to nearly the same content?",
    why=(
        "Two rows that say the same and have different labels teach a model nothing, or the generator's error. People contradict each "
        "other too, so what counts is how much oftener synthetic rows contradict them."
    ),
    source="Northcutt, Athalye & Mueller, Pervasive Label Errors in Test Sets, NeurIPS 2021; Newcombe, Statistics in Medicine 17 (1998)",
    fix="Read the synthetic rows beside their human twins; have people label the synthetic rows, or drop those that contradict all twins.",
    undecided=Severity.WARNING,
    cached="hashes of content",
    reads="the label, and the item of annotations, of every row; near duplicates of texts: every text of 20 tokens and more; twins of table rows: 5,000 rows of the sample of each origin",
    accumulate=accumulate_twins,
)
