"""Texts as rows of a sparse matrix: words and word pairs, hashed into a fixed number of columns.

The columns come from the token stream, so that no text is turned into Python strings word by word.
Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from gates.data.text.tokens import PIECE_TOKENS, TokenStream, ngrams, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence


def hashed_counts(stream: TokenStream, bits: int, lengths: tuple[int, ...] = (1,)) -> sp.csr_matrix:
    """How often each run of tokens of these lengths occurs, by hash: shape (documents, 2^bits), columns ordered."""
    runs = [ngrams(stream, length) for length in lengths]
    bounds = np.sum([one.offsets for one in runs], axis=0)
    counted = [_counts(runs, first, last, bits) for first, last in pieces(bounds, PIECE_TOKENS)]
    nothing = sp.csr_matrix((0, 1 << bits), dtype=np.float64)
    return sp.vstack([nothing, *counted], format="csr", dtype=np.float64)


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """The matrix with rows of length 1; rows without entries, or with zeros only, stay as they are."""
    sizes = np.diff(matrix.indptr)
    squares = np.bincount(np.repeat(np.arange(len(sizes)), sizes), matrix.data**2, len(sizes))
    lengths = np.sqrt(np.where(squares > 0, squares, 1))
    scaled = matrix.data / np.repeat(lengths, sizes)
    return sp.csr_matrix((scaled, matrix.indices, matrix.indptr), shape=matrix.shape)


def _counts(runs: Sequence[TokenStream], first: int, last: int, bits: int) -> sp.csr_matrix:
    """The counts of some of the documents."""
    hashes = np.concatenate([one.hashes[one.offsets[first] : one.offsets[last]] for one in runs])
    columns = (hashes & np.uint64((1 << bits) - 1)).astype(np.int32)
    numbers = np.arange(last - first, dtype=np.int32)
    rows = np.concatenate([np.repeat(numbers, np.diff(one.offsets[first : last + 1])) for one in runs])
    cells = sp.coo_matrix((np.ones(len(columns), np.int32), (rows, columns)), shape=(len(numbers), 1 << bits))
    # Nothing is summed yet: by columns and then by rows the cells come into order in linear time, which sorting is not.
    cells.has_canonical_format = True
    counts = cells.tocsc().tocsr()
    counts.has_sorted_indices = True
    counts.has_canonical_format = False
    counts.sum_duplicates()
    return counts
