from __future__ import annotations

import numpy as np
import pyarrow as pa

from gates.data.text.mix import mix
from gates.data.text.near import minhash, near_duplicates
from gates.data.text.near.jaccard import incidence, names, similar
from gates.data.text.near.near_duplicates import near_pairs
from gates.data.text.tokens import TokenStream, tokenise


def stream_of(*documents: list[int]) -> TokenStream:
    lengths = [len(document) for document in documents]
    hashes = mix(np.array([number for document in documents for number in document], np.uint64))
    return TokenStream(hashes, np.cumsum([0, *lengths]))


def random_documents(seed: int, count: int) -> list[list[int]]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 40, rng.integers(1, 60)).tolist() for _ in range(count)]


def test_equal_hashes_and_only_they_have_one_name():
    rng = np.random.default_rng(1)
    hashes = mix(rng.integers(0, 3000, 5000).astype(np.uint64))

    named = names(hashes)

    assert np.array_equal(hashes[named], hashes)
    assert len(np.unique(named)) == len(np.unique(hashes))


def test_hashes_with_the_same_leading_bits_keep_names_of_their_own():
    hashes = np.array([0, 1, 2, 3, 1, 0, 2], np.uint64)

    named = names(hashes)

    assert hashes[named].tolist() == hashes.tolist()
    assert len(set(named.tolist())) == 4
    assert names(hashes[:0]).tolist() == []


def test_similarity_is_that_of_pythons_sets():
    documents = random_documents(2, 50)
    left, right = np.triu_indices(50, 1)
    expected = [
        (one, two, len(common) / len(either))
        for one, two in zip(left.tolist(), right.tolist(), strict=True)
        if len(common := {*documents[one]} & {*documents[two]})
        >= 0.5 * len(either := {*documents[one], *documents[two]})
    ]

    is_similar = similar(incidence(stream_of(*documents)), left, right, 0.5)

    assert list(zip(*(side.tolist() for side in is_similar), strict=True)) == expected
    assert len(expected) > 10


def test_runs_that_a_document_repeats_count_once_and_the_stream_stays_as_it_was():
    stream = stream_of([1, 1, 2, 1], [2, 1], [])
    hashes, offsets = stream.hashes.copy(), stream.offsets.copy()

    sets = incidence(stream)

    assert np.diff(sets.indptr).tolist() == [2, 2, 0]
    assert sets.data.tolist() == [1, 1, 1, 1]
    assert np.array_equal(stream.hashes, hashes)
    assert np.array_equal(stream.offsets, offsets)


def test_texts_that_repeat_their_shingles_are_compared_as_sets():
    # Shingles of a phrase said n times are those of it said twice.
    phrase = "one two three four five six seven eight nine ten "

    pairs = near_pairs(tokenise(pa.array([phrase * 3, phrase * 9, phrase * 4])))

    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert pairs.jaccard.tolist() == [1.0, 1.0, 1.0]


def test_bands_find_a_pair_at_the_threshold_in_998_of_1000_and_few_at_two_fifths():
    def recall_at(jaccard: float) -> float:
        return 1 - (1 - jaccard**minhash.BAND_ROWS) ** minhash.BAND_COUNT

    assert recall_at(0.8) > 0.998
    assert recall_at(0.85) > 0.9999
    assert recall_at(0.4) < 0.16


def test_pairs_do_not_depend_on_how_many_buckets_are_put_in_order_at_once(monkeypatch):
    rng = np.random.default_rng(4)
    texts = [[f"w{number}" for number in rng.integers(0, 5000, 100)] for _ in range(60)]
    copies = [[*text[:50], "changed", *text[51:]] for text in texts]
    stream = tokenise(pa.array([" ".join(text) for text in texts + copies]))
    whole = near_pairs(stream)

    # As many documents as are compared, and fewer than one band of them.
    for at_once in (120, 7):
        monkeypatch.setattr(near_duplicates, "BUCKETS_AT_ONCE", at_once)
        pieced = near_pairs(stream)
        assert pieced.left.tolist() == whole.left.tolist() == list(range(60))
        assert pieced.right.tolist() == whole.right.tolist() == list(range(60, 120))
