"""Documents as sets of their runs of tokens, and how much pairs of them have in common.

Broder, On the Resemblance and Containment of Documents, Compression and Complexity of Sequences 1997.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from gates.data.text.mix import mix

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Hashes, Ints
    from gates.data.text.tokens import TokenStream

# Runs compared at once, which bounds memory.
RUNS_AT_ONCE = 1 << 22
# Slots a hash in the table that names hashes: four in five of the different ones have a slot of their own.
_SLOTS_A_HASH = 4


def incidence(runs: TokenStream) -> csr_array:
    """The documents as sets: one row per document, one column per distinct run, 1 where the document has it."""
    columns = names(runs.hashes)
    ones = np.ones(len(columns), np.int32)
    # A copy, since the matrix keeps the array and sums its duplicates in place.
    sets = csr_array((ones, columns, runs.offsets.copy()), shape=(len(runs), max(1, len(columns))))
    sets.sum_duplicates()
    sets.data[:] = 1
    return sets


def similar(sets: csr_array, left: Ints, right: Ints, threshold: float) -> tuple[Ints, Ints, Floats]:
    """The pairs of rows whose Jaccard similarity reaches the threshold, and that similarity."""
    sizes = np.diff(sets.indptr).astype(np.int64)
    possible = np.minimum(sizes[left], sizes[right]) >= threshold * np.maximum(sizes[left], sizes[right])
    left, right = left[possible], right[possible]
    weight = np.cumsum(sizes[left] + sizes[right])
    cuts = np.searchsorted(weight, np.arange(RUNS_AT_ONCE, weight[-1] if len(weight) else 0, RUNS_AT_ONCE))
    pieces = zip(np.split(left, cuts), np.split(right, cuts), strict=True)
    common = np.concatenate([np.asarray(sets[one].multiply(sets[two]).sum(axis=1)) for one, two in pieces])
    jaccard = common / np.maximum(1, sizes[left] + sizes[right] - common)
    kept = jaccard >= threshold
    return left[kept], right[kept], jaccard[kept]


def names(hashes: Hashes) -> Ints:
    """For each hash the position of one that equals it, the same for all equal ones.

    Each takes the slot that its leading bits name, the last comer stays, and those who find another one than themselves
    there try again by other bits: two or three rounds, in a sixth of the time of a growing hash table and a fourth of
    that of sorting.
    """
    named = np.empty(len(hashes), np.int64)
    shift = np.uint64(64 - max(1, (len(hashes) * _SLOTS_A_HASH).bit_length()))
    table = np.empty(1 << int(64 - shift), np.int64)
    waiting, wanted, keys = np.arange(len(hashes)), hashes, hashes
    while len(waiting):
        slots = keys >> shift
        table[slots] = waiting
        named[waiting] = table[slots]
        other = np.flatnonzero(hashes[table[slots]] != wanted)
        waiting, wanted, keys = waiting[other], wanted[other], mix(keys[other])
    return named
