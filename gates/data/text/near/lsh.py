"""Which members of equal buckets are compared, so that no bucket costs its size squared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.arrays import Hashes, Ints, Mask, run_starts

if TYPE_CHECKING:
    from gates.data.text.near.minhash import Buckets

# In a bucket each of m distinct texts is compared with its first ones and those just before it only, which costs
# m * 2 * NEIGHBOURS comparisons and not m^2; through the first ones they still meet.
NEIGHBOURS = 8
# What thousands share is common to them, and what two of them share beyond that puts them into other buckets as well. With
# one neighbour from there on a text from a template has 10 near duplicates of it and not 53.
CROWD, CROWD_NEIGHBOURS = 1000, 1
# Slots that separate most buckets; more than 2^22 of them do not stay in the processor's cache.
_SLOTS_A_BUCKET, _MOST_BITS = 4, 22


def bucket_pairs(bucket: Hashes) -> tuple[Ints, Ints]:
    """Pairs of positions with equal bucket, each once; `bucket` is sorted.

    Each position meets the ones just before it and the first ones of its bucket. What follows does not matter to it, so that
    the pairs among the first members of a bucket are those of a bucket that has no others.
    """
    first = _run_begins(bucket)
    since = np.arange(len(bucket)) - first
    reach = _reach(since)
    ones, twos = [first[:0]], [first[:0]]
    for step in range(1, NEIGHBOURS + 1):
        near = np.flatnonzero((since >= step) & (step <= reach))
        far = np.flatnonzero((since >= reach + step) & (step <= reach))
        ones += [near - step, first[far] + step - 1]
        twos += [near, far]
    return np.concatenate(ones), np.concatenate(twos)


def pairs_across(bucket: Hashes, is_inner: Mask) -> tuple[Ints, Ints]:
    """Each outer position with the first inner ones of its bucket; `bucket` is sorted, and inner ones come first in it.

    So that none of them is hidden by outer ones, however many there are: each of these meets an inner one.
    """
    first, outer = _run_begins(bucket)[~is_inner], np.flatnonzero(~is_inner)
    before = np.append(0, np.cumsum(is_inner))
    reach = np.minimum(before[outer] - before[first], _reach(outer - first))
    within = np.arange(reach.sum()) - np.repeat(np.cumsum(reach) - reach, reach)
    return np.repeat(first, reach) + within, np.repeat(outer, reach)


def _reach(since: Ints) -> Ints:
    """How many of the first ones of its bucket a position meets, by how many there are before it."""
    return np.where(since < CROWD, NEIGHBOURS, CROWD_NEIGHBOURS)


def _run_begins(ordered: Hashes) -> Ints:
    """For each of sorted values where those equal to it begin."""
    starts = np.flatnonzero(run_starts(ordered))
    return np.repeat(starts, np.diff(np.append(starts, len(ordered))))


def crowded(buckets: Buckets) -> Ints:
    """Positions of the buckets that may have an equal one, and of all those that have one, in a fifth of the time of sorting.

    By their leading bits: of those that name one slot the last comer stays there, and the others see that they share it.
    """
    bits = min(_MOST_BITS, (_SLOTS_A_BUCKET * len(buckets)).bit_length())
    slots = (buckets >> np.uint32(32 - bits)).astype(np.int64) if bits else np.zeros(0, np.int64)
    position = np.arange(len(buckets), dtype=np.int32)
    last = np.empty(1 << bits, np.int32)
    last[slots] = position
    is_shared = np.zeros(1 << bits, bool)
    is_shared[slots[last[slots] != position]] = True
    return np.flatnonzero(is_shared[slots])
