"""Whether synthetic rows vary as much as human rows, at an equal number of rows or tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.comparison.encoding import Coded, ColumnKind
from gates.metrics.comparison.paired_draws import draws, percentile_ratio
from gates.metrics.comparison.strata import Sides, compare_variety
from gates.metrics.fidelity.text_diversity import text_diversity
from gates.metrics.stats.effective_rank import effective_number
from gates.metrics.stats.threads import one_thread

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints
    from gates.data.scan.result import Scan
    from gates.verdict import Scope

# Twenty subsamples: the ratio of two halves of the human rows stays within a few per cent.
DRAW_COUNT = 20
ROWS_PER_DRAW = 5000
# Of more columns than this, levels counted as columns, as many rows are drawn: eigenvalues cost the cube of the fewer of both.
COLUMNS_OF_WIDE = 500
# Rarer levels hardly move a covariance, and a thousand columns of them would.
LEVELS_AT_MOST = 20


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Diversity of synthetic rows over that of human rows, 1 meaning equal.

    measure "effective_number": exponential entropy of the eigenvalues of the feature covariance; for texts also
    "compression" (how much better they compress) and "distinct_3" (distinct token trigrams).
    """
    wanted = str(params["measure"])
    if scan.roles.texts:
        return text_diversity(scan, wanted)
    if wanted != "effective_number":
        return NotConfigured(f"'{wanted}' is defined for text; tables have measure = \"effective_number\"")
    # A set that collapsed is a defect whatever it is meant for; rows of a rare class vary as that class does.
    return compare_variety(scan, _compare, less_is_worse=True)


def _compare(sides: Sides) -> Measured | Failed:
    """Levels and scales come from one half of the human rows; the other half is what synthetic rows are compared with.

    The same rows would choose levels that are frequent in them by chance, and no others would vary as much in these: with a
    column of 600 dates, halves of human rows lay at .83 of each other, in both directions.
    """
    width = sum(min(feature.size, LEVELS_AT_MOST) or 1 for feature in sides.human_codes.features)
    at_most = ROWS_PER_DRAW if width <= COLUMNS_OF_WIDE else COLUMNS_OF_WIDE
    made = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=at_most)
    if not made or not sides.human_codes.features:
        return Failed(rows=sides.counts)
    human, synthetic = sides.human_codes, sides.synthetic_codes
    values = np.empty((len(made), 3))
    for row, draw in enumerate(made):
        one, other = (_fitted(human, half) for half in (draw.human_a, draw.human_b))
        compared = ((one, human, draw.human_b), (other, human, draw.human_a), (one, synthetic, draw.synthetic))
        # Small matrices: on a busy machine the threads of BLAS wait for each other ten times longer than they work.
        with one_thread("blas"):
            values[row] = [effective_number(_features(columns, codes, rows)) for columns, codes, rows in compared]
    ours, others, theirs = values.T
    note = f"{np.median(theirs):.3g} effective dimensions against {np.median(ours):.3g} in human rows"
    return replace(percentile_ratio(theirs / ours, others / ours, sides.counts), note=note)


@dataclass(frozen=True)
class _Direction:
    """A feature's numbers, or which rows have one of its levels, and the standard deviation of that."""

    feature: str
    level: int | None
    scale: float

    def of(self, codes: Coded, rows: Ints) -> Floats:
        own = codes.codes[self.feature][rows]
        return (own if self.level is None else own == self.level).astype(np.float64) / self.scale


def _fitted(human: Coded, rows: Ints) -> list[_Direction]:
    """Numbers and the most frequent levels of these rows, in units of their standard deviation, so that no column outweighs another."""
    columns: list[_Direction] = []
    for feature in human.features:
        levels: list[int | None] = [None]
        if feature.kind is ColumnKind.CATEGORICAL:
            counts = np.bincount(human.codes[feature.name][rows], minlength=feature.size)
            levels = [int(code) for code in np.argsort(-counts, kind="stable")[:LEVELS_AT_MOST]]
        columns.extend(_Direction(feature.name, level, 1.0) for level in levels)
    scales = [float(column.of(human, rows).std()) for column in columns]
    return [replace(column, scale=scale) for column, scale in zip(columns, scales, strict=True) if scale > 0]


def _features(columns: list[_Direction], codes: Coded, rows: Ints) -> Floats:
    return np.column_stack([column.of(codes, rows) for column in columns]) if columns else np.empty((len(rows), 0))


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
    fix="Sample from more seeds, prompts or conditions, texts at a higher temperature, or drop rows from the densest regions.",
    params=(("measure", "effective_number"),),
    detail=("measure",),
    reads="the sample",
)
