"""Where rows of both sides lie, seen from where human rows differ most: counts in a grid, for a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.comparison.binned import FEWEST, round_edges
from gates.metrics.stats.threads import one_thread

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints
    from gates.metrics.comparison.distances import Points

# Cells a side: a thousand rows spread over as many hold seven a cell, and fewer show no shape.
CELLS = 14
# Rows that the components are found by; their products with each other cost a quarter of a second.
_ROWS = 1000
# Levels that are told apart; a wide table of words has thousands.
_LEVELS = 200
# What rounding of sums changes lies below this, so that no number of threads moves a row into another cell.
_DIGITS = 9
# The part of the first component below which a second one is rounding.
_ROUNDING = 1e-9


def row_map(human: Points, synthetic: Points) -> dict[str, object]:
    """Counts of rows in a grid of the first two principal components of human rows, as `human` and `synthetic`.

    Each is a list of lines from the bottom to the top; a cell with fewer than `FEWEST` rows of a side is None, unless it is 0.
    explained: the share of the variance of human rows that the two components have. Empty where rows
    differ in one direction at most.
    """
    kept = _kept_levels(human)
    some = _wide(human.take(np.arange(0, len(human), max(1, len(human) // _ROWS))[:_ROWS]), kept)
    centre = some.mean(axis=0)
    some -= centre
    with one_thread():
        powers, vectors = np.linalg.eigh(some @ some.T)
        if len(powers) <= 1 or not powers[-2] > _ROUNDING * powers[-1]:
            return {}
        axes = some.T @ vectors[:, [-1, -2]] / np.sqrt(powers[[-1, -2]])
        turned = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
        places = [_placed(side, kept, centre, turned) for side in (human, synthetic)]
    pooled = np.concatenate(places)
    edges = [round_edges(pooled[:, at], CELLS) for at in (0, 1)]
    grids = [_counts(side, edges) for side in places]
    shown = [[[None if 0 < count < FEWEST else int(count) for count in line] for line in grid] for grid in grids]
    explained = float(powers[[-1, -2]].sum() / powers.clip(min=0).sum())
    return {"human": shown[0], "synthetic": shown[1], "explained": explained}


def _kept_levels(human: Points) -> list[Floats]:
    """The most frequent human levels of each category, as many as there is room for."""
    kept, room = [], _LEVELS
    for at in range(human.levels.shape[1]):
        levels, counts = np.unique(human.levels[:, at], return_counts=True)
        kept.append(levels[np.argsort(-counts, kind="stable")[:room]])
        room -= len(kept[-1])
    return kept


def _wide(points: Points, kept: list[Floats]) -> Floats:
    """Numbers, and a column for each level; two levels lie one standard deviation apart, as in `distances`."""
    levels = [
        (points.levels[:, [at]] == names[None, :]).astype(np.float64) / np.sqrt(2) for at, names in enumerate(kept)
    ]
    return np.concatenate([points.numbers, *levels], axis=1)


def _placed(points: Points, kept: list[Floats], centre: Floats, turned: Floats) -> Floats:
    """Rows on both components; a block at a time, as rows of wide tables take all the memory there is twice."""
    blocks = [
        (_wide(points.take(np.arange(start, min(start + _ROWS, len(points)))), kept) - centre) @ turned
        for start in range(0, len(points), _ROWS)
    ]
    placed: Floats = np.concatenate([np.empty((0, 2)), *blocks]).round(_DIGITS)
    return placed


def _counts(places: Floats, edges: list[Floats]) -> Ints:
    """Rows per cell, a line per place along the second component."""
    inside = [
        np.clip(np.searchsorted(edges[at], places[:, at], side="right") - 1, 0, len(edges[at]) - 2) for at in (0, 1)
    ]
    grid = np.zeros((len(edges[1]) - 1, len(edges[0]) - 1), dtype=np.int64)
    np.add.at(grid, (inside[1], inside[0]), 1)
    return grid
