"""Within which rows people and synthetic rows are compared.

Rows that claim to mirror people are compared as a whole. Rows that extend the human law (rare cases, balancing,
simulation) are compared within each label or slice where both sides have enough rows, else only reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.coding import Coded, coded
from gates.metrics.measurement import Measurement

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gates.scan import Rows, Scan

    Mask = npt.NDArray[np.bool_]

# With fewer rows a side, a distance between two human samples of one law is itself above the limits.
STRATUM_ROWS = 300


@dataclass(frozen=True)
class Sides:
    """The rows a comparison sees, as rows and as codes, with the draws' seed.

    name: "" for everything, else the generator's or the stratum's; unique within a scan.
    """

    name: str
    human: Rows
    synthetic: Rows
    human_codes: Coded
    synthetic_codes: Coded
    seed: int


Compare = Callable[[Sides], Measurement]


def compare_by_role(scan: Scan, compare: Compare) -> Measurement:
    """`compare` over everything, with a part per generator; for extending rows within strata, with a part each."""
    return _within_strata(scan, compare) if scan.extends_human_law else compare_all(scan, compare)


def compare_all(scan: Scan, compare: Compare) -> Measurement:
    """`compare` over everything whatever the rows claim, with a part per generator that has rows enough."""
    codes = scan.once(coded)
    whole = compare(Sides("", scan.human, scan.synthetic, codes.human, codes.synthetic, scan.seed))
    # A generator that made all synthetic rows is the whole: measuring it again would cost as much and say nothing new.
    parts = {
        name: whole
        if rows.total == scan.synthetic.total
        else compare(Sides(f"generator {name}", scan.human, rows, codes.human, codes.generators[name], scan.seed))
        for name, rows in scan.generators.items()
        if len(rows) >= STRATUM_ROWS
    }
    evidence = {**whole.evidence, **({"not_compared": codes.skipped} if codes.skipped else {})}
    return replace(whole, parts=parts, evidence=evidence)


def _within_strata(scan: Scan, compare: Compare) -> Measurement:
    """A part per stratum, over all synthetic rows and per generator; the number shown is that of the farthest one."""
    codes = scan.once(coded)
    found: dict[str, Measurement] = {}
    makers = {"": (scan.synthetic, codes.synthetic)} | {
        f"{name} within ": (rows, codes.generators[name]) for name, rows in scan.generators.items()
    }
    for column in _stratifiers(scan):
        for maker, (rows, rows_codes) in makers.items():
            for level, human, synthetic in _strata(scan.human.frame[column], rows.frame[column]):
                name = f"{maker}{column}={level}"
                found[name] = compare(
                    Sides(
                        name,
                        scan.human.where(human),
                        rows.where(synthetic),
                        codes.human.where(human),
                        rows_codes.where(synthetic),
                        scan.seed,
                    )
                )
    if not found:
        whole = compare(Sides("", scan.human, scan.synthetic, codes.human, codes.synthetic, scan.seed))
        reason = (
            f'reported only: synthetic_role = "extend" and no label or slice has {STRATUM_ROWS} rows of both origins'
        )
        return replace(whole, reported=reason)
    farthest = max(found, key=lambda name: _reach(found[name]))
    chosen = found[farthest]
    note = f"within {farthest}" + (f", {chosen.note}" if chosen.note else "")
    return replace(chosen, note=note, parts=found, part_kind="stratum")


def _reach(part: Measurement) -> float:
    """The upper end of the interval: an undecided stratum must not hide behind one that passes."""
    return part.estimate.high if part.estimate else math.inf


def _stratifiers(scan: Scan) -> tuple[str, ...]:
    """The label, else the declared slices."""
    return (scan.roles.label,) if scan.roles.label else scan.roles.slices


def _strata(human: pl.Series, synthetic: pl.Series) -> list[tuple[str, Mask, Mask]]:
    found = []
    human, synthetic = human.cast(pl.String), synthetic.cast(pl.String)
    for level in human.drop_nulls().unique().sort().to_list():
        mine = (human == level).fill_null(value=False).to_numpy()
        theirs = (synthetic == level).fill_null(value=False).to_numpy()
        if min(int(mine.sum()), int(theirs.sum())) >= STRATUM_ROWS:
            found.append((str(level), mine, theirs))
    return found
