"""Near duplicates over token streams, of documents that need not lie in memory at once.

Documents are compared as sets of their runs of three tokens. Sketches propose pairs, the true Jaccard similarity decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gates.data.arrays import Floats, Ints, distinct_keys, run_starts
from gates.data.text.near.jaccard import incidence, similar
from gates.data.text.near.lsh import bucket_pairs, crowded, pairs_across
from gates.data.text.near.minhash import BAND_COUNT, SHINGLE_TOKENS, sketch
from gates.data.text.tokens import READ_TOKENS, Take, TokenStream, document_hashes, ngrams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Buckets put in order at once, which bounds memory.
BUCKETS_AT_ONCE = 1 << 20
_HALF, _LOW = np.uint64(32), np.uint64(2**32 - 1)


@dataclass(frozen=True)
class NearPairs:
    """Pairs of documents, left < right, ordered, with their Jaccard similarity; equal documents have 1."""

    left: Ints
    right: Ints
    jaccard: Floats

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class _Groups:
    """Documents of one side with equal tokens: those of group i are `members[offsets[i]:offsets[i + 1]]`, in order."""

    members: Ints
    offsets: Ints

    def first(self) -> Ints:
        return self.members[self.offsets[:-1]]

    def of(self, chosen: Ints, begin: int = 0) -> tuple[Ints, Ints]:
        """The members of these groups from number `begin` of each on, and which of `chosen` each of them is from."""
        count = np.diff(self.offsets)[chosen] - begin
        which = np.repeat(np.arange(len(chosen)), count)
        within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        return self.members[self.offsets[chosen][which] + begin + within], which


class NearSearch:
    """Finds near duplicates among documents that come in parts: 73 bytes are kept of each, however long it is.

    lengths: the number of tokens of each document. Those that are never added have no near duplicates.
    sides: how many documents each side has, one side after the other; by default all are of one side.
    """

    def __init__(self, lengths: Ints, sides: Sequence[int] = ()) -> None:
        self._lengths = lengths
        self._ends = np.cumsum(sides or [len(lengths)])
        self._content = np.zeros(len(lengths), np.uint64)
        self._buckets = np.zeros((BAND_COUNT, len(lengths)), np.uint32)
        self._is_added = np.zeros(len(lengths), bool)

    def add(self, documents: Ints, stream: TokenStream) -> None:
        """Sketch some of the documents, given by number and tokens."""
        self._is_added[documents] = True
        self._content[documents] = document_hashes(stream)
        self._buckets[:, documents] = sketch(stream)

    def pairs(self, take: Take, *, threshold: float) -> NearPairs:
        """Pairs of documents whose shingle sets have a Jaccard similarity of at least `threshold`; `take` reads candidates.

        Pairs lie within a side, or have one document of the first side. What many share does not give all their pairs: equal
        documents of a side pair with the first of them, and many near ones through some. The pairs of any first documents of
        a side join these as all pairs among them would, whatever follows in it and whatever other sides contain; so where the
        order of documents is theirs by content, that of rows does not matter. Nor do the parts that documents come in.
        """
        groups = self._groups()
        first = groups.first()
        order = np.argsort(first)
        near = _verified(_Candidates(*self._candidates(first[order]), self._lengths), take, threshold)
        left, right = (order[np.searchsorted(first[order], side)] for side in (near.left, near.right))
        one, two = self._equal_across(first)
        jaccard = np.concatenate([near.jaccard, np.ones(len(one))])
        between = _between_groups(groups, np.concatenate([left, one]), np.concatenate([right, two]), jaccard)
        equal = _within_groups(groups)
        low = np.concatenate([np.minimum(between.left, between.right), equal.left])
        high = np.concatenate([np.maximum(between.left, between.right), equal.right])
        order = np.lexsort((high, low))
        return NearPairs(low[order], high[order], np.concatenate([between.jaccard, equal.jaccard])[order])

    def _side(self, documents: Ints) -> Ints:
        return np.searchsorted(self._ends, documents, side="right")

    def _groups(self) -> _Groups:
        """Equal documents of each side, in the order of their content and then of their side."""
        counted = np.flatnonzero(self._is_added)
        order = np.argsort(self._content[counted], kind="stable")
        members = counted[order]
        starts = np.flatnonzero(run_starts(self._content[members]) | run_starts(self._side(members)))
        return _Groups(members, np.append(starts, len(members)))

    def _equal_across(self, first: Ints) -> tuple[Ints, Ints]:
        """Groups of the first side, and those of others that equal them; `first` has the first member of each group."""
        starts = np.flatnonzero(run_starts(self._content[first]))
        begin = np.repeat(starts, np.diff(np.append(starts, len(first))))
        equal = np.flatnonzero((begin < np.arange(len(first))) & (self._side(first[begin]) == 0))
        return begin[equal], equal

    def _candidates(self, documents: Ints) -> tuple[Ints, Ints]:
        """Pairs of these documents, in their order, that share a band and differ, each once.

        Ordered, so that neighbours have documents in common.
        """
        count = max(1, len(documents))
        side = self._side(documents).astype(np.uint64)
        keys = np.zeros(0, np.int64)
        bands = max(1, BUCKETS_AT_ONCE // count)
        for begin in range(0, BAND_COUNT, bands):
            bucket = self._buckets[begin : begin + bands, documents].ravel()
            place = crowded(bucket)
            entries = np.sort(bucket[place].astype(np.uint64) << _HALF | (place % count).astype(np.uint64))
            ordered, rank = entries >> _HALF, (entries & _LOW).astype(np.int64)
            within = bucket_pairs(ordered * np.uint64(len(self._ends)) + side[rank])
            across = pairs_across(ordered, side[rank] == 0)
            one, two = (rank[np.concatenate(places)] for places in zip(within, across, strict=True))
            # Two bands of one document may have one bucket by chance.
            keys = distinct_keys(np.concatenate([keys, (two * count + one)[one != two]]))
        left, right = documents[keys % count], documents[keys // count]
        differ = self._content[left] != self._content[right]
        return left[differ], right[differ]


def near_pairs(stream: TokenStream, *, threshold: float = 0.8, min_tokens: int = 20) -> NearPairs:
    """Near duplicates among documents in memory, as `NearSearch.pairs` has them.

    Documents of fewer than `min_tokens` coincide by chance and are left out.
    """
    search = NearSearch(stream.lengths())
    counted = stream.lengths() >= max(min_tokens, SHINGLE_TOKENS)
    search.add(np.flatnonzero(counted), stream.where(counted))
    return search.pairs(stream.take, threshold=threshold)


def clusters(n: int, left: Ints, right: Ints) -> Ints:
    """The cluster of each of n documents when the pairs join them; a cluster is named by its smallest member."""
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    _, smallest, code = np.unique(label, return_index=True, return_inverse=True)
    named: Ints = smallest[code].astype(np.int64)
    return named


@dataclass(frozen=True)
class _Candidates:
    """Pairs of documents to be compared, and the number of tokens of each document."""

    left: Ints
    right: Ints
    lengths: Ints

    def blocks(self) -> Iterator[tuple[Ints, _Candidates]]:
        """The pairs in blocks, with the documents of each: of at most READ_TOKENS tokens, or a single pair."""
        documents = distinct_keys(np.concatenate([self.left, self.right]))
        if len(self.left) <= 1 or self.lengths[documents].sum() <= READ_TOKENS:
            yield documents, self
            return
        middle = len(self.left) // 2
        for half in (slice(middle), slice(middle, None)):
            yield from _Candidates(self.left[half], self.right[half], self.lengths).blocks()


def _verified(candidates: _Candidates, take: Take, threshold: float) -> NearPairs:
    pairs = []
    for documents, block in candidates.blocks():
        sets = incidence(ngrams(take(documents), SHINGLE_TOKENS))
        one, two = (np.searchsorted(documents, side) for side in (block.left, block.right))
        left, right, jaccard = similar(sets, one, two, threshold)
        pairs.append((documents[left], documents[right], jaccard))
    return NearPairs(*(np.concatenate(parts) for parts in zip(*pairs, strict=True)))


def _within_groups(groups: _Groups) -> NearPairs:
    """Each member but the first with the first."""
    later, group = groups.of(np.arange(len(groups.first())), 1)
    return NearPairs(groups.first()[group], later, np.ones(len(later)))


def _between_groups(groups: _Groups, left: Ints, right: Ints, jaccard: Floats) -> NearPairs:
    """Each member of two near groups with the first one of the other."""
    one, which = groups.of(left)
    two, again = groups.of(right, 1)
    return NearPairs(
        np.concatenate([one, groups.first()[left][again]]),
        np.concatenate([groups.first()[right][which], two]),
        np.concatenate([jaccard[which], jaccard[again]]),
    )
