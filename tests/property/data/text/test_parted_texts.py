"""Near duplicates and shared spans are the same however documents are parted, and shared spans are those of Python's sets."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.text import spans
from gates.data.text.mix import mix
from gates.data.text.near import near_duplicates
from gates.data.text.near.near_duplicates import NearPairs, NearSearch, near_pairs
from gates.data.text.spans import SPAN_TOKENS, SpanSearch
from gates.data.text.tokens import TokenStream

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = st.integers(0, 2**32)
PARTS = st.integers(1, 9)


@pytest.fixture(params=["bounds as they are", "bounds of a few tokens"])
def bounds(request, monkeypatch):
    if request.param == "bounds of a few tokens":
        monkeypatch.setattr(near_duplicates, "READ_TOKENS", 300)
        monkeypatch.setattr(near_duplicates, "BUCKETS_AT_ONCE", 7)
        monkeypatch.setattr(spans, "RUNS_AT_ONCE", 500)
        monkeypatch.setattr(spans, "PRINTS_AT_ONCE", 20)


def stream_of(documents: list[np.ndarray]) -> TokenStream:
    offsets = np.cumsum([0, *map(len, documents)])
    return TokenStream(mix(np.concatenate(documents).astype(np.uint64)), offsets)


def documents_of(rng: np.random.Generator) -> list[np.ndarray]:
    """Up to 63 documents: fresh ones, ones of one token said again and again, and from these equal ones, ones with changed
    tokens, and ones with a span of another.
    """
    documents = [rng.integers(0, 10**6, rng.integers(1, 130)) for _ in range(rng.integers(2, 20))]
    documents += [np.full(rng.integers(1, 900), token) for token in range(rng.integers(4))]
    for _ in range(rng.integers(0, 40)):
        one = documents[rng.integers(len(documents))].copy()
        kind = rng.integers(3)
        if kind == 1:
            one[rng.integers(len(one))] = rng.integers(10**6)
        if kind == 2:
            begin, length = rng.integers(len(one)), rng.integers(SPAN_TOKENS - 3, SPAN_TOKENS + 4)
            fresh = [rng.integers(0, 10**6, rng.integers(0, 20)) for _ in range(2)]
            one = np.concatenate([fresh[0], one[begin : begin + length], fresh[1]])
        documents.append(one)
    return documents


def parts_of(rng: np.random.Generator, stream: TokenStream, count: int) -> list[np.ndarray]:
    """The documents' numbers in any order and parts, some of which may be empty."""
    return np.array_split(rng.permutation(len(stream)), count)


def shared_by_sets(documents: list[np.ndarray], is_human: np.ndarray) -> list[bool]:
    runs = [{tuple(one[at : at + SPAN_TOKENS]) for at in range(len(one) - SPAN_TOKENS + 1)} for one in documents]
    is_shared = [False] * len(documents)
    for one, two in combinations(range(len(documents)), 2):
        if runs[one] & runs[two]:
            is_shared[one] |= bool(is_human[two])
            is_shared[two] |= bool(is_human[one])
    return is_shared


def as_lists(pairs: NearPairs) -> tuple[list[float], ...]:
    return pairs.left.tolist(), pairs.right.tolist(), pairs.jaccard.tolist()


@pytest.mark.usefixtures("bounds")
@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, count=PARTS)
def test_near_duplicates_do_not_depend_on_the_parts_that_documents_come_in(seed, count):
    rng = np.random.default_rng(seed)
    stream = stream_of(documents_of(rng))
    search = NearSearch(stream.lengths())
    for numbers in parts_of(rng, stream, count):
        long = numbers[stream.lengths()[numbers] >= 20]
        search.add(long, stream.take(long))

    assert as_lists(search.pairs(stream.take, threshold=0.8)) == as_lists(near_pairs(stream))


@pytest.mark.usefixtures("bounds")
@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, count=PARTS)
def test_shared_spans_are_those_of_pythons_sets_whatever_the_parts(seed, count):
    rng = np.random.default_rng(seed)
    documents = documents_of(rng)
    stream, is_human = stream_of(documents), rng.random(len(documents)) < 0.5
    search = SpanSearch(stream.lengths(), is_human)
    for numbers in parts_of(rng, stream, count):
        search.add(numbers, stream.take(numbers))

    def read(wanted: np.ndarray) -> Iterator[tuple[np.ndarray, TokenStream]]:
        for numbers in parts_of(rng, stream, count):
            kept = numbers[wanted[numbers]]
            yield kept, stream.take(kept)

    assert search.shared(read).tolist() == shared_by_sets(documents, is_human)
