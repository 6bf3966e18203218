"""Names of array types that recur, and what is asked of sorted arrays."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Labels = npt.NDArray[np.int8]

Sortable = TypeVar("Sortable", Ints, Hashes)


def run_starts(ordered: Sortable) -> Mask:
    """Where in sorted values another one than before begins."""
    starts = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    return starts


def since_start(starts: Mask) -> Ints:
    """For each entry how many come before it in its run. starts: where runs begin, the first entry among them."""
    places = np.arange(len(starts))
    return places - np.maximum.accumulate(np.where(starts, places, 0))


def distinct_keys(keys: Sortable) -> Sortable:
    """Sorted distinct values. By sorting: `np.unique` hashes, and on keys that share their low bits takes 20 times as long."""
    ordered = np.sort(keys)
    return ordered[run_starts(ordered)]


def find_sorted(ordered: Sortable, values: Sortable) -> tuple[Ints, Mask]:
    """Where each of some values would stand among sorted ones, at most at the last, and whether it is one of these."""
    if not len(ordered):
        return np.zeros(len(values), np.int64), np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return at, ordered[at] == values


def first_of_each(values: Hashes | Ints) -> Mask:
    """Mask of the first of equal values, in whatever order they stand."""
    mask = np.zeros(len(values), dtype=bool)
    mask[np.unique(values, return_index=True)[1]] = True
    return mask
