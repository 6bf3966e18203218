"""Which members of equal buckets are compared, so that no bucket costs its size squared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.text.tokens import Hashes, Ints

# In a bucket of more distinct texts than this each is compared with its first ones and its next ones only: m texts
# from one template cost m * 2 * NEIGHBOURS comparisons and not m^2, and through the first ones they still meet.
NEIGHBOURS = 8


def bucket_pairs(bucket: Hashes, side: npt.NDArray[np.bool_] | None = None) -> tuple[Ints, Ints]:
    """Pairs of positions with equal bucket, each once; `bucket` is sorted. With `side`, only pairs across sides."""
    if side is None:
        return _within(bucket)
    mine, theirs = np.flatnonzero(~side), np.flatnonzero(side)
    one, two = _across(bucket, mine, theirs)
    back_two, back_one = _across(bucket, theirs, mine)
    keys = distinct_keys(np.concatenate([one, back_one]) * len(bucket) + np.concatenate([two, back_two]))
    return keys // max(1, len(bucket)), keys % max(1, len(bucket))


def distinct_keys(keys: Ints) -> Ints:
    """Sorted distinct values. By sorting: `np.unique` hashes, and on keys that share their low bits takes 20 times as long."""
    ordered = np.sort(keys)
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]


def _within(bucket: Hashes) -> tuple[Ints, Ints]:
    """Each position with the next ones, and with the first ones of its bucket that lie further back."""
    position = np.arange(len(bucket))
    first = np.searchsorted(bucket, bucket)
    ones, twos = [position[:0]], [position[:0]]
    for step in range(1, NEIGHBOURS + 1):
        near = np.flatnonzero(bucket[step:] == bucket[:-step])
        far = np.flatnonzero(position - first >= NEIGHBOURS + step)
        ones += [near, first[far] + step - 1]
        twos += [near + step, far]
    return np.concatenate(ones), np.concatenate(twos)


def _across(bucket: Hashes, mine: Ints, theirs: Ints) -> tuple[Ints, Ints]:
    """Each of mine with the first 2 * NEIGHBOURS of theirs in its bucket."""
    start = np.searchsorted(bucket[theirs], bucket[mine], side="left")
    end = np.searchsorted(bucket[theirs], bucket[mine], side="right")
    ones, twos = [mine[:0]], [mine[:0]]
    for step in range(2 * NEIGHBOURS):
        kept = start + step < end
        ones.append(mine[kept])
        twos.append(theirs[start[kept] + step])
    return np.concatenate(ones), np.concatenate(twos)
