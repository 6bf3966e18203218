"""Whether the longer of two responses is preferred, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.scan.accumulators import PerRow
from gates.metrics.base.breakdowns import distinct, with_languages
from gates.metrics.base.languages import ROWS_TO_JUDGE_ALONE, Language, languages, too_few
from gates.metrics.base.measurement import (
    Baseline,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    RowCounts,
    estimate_of,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.stats.intervals import clustered_share

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Mask
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

_CHOSEN, _REJECTED = "chosen", "rejected"
# Without a preference for length the longer response wins every other pair.
CHANCE = 0.5


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of distinct pairs of unequal length of which the longer response was chosen, in [0, 1].

    Length counts characters. A part per origin; the number shown is that of the origin whose interval reaches farthest
    from chance, so that an origin with few pairs does not hide behind the other. The interval is exact, for as many
    pairs as prompts with several pairs are worth.
    """
    if not {_CHOSEN, _REJECTED} <= set(scan.roles.bound):
        return NotConfigured(f"data of type {scan.roles.type} has no pairs of a chosen and a rejected response")
    longer_by = scan.collected(longer_by_of).to_numpy()
    codes = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE}
    if scan.declared.is_synthetic_alone:
        del codes["human"]
    origins = {name: _of_origin(scan, longer_by, name, distinct(scan.index, code)) for name, code in codes.items()}
    farthest = max(origins, key=lambda name: _reach(origins[name]))
    parts = {name: Part(one, "stratum") for name, one in origins.items()}

    def of_language(one: Language) -> Measurement:
        masks = {"human": one.human, "synthetic": one.synthetic}
        by_origin = [_of_origin(scan, longer_by, name, scan.index.first_of_each(masks[name])) for name in codes]
        judged = [origin for origin in by_origin if _pairs(origin) >= ROWS_TO_JUDGE_ALONE]
        fullest = max(by_origin, key=_pairs)
        return max(judged, key=_reach) if judged else too_few(fullest.rows.human, fullest.rows.synthetic) or fullest

    return with_languages(scan, replace(origins[farthest], parts=parts), scan.cached(languages).either, of_language)


def _pairs(measurement: Measured | Inconclusive) -> int:
    return sum(measurement.rows.by_origin().values())


def _of_origin(scan: Scan, longer_by: Floats, name: str, own: Mask) -> Measured | Inconclusive:
    """The share among the pairs of an origin. own: those of it that count, repeated ones once."""
    untied = own & np.isfinite(longer_by) & (longer_by != 0)
    pairs = int(untied.sum())
    evidence = {
        "origin": name,
        "pairs": pairs,
        "ties": int((own & (longer_by == 0)).sum()),
        "without_a_response": int((own & np.isnan(longer_by)).sum()),
    }
    if not pairs:
        return Inconclusive(f"no two responses of a {name} pair differ in length", evidence=evidence)
    longer = (longer_by[untied] > 0).astype(np.float64)
    return Measured(
        clustered_share(longer, scan.index.at("group", np.flatnonzero(untied))),
        RowCounts(pairs if name == "human" else None, pairs if name == "synthetic" else None),
        baseline=Baseline(CHANCE),
        growth=Growth(limited_by=(name,), rows_to_pass=ROWS_TO_PASS),
        note=f"the longer response wins {int(longer.sum()):,} of {pairs:,} {name} pairs",
        evidence=evidence,
    )


def longer_by_of(inputs: PassInputs) -> PerRow:
    """An accumulator of the characters by which each chosen response is longer; null where one of the two is missing."""
    lengths = [pl.col(name).cast(pl.String).str.len_chars().cast(pl.Float64) for name in (_CHOSEN, _REJECTED)]
    has_pairs = {_CHOSEN, _REJECTED} <= set(inputs.roles.bound)
    return PerRow(lambda batch: batch.frame.select(lengths[0] - lengths[1]).to_series(), needs_rows=has_pairs)


def _reach(part: Measured | Inconclusive) -> float:
    estimate = estimate_of(part)
    return max(estimate.high - CHANCE, CHANCE - estimate.low) if estimate else CHANCE


METRIC = Metric(
    expectation="expect_longer_response_rate_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="The longer response is preferred too often or too rarely",
    unit=Unit.SHARE,
    asks="Was a response preferred for what it says, or for its length?",
    why=(
        "People and judge models alike prefer long answers. A reward model that can tell the winner by length learns length, and what is "
        "trained against it becomes wordy without becoming better."
    ),
    source="Singhal et al., A Long Way to Go, COLM 2024; exact binomial bounds (Clopper & Pearson 1934; Korn & Graubard 1998)",
    fix="Have pairs of like length judged, or ask judges to disregard length; drop pairs of the wordier side until the rate is near one half.",
    cached="origins, hashes of content and groups",
    reads="the lengths of both responses of every row",
    accumulate=lambda _inputs, _params: (longer_by_of,),
)
