"""Near duplicates and copied spans over token streams.

Texts are compared as sets of shingles, runs of three tokens: single words make all texts of one topic alike, and longer
runs let one changed word break too many of them (a changed word costs three: of a text of 60 words, two changed words
leave a Jaccard similarity of .81). MinHash proposes pairs, the true Jaccard similarity decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import rensa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gates.keys import mix
from gates.text.buckets import bucket_pairs, distinct_keys
from gates.text.sets import incidence, similar
from gates.text.tokens import Hashes, Ints, TokenStream, document_hashes, ngrams

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SHINGLE_TOKENS = 3
# 16 bands of 5: a pair of Jaccard .8 shares a band with probability .998, of .85 with .9999, of .4 with .15. By 1 - (1 -
# J^rows)^bands (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, 3.4.2) 20 bands of 6 find no more at .8 and take
# half as many numbers again; 12 of 4 find as many by fewer, but propose one pair of .4 in four.
BAND_COUNT, BAND_ROWS = 16, 5
PERMUTATIONS = BAND_COUNT * BAND_ROWS
SEED = 1
# Buckets put in order at once, and pairs that two groups of equal documents may give: both bound memory.
BUCKETS_AT_ONCE = 1 << 20
PAIRS_OF_GROUPS = 64


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


def near_pairs(stream: TokenStream, *, threshold: float = 0.8, min_tokens: int = 20) -> NearPairs:
    """Pairs of documents whose shingle sets have a Jaccard similarity of at least `threshold`.

    Documents of fewer than `min_tokens` coincide by nature and are left out. A document equal to k earlier ones pairs
    with the first and the last of them, and many equal documents near many others pair through the first of each side:
    clusters are those of all pairs, and n equal documents cost 2n pairs, not n^2.
    """
    groups = _groups(stream, min_tokens)
    near = _between_groups(groups, *_near(stream, groups.first(), threshold))
    equal = _within_groups(groups)
    low = np.concatenate([np.minimum(near.left, near.right), equal.left])
    high = np.concatenate([np.maximum(near.left, near.right), equal.right])
    order = np.lexsort((high, low))
    return NearPairs(low[order], high[order], np.concatenate([near.jaccard, equal.jaccard])[order])


def clusters(n: int, left: Ints, right: Ints) -> Ints:
    """The cluster of each of n documents when the pairs join them; a cluster is named by its smallest member."""
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    _, smallest, code = np.unique(label, return_index=True, return_inverse=True)
    named: Ints = smallest[code].astype(np.int64)
    return named


def _groups(stream: TokenStream, min_tokens: int) -> _Groups:
    counted = np.flatnonzero(stream.lengths() >= max(min_tokens, SHINGLE_TOKENS))
    content = document_hashes(stream)[counted]
    order = np.argsort(content, kind="stable")
    _, starts = np.unique(content[order], return_index=True)
    return _Groups(counted[order], np.append(starts, len(order)).astype(np.int64))


def _near(stream: TokenStream, documents: Ints, threshold: float) -> tuple[Ints, Ints, Floats]:
    """Near pairs of these documents, whose tokens differ, and their Jaccard similarity; by position, left < right."""
    mask = np.zeros(len(stream), bool)
    mask[documents] = True
    position = np.argsort(documents)
    grams = ngrams(stream.where(mask), SHINGLE_TOKENS)
    chosen = _colliding(grams)
    kept = grams.take(chosen)
    left, right, jaccard = similar(incidence(kept), *_candidates(kept), threshold)
    one, two = position[chosen[left]], position[chosen[right]]
    return np.minimum(one, two), np.maximum(one, two), jaccard


def _colliding(grams: TokenStream) -> Ints:
    """The texts that share a band with another one: few, and only their digests need to become numbers of Python's."""
    if not len(grams):
        return np.zeros(0, np.int64)
    index = rensa.RMinHashLSH(threshold=0.8, num_perm=PERMUTATIONS, num_bands=BAND_COUNT)
    return np.flatnonzero(index.query_duplicate_flags_matrix_one_shot(_digest_matrix(grams)))


def _candidates(grams: TokenStream) -> tuple[Ints, Ints]:
    """Pairs that share a band, each once. Content orders a bucket, so that the order of documents does not matter."""
    count = len(grams)
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    by_content = np.argsort(document_hashes(grams), kind="stable")
    rows = _digest_matrix(grams).to_rows()
    digests = np.fromiter(chain.from_iterable(rows), np.uint64, count * PERMUTATIONS)
    buckets = _fold(digests.reshape(count, BAND_COUNT, BAND_ROWS)[by_content])
    keys = np.zeros(0, np.int64)
    for some in np.array_split(buckets, min(BAND_COUNT, -(-buckets.size // BUCKETS_AT_ONCE)), axis=1):
        bucket = some.ravel()
        order = np.argsort(bucket, kind="stable")
        places = bucket_pairs(bucket[order])
        one, two = (by_content[order[place] // some.shape[1]] for place in places)
        keys = distinct_keys(np.concatenate([keys, np.minimum(one, two) * count + np.maximum(one, two)]))
    return keys // count, keys % count


def _digest_matrix(grams: TokenStream) -> rensa.RMinHashDigestMatrix:
    hashes = np.ascontiguousarray(grams.hashes)
    return rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, grams.offsets.astype(np.uint64), PERMUTATIONS, SEED
    )


def _fold(digests: Hashes) -> Hashes:
    """The bucket of each document in each band, (documents, bands): no two bands share one."""
    folded = np.broadcast_to(np.arange(digests.shape[1], dtype=np.uint64), digests.shape[:2])
    for row in range(digests.shape[2]):
        folded = mix(folded ^ mix(digests[:, :, row]))
    return folded


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
