"""Paired draws: the same metric between human and synthetic rows, and between human and other human rows.

Each draw takes two halves of the human rows and a part of the synthetic rows, all three of one size, so that
sampling noise is the same on both sides of the subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Baseline, Estimate, Failed, Growth, Measured, RowCounts
from gates.metrics.stats.bootstrap import HIGH, LOW, MIDDLE

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Hashes, Ints
    from gates.data.scan.result import Rows

# 50 draws fix the 5th and 95th percentile to about a tenth of the interval's width.
DRAW_COUNT = 50
# Halves of fewer than 50 rows are anecdotes: from fewer than 100 rows of an origin nothing passes.
ROWS_TO_PASS = 100


@dataclass(frozen=True)
class Draw:
    """Positions into the human and synthetic rows; all three arrays have one length."""

    human_a: Ints
    human_b: Ints
    synthetic: Ints


def draws(
    human: Rows, synthetic: Rows, seed: int, count: int = DRAW_COUNT, *, at_most: int | None = None
) -> list[Draw]:
    """`count` paired draws of size min(human, synthetic) / 2, or `at_most`; rows of one group stay in one half.

    Where groups hold several rows, `at_most` rows are drawn from all groups of a half: a few whole groups, such as the
    days of a series, would stand for none but themselves.
    Half of the synthetic rows and not all of them: the spread over draws then shows their sampling error too.
    Fewer than two rows on a side, or a single human group, give no draws.
    """
    size = min(len(human), len(synthetic)) // 2
    if size < 1:
        return []
    rng = np.random.default_rng(seed)
    wanted = size if at_most is None else min(size, at_most)
    groups = _RowGroups(human.group), _RowGroups(synthetic.group)
    if any(one.has_several_rows for one in groups) and wanted < size:
        made = [_thinned(_draw(*groups, size, rng), wanted, rng) for _ in range(count)]
    else:
        made = [_draw(*groups, wanted, rng) for _ in range(count)]
    return [draw for draw in made if len(draw.human_a)]


def _draw(human: _RowGroups, synthetic: _RowGroups, size: int, rng: np.random.Generator) -> Draw:
    order = human.shuffled(rng)
    first, second = order[:size], order[-size:]
    second = second[human.number[second] != human.number[first[-1]]]
    synthetic_part = synthetic.shuffled(rng)[:size]
    shared = min(len(first), len(second))
    return Draw(first[:shared], second[:shared], synthetic_part[:shared])


def _thinned(draw: Draw, size: int, rng: np.random.Generator) -> Draw:
    """As many rows of each part of the draw, at random."""
    return Draw(*(rng.permutation(part)[:size] for part in (draw.human_a, draw.human_b, draw.synthetic)))


class _RowGroups:
    """Which rows belong together: the number of each row's group."""

    def __init__(self, group: Hashes) -> None:
        names, self.number = np.unique(group, return_inverse=True)
        self._count = len(names)
        self.has_several_rows = len(names) < len(group)

    def shuffled(self, rng: np.random.Generator) -> Ints:
        """Positions in random order of groups; the rows of one group stand together."""
        rank = rng.permutation(self._count)[self.number]
        if self.has_several_rows:
            return np.argsort(rank, kind="stable")
        order: Ints = np.empty(len(rank), dtype=np.int64)
        order[rank] = np.arange(len(rank))
        return order


def excess(cross: Floats, null: Floats, rows: RowCounts) -> Measured | Failed:
    """How far human and synthetic rows lie apart, beyond human and other human rows.

    cross, null: one value per draw, in the metric's unit. The effect is the median of cross less that of null, which is the
    baseline. The noise is half the null's own spread. The interval runs from the 5th to the 95th percentile of cross about its median:
    half of the rows differ from all of them as these do from their law (delete-half jackknife, Shao & Wu, Annals of
    Statistics 17 (1989) 1176-1197). What the null explains of that, because both draws have a half in common, is taken out.
    """
    if len(cross) and np.isfinite(cross).all() and np.isfinite(null).all():
        common = null - np.median(null)
        varied = float((common**2).mean())
        shared = float(((cross - cross.mean()) * common).mean()) / varied if varied else 0.0
        cross = cross - np.clip(shared, 0, 1) * common
    measured = percentile_ratio(cross - (np.median(null) if len(null) else 0), null, rows)
    if isinstance(measured, Failed) or measured.baseline is None:
        return measured
    low, high = np.percentile(null, (LOW, HIGH))
    return replace(measured, baseline=replace(measured.baseline, spread=float(high - low) / 2))


def worst_excess(cross: Floats, null: Floats, rows: RowCounts) -> tuple[Measured | Failed, Floats, Ints]:
    """The `excess` of whatever lies farthest apart in each draw, so that many features need no further correction.

    cross, null: a row per draw, a column per feature, each of which is set against its own null: two halves of human rows lie far
    apart in a column of many values, and would hide what is beside it. Beside it the median excess of each feature, and the
    features in its order, largest first. The baseline is that of the first.
    """
    gap, own = np.median(cross - null, axis=0), np.median(null, axis=0)
    order = np.argsort(-gap, kind="stable")
    worst = excess((cross - own).max(axis=1), (null - own).max(axis=1), rows)
    if isinstance(worst, Measured) and worst.baseline:
        baseline = replace(
            worst.baseline, value=float(own[order[0]]), p95=float(np.percentile(null[:, order[0]], HIGH))
        )
        worst = replace(worst, baseline=baseline)
    return worst, gap, order


def percentile_ratio(ratios: Floats, null: Floats, rows: RowCounts) -> Measured | Failed:
    """The middle of the draws between their 5th and 95th percentile, of synthetic to human rows.

    null: of human to other human rows, the baseline. No number without draws, or where one is not finite.
    """
    if not len(ratios) or not np.isfinite(ratios).all() or not np.isfinite(null).all():
        return Failed(rows=rows)
    low, middle, high = (float(value) for value in np.percentile(ratios, (LOW, MIDDLE, HIGH)))
    return Measured(
        Estimate(middle, low, high),
        rows,
        baseline=Baseline(float(np.median(null)), p95=float(np.percentile(null, HIGH))),
        growth=Growth(rows_to_pass=ROWS_TO_PASS),
    )
