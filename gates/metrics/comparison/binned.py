"""Shares of both sides in few bins, for figures: aggregates in which no row shows."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.comparison.encoding import Coded, ColumnKind, Feature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.data.arrays import Floats, Ints

# As many as a figure shows beside their labels.
BINS_AT_MOST = 16
# Of a power of ten: close enough to each other that no more than a third of the bins is lost to rounding.
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
# Of a clock and a calendar, in seconds: from a second to a century.
_DAY = 86_400
_CLOCK = (
    1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
    *(days * _DAY for days in (1, 2, 7, 14, 28, 91, 182, 365, 730, 1826, 3652, 7305, 18_262, 36_524)),
)  # fmt: skip
_MIDNIGHT = " 00:00:00"
_PER_SECOND = {"ms": 1e3, "us": 1e6, "ns": 1e9}
# Fewer rows are people rather than a share: statistical offices suppress cells below three to ten.
FEWEST = 5
# A number that as many rows of a side have is a level of its own, as 0 of gains that few people make: within a bin nobody would
# see that one side has it and the other has what lies beside it. A tenth of the rows are never few.
_HEAVY = 0.1
_MOST_HEAVY = 4
# Numbers beyond these shares of all rows are counted in the outermost bins: one outlier would leave all others in one bin.
_MIDDLE = (0.01, 0.99)
# The difference of two numbers has to be one.
_LARGEST = 1e300
_REST = _OTHERS, _NEW, _MISSING = "all others", "levels that no human row has", "missing"


def binned(feature: Feature, human: Coded, synthetic: Coded) -> dict[str, list[object]]:
    """The shares of each side in bins of a column, as `bins` (labels), `human` and `synthetic`.

    A share of fewer than `FEWEST` rows is None, unless it is 0; so is every share of a side with fewer rows than that.
    """
    numbers = feature.kind is ColumnKind.NUMERIC
    labels, counts = _of_numbers(feature, human, synthetic) if numbers else _of_levels(feature, human, synthetic)
    # A gap between numbers is a part of their shape; a count of what is missing is not, where nothing is.
    kept = [at for at, label in enumerate(labels) if any(side[at] for side in counts) or label not in _REST]
    shown: dict[str, list[object]] = {"bins": [labels[at] for at in kept]}
    for origin, side in zip(("human", "synthetic"), counts, strict=True):
        rows = int(side.sum())
        shown[origin] = [None if 0 < side[at] < FEWEST or rows < FEWEST else int(side[at]) / rows for at in kept]
    return shown


def round_edges(values: Floats, at_most: int, least: float = 0.0, widths: Sequence[float] = ()) -> Floats:
    """Edges of at most so many bins of one round width, which are no values of rows; two at least.

    values: of all rows, without NaN; those beyond the middle 98 % lie outside of the edges. least: the narrowest width.
    widths: those to choose from, ascending; where none is wide enough, and without any, a round number.
    """
    low, high = (float(edge) for edge in np.quantile(values.clip(-_LARGEST, _LARGEST), _MIDDLE))
    rough = max((high - low) / max(at_most - 2, 1), least)
    if not rough > 0:
        rough = abs(low) / at_most or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    width = next((one for one in widths if one >= rough), 0) or next(
        step * power for step in _STEPS if step * power >= rough
    )
    first = float(np.floor(low / width))
    count = int(min(max(np.floor(high / width) - first + 1, 1), at_most))
    edges: Floats = ((first + np.arange(count + 1)) * width).astype(np.float64)
    return edges


def _of_numbers(feature: Feature, human: Coded, synthetic: Coded) -> tuple[list[str], list[Ints]]:
    sides = [side.frame[feature.name].to_numpy().astype(np.float64) for side in (human, synthetic)]
    present = [side[np.isfinite(side)] for side in sides]
    pooled = np.concatenate(present)
    if not len(pooled):
        return [_MISSING], [np.array([len(side)]) for side in sides]
    are_whole = bool((pooled == np.rint(pooled)).all())
    second = _second(feature)
    widths = [second * step for step in _CLOCK if second * step >= 1] if second else []
    heavy = [] if second else _heavy(present)
    edges = round_edges(pooled, BINS_AT_MOST - 1 - len(heavy), least=float(are_whole), widths=widths)
    is_one_number = are_whole and edges[1] - edges[0] == 1
    shown = [_shown(feature, edge) for edge in edges.tolist()]
    if all(_MIDNIGHT in text for text in shown):
        shown = [text.partition(_MIDNIGHT)[0] for text in shown]
    labels = [left if is_one_number else f"{left} to {right}" for left, right in pairwise(shown)]
    bins = _with_heavy(labels, edges, present, {} if is_one_number else {one: feature.shown(one) for one in heavy})
    missing = [len(side) - len(numbers) for side, numbers in zip(sides, present, strict=True)]
    counts = [np.array([*(line[at] for _, line in bins), missing[at]]) for at in range(2)]
    return [*(label for label, _ in bins), _MISSING], counts


def _with_heavy(
    labels: list[str], edges: Floats, sides: list[Floats], heavy: Mapping[float, str]
) -> list[tuple[str, list[int]]]:
    """Each bin with the rows of both sides; before it the numbers that stand alone, and it has the others, where there are any."""

    def bin_of(numbers: Floats) -> Ints:
        return np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(labels) - 1)

    values = np.array(list(heavy))
    places = bin_of(values).tolist()
    rest = [np.bincount(bin_of(one[~np.isin(one, values)]), minlength=len(labels)) for one in sides]
    bins: list[tuple[str, list[int]]] = []
    for at, label in enumerate(labels):
        alone = [value for value, place in zip(heavy, places, strict=True) if place == at]
        bins += [(heavy[value], [int((one == value).sum()) for one in sides]) for value in alone]
        others = [int(one[at]) for one in rest]
        if not alone or any(others):
            bins.append((f"{label}, others" if alone else label, others))
    return bins


def _heavy(sides: Sequence[Floats]) -> list[float]:
    """The numbers, ascending, that a good part of either side's rows have; the heaviest, where they are many."""
    shares: dict[float, float] = {}
    for numbers in sides:
        values, counts = np.unique(numbers, return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            if count >= max(FEWEST, _HEAVY * len(numbers)):
                shares[value] = max(shares.get(value, 0.0), count / len(numbers))
    return sorted(sorted(shares, key=lambda value: -shares[value])[:_MOST_HEAVY])


def _second(feature: Feature) -> float:
    """How much a second counts in a column of times; 0 in one of numbers."""
    if feature.unit is None:
        return 0.0
    return 1 / _DAY if feature.unit == pl.Date else _PER_SECOND[getattr(feature.unit, "time_unit", "ns")]


def _shown(feature: Feature, edge: float) -> str:
    """An edge as a person writes it; one that no value of its type can lie at, such as 24:30 or a day of the year 10000, in words."""
    try:
        return feature.shown(edge)
    except (pl.exceptions.PolarsError, OverflowError, ValueError):
        return "the end" if edge > 0 else "the beginning"


def _of_levels(feature: Feature, human: Coded, synthetic: Coded) -> tuple[list[str], list[Ints]]:
    """The most frequent human levels; those that fewer human rows have than may be shown are counted together."""
    sides = [np.bincount(side.codes[feature.name], minlength=feature.size) for side in (human, synthetic)]
    own = sides[0][1:-1]
    shown = [int(at) for at in np.argsort(-own, kind="stable")[: BINS_AT_MOST - 3] if own[at] >= FEWEST]
    rest = np.setdiff1d(np.arange(len(own)), shown)
    counts = [np.array([*side[1:-1][shown], side[1:-1][rest].sum(), side[-1], side[0]]) for side in sides]
    return [*(feature.levels[at] for at in shown), _OTHERS, _NEW, _MISSING], counts
