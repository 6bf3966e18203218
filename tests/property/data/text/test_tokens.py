"""The vectorised token stream against a slow reference that works on characters."""

# ruff: noqa: RUF001 - characters that look like ASCII ones are what is tested

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gates.data.text.comparable import comparable
from gates.data.text.tokens import RANGES, SEPARATOR, WORD, TokenStream, document_hashes, joined, ngrams, tokenise

LETTERS = "abzAZ09_ '’-.,\n\té ÉßЖжΣσİ中文かカ한ไทย😀☕—×ªﬁ，々\ufeff\u0301\ud7ff"
GOLDEN = [8506304162411519088, 18046578142583772995, 2631854188549163309, 16200287377983040218]
TEXTS = st.lists(
    st.one_of(st.none(), st.text(st.sampled_from(LETTERS), max_size=30), st.text(max_size=20)), max_size=12
)


def reference_tokens(text: str | None) -> list[str]:
    tokens, word = [], ""
    for character in reading(text or ""):
        kind = reference_kind(character)
        if kind == WORD:
            word += character
            continue
        if word:
            tokens.append(word)
        word = ""
        if kind != SEPARATOR:
            tokens.append(character)
    return [*tokens, word] if word else tokens


def reading(text: str) -> str:
    return comparable(pl.Series([text]))[0]


def reference_kind(character: str) -> int:
    if character.isascii():
        return WORD if character.isalnum() or character == "_" else SEPARATOR
    return next((kind for first, last, kind in RANGES if first <= ord(character) <= last), WORD)


def stream_of(texts: list[str | None]) -> TokenStream:
    return tokenise(pa.array(texts, pa.string()))


def assert_equal_streams(first: TokenStream, second: TokenStream) -> None:
    assert first.offsets.tolist() == second.offsets.tolist()
    assert first.hashes.tolist() == second.hashes.tolist()


# The first call loads Arrow's kernels, which takes longer than any example.
@settings(deadline=None)
@given(TEXTS)
@example(["don't", None, "", "DON’T", "中文 text中", "İstanbul", "Ünïcode"])
def test_tokens_are_those_of_the_reference_and_equal_where_their_hashes_are(texts):
    stream = stream_of(texts)
    expected = [reference_tokens(text) for text in texts]

    assert stream.lengths().tolist() == [len(tokens) for tokens in expected]
    flat = [token for tokens in expected for token in tokens]
    by_hash = dict(zip(stream.hashes.tolist(), flat, strict=True))
    assert [by_hash[value] for value in stream.hashes.tolist()] == flat
    assert len(by_hash) == len(set(flat))


@given(TEXTS, st.integers(0, 12), st.integers(0, 12))
def test_slices_and_batches_have_the_tokens_of_the_whole(texts, first, last):
    whole = pa.array(texts, pa.large_string())
    low, high = sorted((min(first, len(texts)), min(last, len(texts))))

    assert_equal_streams(tokenise(whole[low:high]), stream_of(texts[low:high]))
    chunks = pa.chunked_array([whole[:low], whole[low:high], whole[high:]])
    assert_equal_streams(tokenise(chunks), stream_of(texts))
    assert_equal_streams(stream_of(texts).take(np.arange(low, high)), stream_of(texts[low:high]))


@given(TEXTS, st.integers(1, 7))
def test_ngrams_stay_within_documents_and_are_equal_where_their_tokens_are(texts, n):
    grams = ngrams(stream_of(texts), n)
    tokens = [reference_tokens(text) for text in texts]
    expected = [[tuple(words[at : at + n]) for at in range(len(words) - n + 1)] for words in tokens]

    assert grams.lengths().tolist() == [len(runs) for runs in expected]
    flat = [run for runs in expected for run in runs]
    assert len(set(zip(grams.hashes.tolist(), flat, strict=True))) == len(set(flat)) == len(set(grams.hashes.tolist()))


@given(TEXTS)
def test_documents_hash_alike_exactly_when_their_tokens_are_equal(texts):
    hashes = document_hashes(stream_of(texts)).tolist()
    tokens = [tuple(reference_tokens(text)) for text in texts]

    assert len(set(zip(hashes, tokens, strict=True))) == len(set(tokens)) == len(set(hashes))


def test_kinds_of_characters_are_ordered_ranges_that_do_not_overlap():
    assert all(first <= last for first, last, _ in RANGES)
    assert all(before[1] < after[0] for before, after in pairwise(RANGES))


def test_hashes_are_the_same_in_every_version():
    stream = stream_of(["The cat", "Ärger 中"])

    assert stream.offsets.tolist() == [0, 2, 4]
    assert stream.hashes.tolist() == GOLDEN


def test_documents_longer_than_a_piece_and_many_pieces_have_the_tokens_of_single_documents():
    long = " ".join(f"word{number}" for number in range(60_000))
    texts = ["short one", long, "", "after it"] + ["some words here"] * 20_000

    stream = stream_of(texts)

    assert_equal_streams(stream.take(np.array([0])), stream_of(["short one"]))
    assert_equal_streams(stream.take(np.array([3])), stream_of(["after it"]))
    assert stream.lengths().tolist() == [2, 60_000, 0, 2] + [3] * 20_000
    assert len(np.unique(stream.hashes[2:60_002])) == 60_000


def test_dictionaries_and_views_are_read_as_strings():
    for kind in (pa.dictionary(pa.int32(), pa.string()), pa.string_view()):
        assert_equal_streams(tokenise(pa.array(["a b", None, "c"]).cast(kind)), stream_of(["a b", None, "c"]))


def test_ngrams_of_no_tokens_are_refused():
    with pytest.raises(ValueError, match="n-grams need n >= 1, not 0"):
        ngrams(stream_of(["a"]), 0)


def test_runs_and_hashes_of_documents_do_not_depend_on_empty_ones_before_them():
    texts = ["a b c d e", "", "a b", "f g h i"]
    alone, among = tokenise(pa.array(texts)), tokenise(pa.array(["", None, *texts]))

    for length in (1, 2, 3, 13):
        assert np.array_equal(ngrams(alone, length).hashes, ngrams(among, length).hashes)
        assert ngrams(among, length).lengths().tolist() == [0, 0, *ngrams(alone, length).lengths()]
    assert np.array_equal(document_hashes(alone), document_hashes(among)[2:])


def test_documents_under_a_mask_are_those_at_its_positions_and_joining_puts_them_back():
    stream = tokenise(pa.array(["a b", "", "c", "d e f", "g"]))
    mask = np.array([True, True, False, True, False])
    kept, rest = stream.where(mask), stream.where(~mask)

    assert kept.hashes.tolist() == stream.take(np.flatnonzero(mask)).hashes.tolist()
    assert kept.lengths().tolist() == [2, 0, 3]
    back = joined([kept, rest]).take(np.argsort(np.append(np.flatnonzero(mask), np.flatnonzero(~mask))))
    assert (back.hashes.tolist(), back.offsets.tolist()) == (stream.hashes.tolist(), stream.offsets.tolist())
