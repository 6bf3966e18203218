"""Whether synthetic rows vary as much as human rows, at an equal number of rows or tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.metric import Metric, Side
from gates.metrics.fidelity.text_diversity import text_diversity
from gates.metrics.stats.effective_rank import effective_number
from gates.metrics.stats.encoding import Coded, ColumnKind
from gates.metrics.stats.paired_draws import draws, percentile_ratio
from gates.metrics.stats.strata import Sides, compare_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Floats
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

# Twenty subsamples: the ratio of two halves of the human rows stays within a few per cent.
DRAW_COUNT = 20
ROWS_PER_DRAW = 5000
# Rarer levels hardly move a covariance, and a thousand columns of them would.
LEVELS_AT_MOST = 20


def measure(scan: Scan, scope: Scope, params: Mapping[str, object]) -> Measurement:
    """Diversity of synthetic rows over that of human rows, 1 meaning equal.

    measure "effective_number": exponential entropy of the eigenvalues of the feature covariance; for texts also
    "compression" (how much better they compress) and "distinct_3" (distinct token trigrams).
    """
    wanted = str(params["measure"])
    if scan.roles.texts:
        return text_diversity(scan, wanted)
    if wanted != "effective_number":
        return NotConfigured(f"'{wanted}' is defined for text; tables have measure = \"effective_number\"")
    # A set that collapsed is a defect whatever it is meant for.
    return compare_all(scan, _compare)


def _compare(sides: Sides) -> Measured | Failed:
    made = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=ROWS_PER_DRAW)
    human, synthetic = _matrices(sides.human_codes, sides.synthetic_codes)
    if not made or not human.shape[1]:
        return Failed(rows=sides.counts)
    ours, others, theirs = np.array(
        [
            [effective_number(rows) for rows in (human[draw.human_a], human[draw.human_b], synthetic[draw.synthetic])]
            for draw in made
        ]
    ).T
    note = f"{np.median(theirs):.3g} effective dimensions against {np.median(ours):.3g} in human rows"
    return replace(percentile_ratio(theirs / ours, others / ours, sides.counts), note=note)


def _matrices(human: Coded, synthetic: Coded) -> tuple[Floats, Floats]:
    """Numbers and level indicators in units of the human standard deviation, so that no column outweighs another."""
    columns: list[tuple[Floats, Floats]] = []
    for feature in human.features:
        mine, theirs = human.codes[feature.name], synthetic.codes[feature.name]
        if feature.kind is ColumnKind.NUMERIC:
            columns.append((mine.astype(np.float64), theirs.astype(np.float64)))
            continue
        counts = np.bincount(mine, minlength=feature.size)
        frequent = np.argsort(-counts, kind="stable")[:LEVELS_AT_MOST]
        columns.extend(((mine == code).astype(np.float64), (theirs == code).astype(np.float64)) for code in frequent)
    scales = [float(mine.std()) for mine, _ in columns]
    kept = [(mine / scale, theirs / scale) for (mine, theirs), scale in zip(columns, scales, strict=True) if scale > 0]
    if not kept:
        return np.empty((len(human), 0)), np.empty((len(synthetic), 0))
    return np.column_stack([mine for mine, _ in kept]), np.column_stack([theirs for _, theirs in kept])


METRIC = Metric(
    expectation="expect_diversity_ratio_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Synthetic rows do not vary as much as human rows",
    asks="Do synthetic rows vary as much as human rows?",
    why=(
        "A generator that collapsed repeats its favourites: every row is plausible and together they cover little. Diversity grows with n, "
        "so both sides are measured on equally many rows or tokens."
    ),
    source="Friedman & Dieng, Vendi Score, TMLR 2023; Shaib et al., Standardizing the Measurement of Text Diversity, 2024",
    fix="Raise the temperature, sample more seeds and prompts, or drop rows from the densest regions.",
    params=(("measure", "effective_number"),),
    detail=("measure",),
    reads="the sample",
)
