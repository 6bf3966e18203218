"""Texts as sparse rows: counts of runs by hash, the same whatever stands beside a text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from gates.data.text.hashing import hashed_counts, unit_rows
from gates.data.text.tokens import tokenise


def counts(texts: list[str | None], bits: int = 18, lengths: tuple[int, ...] = (1,)):
    return hashed_counts(tokenise(pa.array(texts, pa.string())), bits, lengths)


def test_each_word_and_pair_has_a_column_and_repeats_add_up():
    rows = counts(["a b a", "b", "", None, "A  b"], lengths=(1, 2))

    assert rows.shape == (5, 2**18)
    assert sorted(rows[0].data.tolist()) == [1, 1, 1, 2]
    assert [rows[row].sum() for row in range(5)] == [5, 1, 0, 0, 3]
    assert (rows.has_sorted_indices, rows.indices.dtype) == (True, np.dtype(np.int32))
    assert (rows[0] - rows[4]).sum() == 2


def test_a_text_has_the_same_row_alone_and_among_others():
    texts = ["one two three", "three two", "four", "two one two"]
    together = counts(texts, lengths=(1, 2))

    assert all((together[row] != counts([text], lengths=(1, 2))).nnz == 0 for row, text in enumerate(texts))


def test_rows_of_length_one_give_cosines():
    rows = unit_rows(counts(["a b", "a a b b", "a c", ""]))

    assert np.allclose((rows @ rows.T).toarray()[0], [1, 1, 0.5, 0])


def test_rows_of_zeros_stay_zero():
    weightless = counts(["a b", "a"])
    weightless.data[:] = [0, 3, 0]

    assert sorted(unit_rows(weightless).data.tolist()) == [0, 0, 1]
