"""Shares of distinct rows, whole and per generator: what several checks on synthetic rows have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gates.scan import SYNTHETIC_CODE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from gates.metrics.measurement import Measurement
    from gates.scan import RowIndex, Scan


def distinct(index: RowIndex, code: int) -> npt.NDArray[np.bool_]:
    """Mask of one row per distinct content among the rows of an origin."""
    return index.of(code) & index.is_first


def with_generators(
    scan: Scan, measure: Callable[[npt.NDArray[np.bool_]], Measurement], *, distinct_rows: bool = True
) -> Measurement:
    """`measure(mask)` over the (distinct) synthetic rows, with a part per generator that can be judged alone."""
    index = scan.index
    synthetic = index.of(SYNTHETIC_CODE)
    whole = measure(distinct(index, SYNTHETIC_CODE) if distinct_rows else synthetic)
    parts = {}
    for name in scan.generators:
        own = synthetic & (index.generator == index.generators.index(name))
        parts[name] = measure(_first_of_each(index, own) if distinct_rows else own)
    return replace(whole, parts=parts)


def _first_of_each(index: RowIndex, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    positions = np.flatnonzero(mask)
    _, first = np.unique(index.digest[positions], return_index=True)
    chosen = np.zeros(len(mask), dtype=bool)
    chosen[positions[first]] = True
    return chosen
