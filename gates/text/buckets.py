"""Which members of equal buckets are compared, so that no bucket costs its size squared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gates.text.tokens import Hashes, Ints

# In a bucket of more distinct texts than this each is compared with its first ones and its next ones only: m texts
# from one template cost m * 2 * NEIGHBOURS comparisons and not m^2, and through the first ones they still meet.
NEIGHBOURS = 8


def bucket_pairs(bucket: Hashes) -> tuple[Ints, Ints]:
    """Pairs of positions with equal bucket, each once; `bucket` is sorted.

    Each position meets the next ones, and the first ones of its bucket that lie further back.
    """
    position = np.arange(len(bucket))
    first = np.searchsorted(bucket, bucket)
    ones, twos = [position[:0]], [position[:0]]
    for step in range(1, NEIGHBOURS + 1):
        near = np.flatnonzero(bucket[step:] == bucket[:-step])
        far = np.flatnonzero(position - first >= NEIGHBOURS + step)
        ones += [near, first[far] + step - 1]
        twos += [near + step, far]
    return np.concatenate(ones), np.concatenate(twos)


def distinct_keys(keys: Ints) -> Ints:
    """Sorted distinct values. By sorting: `np.unique` hashes, and on keys that share their low bits takes 20 times as long."""
    ordered = np.sort(keys)
    new = np.ones(len(ordered), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]
