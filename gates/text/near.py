"""Near duplicates over token streams, of documents that need not lie in memory at once.

Documents are compared as sets of their runs of three tokens. Sketches propose pairs, the true Jaccard similarity decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gates.text.buckets import bucket_pairs, crowded, distinct_keys, run_starts
from gates.text.sets import incidence, similar
from gates.text.sketches import BAND_COUNT, SHINGLE_TOKENS, sketch
from gates.text.tokens import READ_TOKENS, Ints, TokenStream, document_hashes, ngrams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.text.tokens import Take

Floats = npt.NDArray[np.float64]

# Buckets put in order at once, and pairs that two groups of equal documents may give: both bound memory.
BUCKETS_AT_ONCE = 1 << 20
PAIRS_OF_GROUPS = 64
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
    """Documents with equal tokens: those of group i are `members[offsets[i]:offsets[i + 1]]`, in order."""

    members: Ints
    offsets: Ints

    def first(self) -> Ints:
        return self.members[self.offsets[:-1]]

    def sizes(self) -> Ints:
        return np.diff(self.offsets)

    def code(self) -> Ints:
        """The group of each of `members`."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.sizes())


class NearSearch:
    """Finds near duplicates among documents that come in parts: 73 bytes are kept of each, however long it is.

    lengths: the number of tokens of each document. Those that are never added have no near duplicates.
    """

    def __init__(self, lengths: Ints) -> None:
        self._lengths = lengths
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

        A document equal to k earlier ones pairs with the first and the last of them, and many equal documents near many
        others pair through the first of each side: clusters are those of all pairs, and n equal documents cost 2n pairs,
        not n^2. Neither the parts that documents came in nor their order matter.
        """
        groups = self._groups()
        first = groups.first()
        near = _verified(_Candidates(*self._candidates(first), self._lengths), take, threshold)
        left, right = (np.searchsorted(self._content[first], self._content[side]) for side in (near.left, near.right))
        between, equal = _between_groups(groups, left, right, near.jaccard), _within_groups(groups)
        low = np.concatenate([np.minimum(between.left, between.right), equal.left])
        high = np.concatenate([np.maximum(between.left, between.right), equal.right])
        order = np.lexsort((high, low))
        return NearPairs(low[order], high[order], np.concatenate([between.jaccard, equal.jaccard])[order])

    def _groups(self) -> _Groups:
        """Equal documents, in the order of their content."""
        counted = np.flatnonzero(self._is_added)
        content = self._content[counted]
        order = np.argsort(content, kind="stable")
        starts = np.flatnonzero(run_starts(content[order]))
        return _Groups(counted[order], np.append(starts, len(order)))

    def _candidates(self, documents: Ints) -> tuple[Ints, Ints]:
        """Pairs of these documents that share a band, each once; documents come in the order of their content.

        That orders a bucket, so that the order of documents does not matter, and then the pairs, so that neighbours have
        documents in common.
        """
        count = max(1, len(documents))
        keys = np.zeros(0, np.int64)
        bands = max(1, BUCKETS_AT_ONCE // count)
        for begin in range(0, BAND_COUNT, bands):
            bucket = self._buckets[begin : begin + bands, documents].ravel()
            place = crowded(bucket)
            entries = np.sort(bucket[place].astype(np.uint64) << _HALF | (place % count).astype(np.uint64))
            rank = (entries & _LOW).astype(np.int64)
            one, two = (rank[places] for places in bucket_pairs(entries >> _HALF))
            # Two bands of one document may have one bucket by chance.
            keys = distinct_keys(np.concatenate([keys, (two * count + one)[one != two]]))
        return documents[keys % count], documents[keys // count]


def near_pairs(stream: TokenStream, *, threshold: float = 0.8, min_tokens: int = 20) -> NearPairs:
    """Near duplicates among documents in memory, as `NearSearch.pairs` has them.

    Documents of fewer than `min_tokens` coincide by nature and are left out.
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
    found = []
    for documents, block in candidates.blocks():
        sets = incidence(ngrams(take(documents), SHINGLE_TOKENS))
        one, two = (np.searchsorted(documents, side) for side in (block.left, block.right))
        left, right, jaccard = similar(sets, one, two, threshold)
        found.append((documents[left], documents[right], jaccard))
    return NearPairs(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _within_groups(groups: _Groups) -> NearPairs:
    """Each member with the first and with the one before it: connected whichever rows of one origin are kept."""
    code, position = groups.code(), np.arange(len(groups.members))
    since = position - groups.offsets[:-1][code]
    later, third = position[since > 0], position[since > 1]
    left = np.concatenate([groups.members[later - 1], groups.first()[code[third]]])
    right = np.concatenate([groups.members[later], groups.members[third]])
    return NearPairs(left, right, np.ones(len(left)))


def _between_groups(groups: _Groups, left: Ints, right: Ints, jaccard: Floats) -> NearPairs:
    """Near groups as pairs of their members: all of them where they are few, else each with the other side's first."""
    rows, columns = groups.sizes()[left], groups.sizes()[right]
    few = rows * columns <= PAIRS_OF_GROUPS
    one, two, pair = _product(groups, left, right, np.where(few, rows, 1), columns)
    more, other, again = _product(groups, left[~few], right[~few], rows[~few], np.ones(int((~few).sum()), np.int64))
    new = more != groups.first()[left[~few]][again]
    return NearPairs(
        np.concatenate([one, more[new]]),
        np.concatenate([two, other[new]]),
        np.concatenate([jaccard[pair], jaccard[~few][again[new]]]),
    )


def _product(groups: _Groups, left: Ints, right: Ints, rows: Ints, columns: Ints) -> tuple[Ints, Ints, Ints]:
    """The first `rows` members of each left group with the first `columns` of its right group, and which pair it was."""
    count = rows * columns
    pair = np.repeat(np.arange(len(left)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    one = groups.members[groups.offsets[left[pair]] + within // columns[pair]]
    return one, groups.members[groups.offsets[right[pair]] + within % columns[pair]], pair
