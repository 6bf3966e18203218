"""Whether rare cases among the human rows of the version promoted last are still covered, by rows of either origin.

A row of that version lies in cells: a level of a categorical column, an extreme of a numeric one, a cluster of texts, a
slice. A row is no longer covered where one of its cells has lost its rows. The definition is the same for tables and for
texts, and counts every origin. Rows that are not covered are set against the rarest 5 % of all: cells that vanish are
rare ones first, and where a frequent one went, more than a tail is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.measurement import Estimate, Growth, Inconclusive, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.groups.slices import VANISHED_SHARE, is_categorical
from gates.metrics.history.previous_human_rows import PreviousHumanRows, accumulate_both, previous_human_rows
from gates.metrics.history.text_clusters import TextClusters
from gates.metrics.limits.wording import percent
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

    # A column of each origin as it is now, with what one of its rows stands for.
    Now = Sequence[tuple[pl.Series, float]]

# As much of the rarest as is called a tail; with the limit of .95, a quarter of a per cent of all rows may lose their cell.
TAIL_MASS = 0.05
# A cell of fewer rows is these rows themselves, whose loss `expect_human_rows_to_be_kept` counts; and by chance alone a
# cell of five that half of all rows left loses all of them once in thirty times.
CELL_ROWS_AT_LEAST = 5
# Where a number's extremes begin, and where their own extremes do.
_EXTREMES = (0.01, 0.05, 0.95, 0.99)
_BANDS = ("lowest 1 %", "lowest 5 %", "the middle", "highest 5 %", "highest 1 %", "missing")
_MIDDLE, _MISSING = 2, 5
_EVIDENCE_CELLS = 10


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """1 minus the human rows promoted last that are no longer covered, over the rarest 5 %; 0 at least.

    Counted on samples. A cell has lost its rows where fewer than a fifth are left of what it had, both origins together,
    scaled down where the whole is smaller than the human rows of then. More rows elsewhere thin no cell out.
    """
    return covered(scan, scan.cached(previous_human_rows))


def covered(scan: Scan, before: PreviousHumanRows | Measurement) -> Measurement:
    """The tail mass of these human rows that rows of now cover, as `measure` counts it."""
    if isinstance(before, Measurement):
        return before
    n = before.sample.height
    # How much smaller the whole is than the human rows of then: a cell need not keep more of its rows than that.
    shrunk = min(1.0, (scan.human.total + scan.synthetic.total) / len(before))
    uncovered, has_cells, worst = np.zeros(n, dtype=bool), False, dict[str, int]()
    for cells in _families(scan, before):
        is_cell = cells.had >= CELL_ROWS_AT_LEAST
        is_lost = is_cell & (cells.has < VANISHED_SHARE * shrunk * cells.had)
        has_cells = has_cells or bool(is_cell.any())
        uncovered |= is_lost
        worst |= {str(name): int(had) for name, had in zip(cells.name[is_lost], cells.had[is_lost], strict=True)}
    if not has_cells:
        reason = f"no level, extreme or cluster has {CELL_ROWS_AT_LEAST} of the {n:,} human rows of {before.name}"
        return Inconclusive(f"{reason}: none is rarer than another")
    return _measured(before, uncovered, sorted(worst, key=lambda name: (-worst[name], name)))


@dataclass(frozen=True)
class _Cells:
    """For each row of the sample, the one cell that it lies in: its name, its human rows before, and its rows now.

    had: 0 where the row lies in none. has: of both origins, in rows of the sample.
    """

    name: npt.NDArray[np.object_]
    had: Ints
    has: Floats


def _families(scan: Scan, before: PreviousHumanRows) -> Iterator[_Cells]:
    """Cells of one kind after the other: of each column, each slice, the clusters of each text column."""
    for name in sorted(before.sample.columns):
        values = before.sample[name]
        now = [(rows.frame[name], _weight(before, rows)) for rows in (scan.human, scan.synthetic)]
        is_slice = name in scan.roles.slices
        if name in scan.roles.texts:
            yield _themes(values, now)
        elif name in scan.roles.identifying and not is_slice:
            continue
        elif is_slice or is_categorical(values):
            yield _levels(values.cast(pl.String), [(own.cast(pl.String), weight) for own, weight in now])
        elif values.dtype.is_numeric() or values.dtype.is_temporal():
            yield _extremes(values, now)


def _weight(before: PreviousHumanRows, rows: Rows) -> float:
    """How many rows of the sample of before a row of a sample of now stands for."""
    return rows.total / max(1, len(rows)) * before.sample.height / len(before)


def _levels(values: pl.Series, now: Now) -> _Cells:
    had = dict(values.drop_nulls().value_counts().iter_rows())
    has = dict.fromkeys(had, 0.0)
    for own, weight in now:
        for level, count in own.drop_nulls().value_counts().iter_rows():
            has[level] = has.get(level, 0.0) + weight * count
    listed = values.to_list()
    return _Cells(
        np.array([f"{values.name}={level}" for level in listed], dtype=object),
        np.array([had.get(level, 0) for level in listed], dtype=np.int64),
        np.array([has.get(level, 0.0) for level in listed]),
    )


def _extremes(values: pl.Series, now: Now) -> _Cells:
    numbers = _numbers(values)
    present = numbers[np.isfinite(numbers)]
    edges = np.quantile(present, _EXTREMES, method="inverted_cdf") if len(present) else np.zeros(len(_EXTREMES))
    code = _codes(numbers, edges)
    had = np.bincount(code, minlength=len(_BANDS))
    has = sum(weight * np.bincount(_codes(_numbers(own), edges), minlength=len(_BANDS)) for own, weight in now)
    had[[_MIDDLE, _MISSING]] = 0
    names = np.array([f"{values.name}, {band}" for band in _BANDS], dtype=object)
    return _Cells(names[code], had[code], np.asarray(has)[code])


def _numbers(values: pl.Series) -> Floats:
    plain = values.to_physical() if values.dtype.is_temporal() else values
    return plain.cast(pl.Float64).fill_null(np.nan).to_numpy()


def _codes(numbers: Floats, edges: Floats) -> Ints:
    """Which band each number lies in; an edge belongs to the extreme that it bounds."""
    low = np.searchsorted(edges[:2], numbers, side="left")
    high = np.searchsorted(edges[2:], numbers, side="right")
    return np.where(np.isnan(numbers), _MISSING, np.where(high > 0, _MIDDLE + high, low))


def _themes(values: pl.Series, now: Now) -> _Cells:
    """Clusters of texts: rare words alone name no rare text, as nearly every text has some."""
    clusters = TextClusters(values)
    had = np.bincount(clusters.code, minlength=len(clusters))
    has = sum(weight * np.bincount(clusters.of(own), minlength=len(clusters)) for own, weight in now)
    names = np.array([f"{values.name}, {count:,} texts of one kind" for count in had], dtype=object)
    return _Cells(names[clusters.code], had[clusters.code], np.asarray(has)[clusters.code])


def _measured(before: PreviousHumanRows, uncovered: Mask, lost: list[str]) -> Measurement:
    n, count = len(uncovered), int(uncovered.sum())
    share = count / n
    note = (
        f"{percent(share)} of the human rows of {before.name} are no longer covered: {', '.join(map(shortened, lost[:3]))}"
        if count
        else ""
    )
    rows = np.sort(before.sample_rows[uncovered])[:_EVIDENCE_CELLS]
    about = {
        "version": before.name,
        "uncovered_share": share,
        "cells": lost[:_EVIDENCE_CELLS],
        "rows": [before.place(int(row)) for row in rows],
    }
    value = Estimate.exact(max(0.0, 1 - share / TAIL_MASS))
    return Measured(
        value, RowCounts(n), growth=Growth(limited_by=("human",), rows_to_pass=ROWS_TO_PASS), note=note, evidence=about
    )


METRIC = Metric(
    expectation="expect_tail_mass_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Rare cases of the version promoted last are gone",
    unit=Unit.SHARE,
    asks="Are the rare cases among the human rows of the version promoted last still covered?",
    why=(
        "Tails go first: a model trained on what models made loses rare events before anything else changes, and a removal for a good "
        "reason may take a whole group along. Averages show neither."
    ),
    source="Shumailov et al., Nature 631 (2024): tails vanish first; Dohmatob et al. 2024, A tale of tails: what is cut off is not learned again",
    fix="Collect rows of the levels, extremes or clusters named above, or have the generator make such rows: rows of either origin count.",
    languages_together='cells are looked at one by one: with slices = ["language"] each language is one',
    exact="counts rows whose level, extreme or cluster lost its rows since the version promoted last",
    reads="the sample, and one as large of the version promoted last",
    accumulate=accumulate_both,
)
