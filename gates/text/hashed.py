"""Texts as rows of a sparse matrix: words and word pairs, hashed into a fixed number of columns.

The columns come from the token stream, so that no text is turned into Python strings word by word.
Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from gates.text.tokens import ngrams

if TYPE_CHECKING:
    from gates.text.tokens import TokenStream


def hashed_counts(stream: TokenStream, bits: int, lengths: tuple[int, ...] = (1,)) -> sp.csr_matrix:
    """How often each run of tokens of these lengths occurs, by hash: shape (documents, 2^bits), columns ordered."""
    return reduce(add, (_counts(ngrams(stream, length), bits) for length in lengths))


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """The matrix with rows of length 1; rows without entries stay empty."""
    sizes = np.diff(matrix.indptr)
    squares = np.bincount(np.repeat(np.arange(len(sizes)), sizes), matrix.data**2, len(sizes))
    scaled = matrix.data / np.sqrt(np.repeat(squares, sizes))
    return sp.csr_matrix((scaled, matrix.indices, matrix.indptr), shape=matrix.shape)


def _counts(runs: TokenStream, bits: int) -> sp.csr_matrix:
    columns = (runs.hashes & np.uint64((1 << bits) - 1)).astype(np.int32)
    # scikit-learn takes no indices of 64 bits.
    counts = sp.csr_matrix(
        (np.ones(len(columns)), columns, runs.offsets.astype(np.int32)), shape=(len(runs), 1 << bits)
    )
    # Twice by columns and back orders the columns in linear time; sorting row by row takes several times as long.
    counts = counts.tocsc().tocsr()
    counts.has_sorted_indices = True
    counts.sum_duplicates()
    return counts
