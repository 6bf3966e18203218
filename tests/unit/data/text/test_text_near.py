from __future__ import annotations

import numpy as np
import pyarrow as pa

from gates.data.text.near import lsh
from gates.data.text.near.near_duplicates import NearPairs, NearSearch, clusters, near_pairs
from gates.data.text.tokens import TokenStream, tokenise


def stream_of(texts: list[str]) -> TokenStream:
    return tokenise(pa.array(texts))


def words(rng: np.random.Generator, count: int) -> list[str]:
    return [f"w{number}" for number in rng.integers(0, 5000, count)]


def edited(rng: np.random.Generator, original: list[str], edits: int) -> str:
    copy = list(original)
    for at in rng.choice(len(copy), edits, replace=False):
        copy[at] = f"edit{rng.integers(0, 10**9)}"
    return " ".join(copy)


def pairs_of(texts: list[str]) -> set[tuple[int, int]]:
    pairs = near_pairs(stream_of(texts))
    return set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def test_planted_near_duplicates_are_found_and_nothing_else():
    rng = np.random.default_rng(7)
    originals = [words(rng, 200) for _ in range(200)]
    # Five changed words of 200 break 15 of 198 shingles: Jaccard 183 / 213 = .86.
    copies = [edited(rng, original, 5) for original in originals]
    texts = [" ".join(original) for original in originals] + copies + [" ".join(words(rng, 180)) for _ in range(1000)]

    pairs = pairs_of(texts)

    planted = {(number, number + 200) for number in range(200)}
    assert len(pairs & planted) >= 0.95 * len(planted)
    assert pairs <= planted


def test_jaccard_is_that_of_the_sets_of_word_trigrams():
    base = [f"t{number}" for number in range(40)]
    texts = [" ".join(base), " ".join([*base, "x"]), " ".join([*base[:20], "y", *base[21:]])]

    pairs = near_pairs(stream_of(texts), threshold=0.5)

    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert pairs.jaccard.tolist() == [38 / 39, 35 / 41, 35 / 42]


def test_order_of_documents_does_not_change_the_clusters():
    rng = np.random.default_rng(3)
    originals = [words(rng, 60) for _ in range(30)]
    texts = [edited(rng, original, edits) for original in originals for edits in (0, 0, 1, 1)]
    texts += [" ".join(words(rng, 50)) for _ in range(50)]
    order = rng.permutation(len(texts))

    def as_sets(positions: np.ndarray) -> set[frozenset[int]]:
        pairs = near_pairs(stream_of([texts[at] for at in positions]))
        label = clusters(len(texts), pairs.left, pairs.right)
        return {frozenset(positions[label == name].tolist()) for name in np.unique(label)}

    assert as_sets(order) == as_sets(np.arange(len(texts)))


def test_a_document_equal_to_many_does_not_pair_with_each_of_them():
    text = "the same text of well over twenty tokens again and again " * 3

    pairs = near_pairs(stream_of([text] * 5000))

    assert len(pairs) == 5000 - 1
    assert clusters(5000, pairs.left, pairs.right).tolist() == [0] * 5000
    assert set(pairs.jaccard.tolist()) == {1.0}


def test_many_texts_from_one_template_are_one_cluster_in_a_bounded_number_of_pairs():
    base = " ".join(words(np.random.default_rng(1), 100))

    pairs = near_pairs(stream_of([f"{base} ending{number}" for number in range(3000)]))

    assert len(np.unique(clusters(3000, pairs.left, pairs.right))) == 1
    assert len(pairs) < 40 * 3000


def variations(rng: np.random.Generator, original: list[str], count: int) -> list[str]:
    return [edited(rng, original, 1) for _ in range(count)]


def pairs_among(*sides: list[str]) -> NearPairs:
    """Near duplicates of texts of several sides."""
    stream = stream_of([text for side in sides for text in side])
    search = NearSearch(stream.lengths(), [len(side) for side in sides])
    search.add(np.arange(len(stream)), stream)
    return search.pairs(stream.take, threshold=0.8)


