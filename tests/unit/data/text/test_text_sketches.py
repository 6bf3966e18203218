from __future__ import annotations

import numpy as np
import pytest

from gates.data.text.mix import mix
from gates.data.text.near import lsh, minhash
from gates.data.text.near.lsh import bucket_pairs, crowded, pairs_across
from gates.data.text.near.minhash import BAND_COUNT, BAND_ROWS, sketch
from gates.data.text.tokens import TokenStream


def stream_of(tokens: np.ndarray) -> TokenStream:
    count, length = tokens.shape
    return TokenStream(mix(tokens.astype(np.uint64)).ravel(), np.arange(count + 1) * length)


def with_changed_tokens(length: int, changed: int, count: int = 2000) -> tuple[TokenStream, TokenStream]:
    """Documents, and each again with as many tokens changed, three apart at least, so that each breaks three runs."""
    one = np.arange(count * length).reshape(count, length)
    two = one.copy()
    at = np.linspace(3, length - 4, changed).astype(int)
    two[:, at] += 10**9
    return stream_of(one), stream_of(two)


# A changed token breaks 3 of the length - 2 runs of either document.
@pytest.mark.parametrize(("length", "changed"), [(35, 1), (60, 2), (200, 7), (1000, 36)])
def test_a_band_is_shared_with_the_probability_of_its_rows_and_a_near_pair_is_hardly_ever_missed(length, changed):
    runs, broken = length - 2, 3 * changed
    jaccard = (runs - broken) / (runs + broken)
    one, two = with_changed_tokens(length, changed)

    shared = sketch(one) == sketch(two)

    assert jaccard == pytest.approx(0.81, abs=0.03)
    assert shared.mean() == pytest.approx(jaccard**BAND_ROWS, abs=0.03)
    assert shared.any(axis=0).mean() > 0.995


def test_strangers_share_no_band():
    one, two = with_changed_tokens(60, 0)

    assert not (sketch(one) == np.roll(sketch(two), 1, axis=1)).any()


def test_a_sketch_does_not_depend_on_the_documents_beside_it(monkeypatch):
    rng = np.random.default_rng(1)
    lengths = np.array([0, 2, 3, 40, 1, 700, 25])
    stream = TokenStream(mix(rng.integers(0, 10**6, lengths.sum()).astype(np.uint64)), np.cumsum([0, *lengths]))
    whole = sketch(stream)
    monkeypatch.setattr(minhash, "PIECE_TOKENS", 10)

    assert sketch(stream).tolist() == whole.tolist()
    assert sketch(stream.take(np.array([5, 3]))).tolist() == whole[:, [5, 3]].tolist()
    assert whole.shape == (BAND_COUNT, 7)
    assert sketch(stream.take(np.zeros(0, np.int64))).shape == (BAND_COUNT, 0)


def test_runs_that_a_document_repeats_do_not_change_its_sketch():
    phrase = np.arange(30)
    twice, five_times = stream_of(np.tile(phrase, 2)[None]), stream_of(np.tile(phrase, 5)[None])

    assert sketch(twice).tolist() == sketch(five_times).tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 5000])
def test_no_bucket_that_another_equals_is_left_out_before_sorting(count):
    mixed = mix(np.random.default_rng(1).integers(0, 4000, count).astype(np.uint64))
    values = (mixed >> np.uint64(32)).astype(np.uint32)
    _, code, sizes = np.unique(values, return_inverse=True, return_counts=True)

    kept = crowded(values)

    assert set(np.flatnonzero(sizes[code] > 1)) <= set(kept.tolist())
    assert len(kept) < 0.2 * count + (sizes[code] > 1).sum() + 1


def test_members_of_a_bucket_meet_the_first_ones_and_those_just_before_and_in_a_crowd_one_of_each(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 20)

    one, two = bucket_pairs(np.repeat(np.array([3, 9], np.uint64), [2, 23]))

    met = {number: sorted(one[two == number].tolist()) for number in range(25)}
    assert [met[1], met[2], met[3], met[18]] == [[0], [], [2], list(range(2, 18))]
    assert [met[21], met[22], met[24]] == [[*range(2, 10), *range(13, 21)], [2, 21], [2, 23]]
    assert len(set(zip(one.tolist(), two.tolist(), strict=True))) == len(one)


def test_outer_members_of_a_bucket_meet_its_first_inner_ones(monkeypatch):
    monkeypatch.setattr(lsh, "CROWD", 12)
    is_inner = np.array([True] * 10 + [False] * 4 + [False] * 2 + [True, False])

    one, two = pairs_across(np.repeat(np.array([3, 7, 9], np.uint64), [14, 2, 2]), is_inner)

    met = {number: one[two == number].tolist() for number in set(two.tolist())}
    assert met == {10: list(range(8)), 11: list(range(8)), 12: [0], 13: [0], 17: [16]}
