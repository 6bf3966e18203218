"""Rows of a table that are one human row with a few values changed, or with a little noise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.arrays import Floats, Hashes, Ints, find_sorted, first_of_each
from gates.metrics.base.measurement import (
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    ReportOnly,
    RowCounts,
)
from gates.metrics.comparison.encoding import coded
from gates.metrics.copies.copy_baseline import HOLDOUT, OTHERS, BaselineShare, excess
from gates.metrics.stats.intervals import clopper_pearson
from gates.metrics.stats.likeness import NEXT, Cells, margins
from gates.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.scan.result import Rows, Scan

# Beyond what one human row in a hundred has, a row stands so near to one human row alone that coincidence is rare.
_RARE = 0.01
# Cells compared with cells, of each side: three seconds, 2,600 rows beside 10,000 of 15 columns.
_COMPARED_AT_MOST = 400_000_000
ON_PURPOSE = (
    'rows of synthetic_role = "extend" may lie near human rows on purpose; exact copies are judged all the same'
)


def near_rows(scan: Scan) -> Measurement:
    """Share of distinct synthetic rows that equal no human row and stand near to one alone, minus that of human rows.

    A row is near to one alone where its likest human row is farther ahead of the ones that come next than it is for all but
    one in a hundred unseen human rows: those of the holdout, else human rows against all others. That finds a row whose
    values were changed in a few columns, or all a little, and rows in a crowd are not.
    """
    columns = _Columns(scan)
    human = _distinct(scan.human)
    reference = columns.cells(human)
    if len(human) <= NEXT + 1 or not reference.width:
        return Inconclusive("no rows to compare, or no columns", RowCounts(len(human), len(scan.synthetic)))
    most = max(1, _COMPARED_AT_MOST // (len(human) * reference.width))
    unseen, source = _baseline_margins(scan, (columns, human, reference), most)
    if not len(unseen):
        return Inconclusive("no unseen human rows to compare with", RowCounts(len(human), len(scan.synthetic)))
    limit = np.sort(unseen)[-1 - int(_RARE * len(unseen))]
    over = int((unseen > limit).sum())
    # Two human rows that are each other's likest stand there together: they count as one (Kish).
    together = 2 if source == OTHERS else 1
    share_bounds = clopper_pearson(over / together, len(unseen) / together)
    baseline = BaselineShare(share_bounds, over, len(unseen), source)

    def share(rows: Rows) -> Measured | Inconclusive:
        own = _first(_new(_distinct(rows), human), most)
        margin, twin = margins(reference, columns.cells(own)) if len(own) else (np.empty(0), np.empty(0, dtype=int))
        is_near = margin > limit
        nearest = np.flatnonzero(is_near)[np.argsort(own.row_id[is_near])][: scan.named_rows]
        compared = excess(int(is_near.sum()), len(own), baseline, len(human), "nearly equal a human row")
        places = scan.twin_places(own.row_id[nearest], human.row_id[twin[nearest]])
        return replace(compared, evidence={**compared.evidence, "first_rows": places}, undecided=Severity.WARNING)

    if len(scan.synthetic) and not len(_new(_distinct(scan.synthetic), human)):
        return NotConfigured(
            "no synthetic row is left to compare: each equals a human row, which the exact check judges"
        )
    whole = share(scan.synthetic)
    parts = {
        name: Part(whole if rows.total == scan.synthetic.total else share(rows))
        for name, rows in scan.generators.items()
        if len(_new(_distinct(rows), human))
    }
    measured = replace(whole, parts=parts)
    return ReportOnly(measured, ON_PURPOSE) if scan.declared.extends_human_law else measured


def _baseline_margins(scan: Scan, human: tuple[_Columns, Rows, Cells], most: int) -> tuple[Floats, str]:
    """How far unseen human rows stand near to one alone, and which rows these are."""
    columns, rows, reference = human
    if scan.holdout is not None and len(scan.holdout.rows):
        unseen = _first(_new(_distinct(scan.holdout.rows), rows), most)
        return (margins(reference, columns.cells(unseen))[0] if len(unseen) else np.empty(0)), HOLDOUT
    own = np.arange(min(len(rows), most))
    return margins(reference, reference.take(own), own)[0], OTHERS


class _Columns:
    """The columns in which rows of a table are compared, with levels numbered as human rows have them."""

    def __init__(self, scan: Scan) -> None:
        skipped = scan.cached(coded).skipped
        frame = scan.human.frame
        names = [name for name in scan.roles.content if name not in skipped]
        # To ask a frame for it makes it anew.
        kinds = frame.schema
        self._numbers = [name for name in names if kinds[name].is_numeric() or kinds[name].is_temporal()]
        self._levels = {
            name: np.unique(_hashes(frame[name].drop_nulls()))
            for name in names
            if not (kinds[name].is_numeric() or kinds[name].is_temporal())
        }

    def cells(self, rows: Rows) -> Cells:
        """These rows; a missing level is a level."""
        numbers = [rows.frame[name].to_physical().cast(pl.Float64).to_numpy() for name in self._numbers]
        levels = [_codes(rows.frame[name], human_levels) for name, human_levels in self._levels.items()]
        return Cells(_matrix(numbers, len(rows)), _matrix(levels, len(rows)).astype(np.int64))


def _codes(values: pl.Series, levels: Hashes) -> Ints:
    at, is_level = find_sorted(levels, _hashes(values))
    return np.where(values.is_null().to_numpy(), 0, np.where(is_level, at + 1, -1))


def _hashes(values: pl.Series) -> Hashes:
    """64 bits of each level: texts may be long, and are copied where they are put in order or looked up."""
    return values.cast(pl.String).hash().to_numpy()


def _matrix(columns: Sequence[Floats | Ints], rows: int) -> Floats:
    return np.column_stack(columns).astype(np.float64) if columns else np.empty((rows, 0))


def _distinct(rows: Rows) -> Rows:
    """One row of each content, in the order of the sample."""
    return rows.where(first_of_each(rows.digest))


def _new(rows: Rows, human: Rows) -> Rows:
    """Rows that equal a human row are the exact check's."""
    return rows.where(~np.isin(rows.digest, human.digest))


def _first(rows: Rows, most: int) -> Rows:
    return rows.where(np.arange(len(rows)) < most)
