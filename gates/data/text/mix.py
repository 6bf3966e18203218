"""Pseudo-random keys that depend on a row's content only, so that samples do not depend on row order."""

from __future__ import annotations

import numpy as np

from gates.data.arrays import Hashes, run_starts, since_start

# 2^64 divided by the golden ratio, odd: successive multiples are spread evenly (Knuth, TAOCP 3, 6.4).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(value: Hashes) -> Hashes:
    """A bijection of 64-bit integers whose every output bit depends on every input bit.

    The low bits of a polynomial modulo 2^64 depend on the low bits of its terms only; buckets and keys need all of them.
    SplitMix64's finaliser: Steele, Lea & Flood, OOPSLA 2014.
    """
    value = value ^ (value >> np.uint64(30))
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    value ^= value >> np.uint64(31)
    return value


def combine(digest: Hashes, occurrence: Hashes) -> Hashes:
    """The key of the row that is the `occurrence`-th of its content, counted from 0."""
    return mix(digest + occurrence * _GOLDEN)


def occurrences(ordered: Hashes) -> Hashes:
    """For each entry of a sorted array, how many equal entries come before it."""
    return since_start(run_starts(ordered)).astype(np.uint64)


def row_keys(ordered: Hashes) -> Hashes:
    """Keys of sorted digests: equal digests get different keys."""
    return combine(ordered, occurrences(ordered))
