"""Long spans that texts share with human texts, of documents that need not lie in memory at once.

Fingerprints propose documents, their runs of 50 tokens decide. Of every 25 neighbouring runs of 26 tokens the smallest hash
is a fingerprint, so that two documents with a run of 50 tokens in common have a fingerprint in common, and a document has
about one for 13 tokens. Schleimer, Wilkerson & Aiken, Winnowing, SIGMOD 2003.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.data.arrays import Hashes, Ints, Mask, distinct_keys, find_sorted, run_starts
from gates.data.text.tokens import PIECE_TOKENS, Read, TokenStream, ngrams, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

# Two people do not write the same 50 tokens by chance: Lee et al. (ACL 2022) cut repeated spans of this length.
SPAN_TOKENS = 50
RUN_TOKENS = 26
WINDOW_RUNS = SPAN_TOKENS - RUN_TOKENS + 1
# A fingerprint and its document are one number: 16 million documents, and 40 bits of hash. Of 50 million fingerprints one
# in 20,000 equals another by chance, and its document is read again.
_DOCUMENT_BITS = np.uint64(24)
_DOCUMENT = np.uint64(2**24 - 1)
# Fingerprints, and runs of human candidates, that are put in order at once, with 40 bytes each: both bound memory.
PRINTS_AT_ONCE = RUNS_AT_ONCE = 1 << 23


class SpanSearch:
    """Finds documents that share a span with a human one, among documents that come in parts.

    lengths: the number of tokens of each document. Of each about 8 bytes are kept for 13 tokens.
    """

    def __init__(self, lengths: Ints, is_human: Mask) -> None:
        if len(lengths) > _DOCUMENT:
            raise ValueError(f"{len(lengths):,} documents; spans are sought among {_DOCUMENT:,} at most")
        self._lengths, self._is_human = lengths, is_human
        self._prints: list[Hashes] = [np.zeros(0, np.uint64)]

    def add(self, documents: Ints, stream: TokenStream) -> None:
        """Take the fingerprints of some of the documents, given by number and tokens."""
        is_long = stream.lengths() >= SPAN_TOKENS
        stream, long = stream.where(is_long), documents[is_long].astype(np.uint64)
        for first, last in pieces(stream.offsets, PIECE_TOKENS):
            self._prints.append(_fingerprints(long[first:last], stream.between(first, last)))

    def shared(self, read: Read) -> Mask:
        """Mask of the documents that share a run of 50 tokens with a human one other than themselves; `read` reads some."""
        shares, wanted = np.zeros(len(self._lengths), bool), np.zeros(len(self._lengths), bool)
        wanted[self._candidates()] = True
        human = wanted & self._is_human
        part_count = -(-int((self._lengths[human] - (SPAN_TOKENS - 1)).sum()) // RUNS_AT_ONCE)
        for part in range(part_count):
            human_runs = _HumanRuns.of(_runs(read(human), part, part_count))
            for hashes, document in _runs(read(wanted & ~shares), part, part_count):
                shares[human_runs.shared_by_others(hashes, document)] = True
        return shares

    def _candidates(self) -> Ints:
        """Documents with a fingerprint that several documents have, one of them human."""
        part_count = max(1, sum(map(len, self._prints)) // PRINTS_AT_ONCE)
        candidates = [
            self._common(
                np.concatenate([prints[_is_in(prints >> _DOCUMENT_BITS, part, part_count)] for prints in self._prints])
            )
            for part in range(part_count)
        ]
        return distinct_keys(np.concatenate(candidates))

    def _common(self, prints: Hashes) -> Ints:
        prints = distinct_keys(prints)
        starts = np.flatnonzero(run_starts(prints >> _DOCUMENT_BITS))
        if not len(starts):
            return starts
        sizes = np.diff(np.append(starts, len(prints)))
        document = (prints & _DOCUMENT).astype(np.int64)
        has_human = np.logical_or.reduceat(self._is_human[document], starts)
        return distinct_keys(document[np.repeat((sizes > 1) & has_human, sizes)])


@dataclass(frozen=True)
class _HumanRuns:
    """Sorted distinct hashes of runs, and the first and the last document that has each."""

    hashes: Hashes
    first: Ints
    last: Ints

    @classmethod
    def of(cls, parts: Iterator[tuple[Hashes, Ints]]) -> _HumanRuns:
        hashes, document = (np.concatenate(side) for side in zip(*parts, strict=True))
        order = np.lexsort((document, hashes))
        hashes, document = hashes[order], document[order]
        starts = np.flatnonzero(run_starts(hashes))
        ends = np.append(starts[1:], len(hashes))[: len(starts)]
        return cls(hashes[starts], document[starts], document[ends - 1])

    def shared_by_others(self, hashes: Hashes, document: Ints) -> Ints:
        """Those of the documents of runs that another human document has."""
        if not len(self.hashes):
            return document[:0]
        at, is_there = find_sorted(self.hashes, hashes)
        by_other = (self.first[at] != document) | (self.last[at] != document)
        shared: Ints = document[is_there & by_other]
        return shared


def _fingerprints(documents: Hashes, stream: TokenStream) -> Hashes:
    """The fingerprints of documents of 50 tokens and more, 40 bits of hash and then the document; neighbours differ."""
    smallest = _window_minima(ngrams(stream, RUN_TOKENS).hashes, WINDOW_RUNS)
    count = stream.lengths() - (SPAN_TOKENS - 1)
    # Between the windows of two documents lie those that reach from one into the other.
    across = np.full(len(count), WINDOW_RUNS - 1)
    within = np.repeat(np.tile([True, False], len(count)), np.stack([count, across], axis=1).ravel())[: len(smallest)]
    prints = smallest[within] & ~_DOCUMENT
    prints |= np.repeat(documents, count)
    distinct: Hashes = prints[run_starts(prints)]
    return distinct


def _window_minima(values: Hashes, size: int) -> Hashes:
    """The smallest of every `size` neighbouring values, by doubling."""
    reach = 1
    while 2 * reach <= size:
        values = np.minimum(values[:-reach], values[reach:])
        reach *= 2
    rest = size - reach
    return np.minimum(values[:-rest], values[rest:]) if rest else values


def _runs(documents: Iterator[tuple[Ints, TokenStream]], part: int, part_count: int) -> Iterator[tuple[Hashes, Ints]]:
    """The runs of 50 tokens of documents that belong to a part of all hashes, and their documents."""
    for numbers, stream in documents:
        runs = ngrams(stream, SPAN_TOKENS)
        kept = _is_in(runs.hashes, part, part_count)
        yield runs.hashes[kept], np.repeat(numbers, runs.lengths())[kept]


def _is_in(hashes: Hashes, part: int, count: int) -> Mask:
    own: Mask = hashes % np.uint64(count) == np.uint64(part)
    return own