def within(pairs: NearPairs, begin: int, end: int) -> list[tuple[int, int]]:
    """Its pairs among the documents from `begin` up to before `end`."""
    kept = (pairs.left >= begin) & (pairs.right < end)
    return list(zip(pairs.left[kept].tolist(), pairs.right[kept].tolist(), strict=True))


def joined(pairs: list[tuple[int, int]], n: int) -> list[int]:
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    return clusters(n, left, right).tolist()


def test_variations_of_one_persons_text_are_all_found_however_many_there_are(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 50)
    rng = np.random.default_rng(1)
    human_rows = [words(rng, 90) for _ in range(100)]

    pairs = pairs_among([" ".join(text) for text in human_rows], variations(rng, human_rows[60], 2000))

    assert np.isin(np.arange(100, 2100), pairs.right[pairs.left == 60]).mean() >= 0.99


def test_variations_of_a_human_text_from_a_template_are_near_human_rows(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 50)
    rng = np.random.default_rng(1)
    template = words(rng, 90)
    human_rows = [edited(rng, template, 3) for _ in range(100)]

    pairs = pairs_among(human_rows, variations(rng, human_rows[60].split(), 2000))

    assert np.isin(np.arange(100, 2100), pairs.right[pairs.left < 100]).mean() >= 0.99


def test_pairs_of_a_side_stay_what_they_are_when_other_sides_have_any_texts(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 20)
    rng = np.random.default_rng(2)
    template = words(rng, 90)
    sides = [[*variations(rng, template, 60), " ".join(template)] for _ in range(3)]
    sides[1] += sides[0][:5]

    whole = pairs_among(*sides)

    assert within(whole, 0, 61) == within(pairs_among(sides[0]), 0, 61)
    assert [(one - 61, two - 61) for one, two in within(whole, 61, 127)] == within(pairs_among(sides[1]), 0, 66)


def test_texts_that_follow_do_not_change_which_of_a_side_are_joined(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 20)
    rng = np.random.default_rng(3)
    template = words(rng, 90)
    texts = [edited(rng, template, 3) for _ in range(200)]
    texts += [texts[number] for number in rng.integers(0, 200, 100)]
    texts = [texts[number] for number in rng.permutation(300)]
    whole = pairs_among(texts)

    for count in (1, 15, 60, 150, 300):
        assert joined(within(whole, 0, count), count) == joined(within(pairs_among(texts[:count]), 0, count), count)


def test_equal_texts_of_two_sides_pair_with_those_of_the_first():
    rng = np.random.default_rng(1)
    one, two = (" ".join(words(rng, 30)) for _ in range(2))

    near = pairs_among([one, one], [two, one, one], [one, two])

    pairs = list(zip(near.left.tolist(), near.right.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 3), (0, 4), (0, 5), (1, 3), (1, 5), (3, 4)]
    assert set(near.jaccard.tolist()) == {1.0}


def test_short_and_empty_documents_have_no_near_duplicates():
    assert pairs_of(["yes", "yes", "", "", "a b c d e f", "a b c d e f"]) == set()
    assert len(near_pairs(stream_of([]))) == 0


def test_a_cluster_bears_the_name_of_its_smallest_member():
    left, right = np.array([5, 1, 4]), np.array([6, 4, 2])

    assert clusters(7, left, right).tolist() == [0, 1, 1, 3, 1, 5, 5]
    assert clusters(2, left[:0], right[:0]).tolist() == [0, 1]


def test_equal_documents_of_different_parts_cost_two_pairs_each_and_their_sketches_alone():
    rng = np.random.default_rng(1)
    text = " ".join(words(rng, 40))
    copies = stream_of([text, text + " end", *[text] * 998])
    search = NearSearch(np.tile(copies.lengths(), 5))
    for part in range(5):
        search.add(np.arange(1000) + 1000 * part, copies)
    taken: list[int] = []

    def take(documents: np.ndarray) -> TokenStream:
        taken.extend(documents.tolist())
        return copies.take(documents % 1000)

    pairs = search.pairs(take, threshold=0.8)

    assert np.unique(clusters(5000, pairs.left, pairs.right)).tolist() == [0]
    assert len(pairs) < 2 * 5000
    assert sorted(taken) == [0, 1]
