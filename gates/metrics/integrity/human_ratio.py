"""The share of human rows, for the purpose of the dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.breakdowns import distinct, with_languages
from gates.metrics.base.languages import Language, languages, too_few_together
from gates.metrics.base.measurement import Estimate, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit

if TYPE_CHECKING:
    from gates.data.scan.result import Scan
    from gates.verdict import Scope


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Distinct human rows over distinct human plus distinct synthetic rows, in [0, 1]; a count, so without interval.

    A language below the blocking limit warns and never blocks: the limits of a purpose are about all that a model learns
    from, and synthetic rows are often made to help a language with few human rows. The softer limit does not apply to a
    language. Where rows extend the human law, that is what they are for, and the languages are evidence.
    """
    human = int(distinct(scan.index, HUMAN_CODE).sum())
    synthetic = int(distinct(scan.index, SYNTHETIC_CODE).sum())
    whole = _ratio(human, synthetic)
    whole = replace(whole, evidence={**whole.evidence, "rows": len(scan.index)})
    if scan.declared.extends_human_law:
        shares = {one.name: _ratio(*_distinct(scan, one)).evidence for one in scan.cached(languages).either}
        return replace(whole, evidence={**whole.evidence, **({"by_language": shares} if shares else {})})

    def of_language(one: Language) -> Measurement:
        counts = _distinct(scan, one)
        return too_few_together(*counts) or _ratio(*counts)

    return with_languages(scan, whole, scan.cached(languages).either, of_language, warns_only=True)


def _ratio(human: int, synthetic: int) -> Measured:
    note = f"{human:,} distinct human and {synthetic:,} distinct synthetic rows"
    evidence = {"distinct_human": human, "distinct_synthetic": synthetic}
    return Measured(
        Estimate.exact(human / (human + synthetic)), RowCounts(human, synthetic), note=note, evidence=evidence
    )


def _distinct(scan: Scan, one: Language) -> tuple[int, int]:
    """Distinct human and distinct synthetic rows of a language."""
    human, synthetic = (scan.index.distinct(mask) for mask in (one.human, one.synthetic))
    return human, synthetic


METRIC = Metric(
    expectation="expect_human_ratio_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="The share of human rows does not suit the purpose of the dataset",
    unit=Unit.SHARE,
    asks="Are there enough human rows for the purpose of the dataset?",
    why=(
        "Models trained mostly on their own kind's output lose the tails first. There is no universal ratio: pretraining tolerates "
        "much synthetic text, an evaluation set none. Repeated rows count once, so copying rows cannot raise the ratio."
    ),
    source="Shumailov et al., Nature 631 (2024) 755-759; Gerstgrasser et al., COLM 2024",
    fix="Add human rows, or drop synthetic rows where they add least; or declare another purpose if that is what the dataset is for.",
    params=(("purpose", None),),
    detail=("purpose",),
    exact="a share counted over distinct rows",
    cached="origins, hashes of content",
)
