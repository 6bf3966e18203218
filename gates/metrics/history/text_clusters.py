"""Texts in clusters by the words they share, so that what some texts are about can be counted.

Spherical k-means on weighted words (Dhillon & Modha, Machine Learning 42, 2001). Sums run in one order on one thread, so
that the same texts fall into the same clusters everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.text.hashing import hashed_counts, unit_rows
from gates.data.text.tokens import tokenise

if TYPE_CHECKING:
    import polars as pl
    import scipy.sparse as sp

    from gates.data.arrays import Floats, Ints

# Two per cent of the texts each on average: a rare theme of a hundredth has a cluster of its own and is among the small.
CLUSTERS, TEXTS_PER_CLUSTER = 50, 20
_BITS, _ROUNDS = 13, 8


class TextClusters:
    """Clusters of some texts, frozen; any text belongs to that whose direction is nearest."""

    def __init__(self, texts: pl.Series) -> None:
        counts = hashed_counts(tokenise(texts.to_arrow()), _BITS)
        n = counts.shape[0]
        had = np.bincount(counts.indices, minlength=counts.shape[1])
        # Words of all texts say nothing, and words of one text join it to no other.
        self._weight = np.where(had > 1, np.log(max(n, 1) / np.maximum(had, 1)), 0.0)
        matrix = self._weighted(counts)
        self._centres = _centres(matrix, max(1, min(CLUSTERS, n // TEXTS_PER_CLUSTER)))
        self.code = _nearest(matrix, self._centres)[0]

    def __len__(self) -> int:
        return len(self._centres)

    def of(self, texts: pl.Series) -> Ints:
        """The cluster of each text."""
        return _nearest(self._weighted(hashed_counts(tokenise(texts.to_arrow()), _BITS)), self._centres)[0]

    def _weighted(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        counts = counts.copy()
        counts.data = np.log1p(counts.data) * self._weight[counts.indices]
        counts.eliminate_zeros()
        return unit_rows(counts)


def _nearest(matrix: sp.csr_matrix, centres: Floats) -> tuple[Ints, Floats]:
    """The most similar centre of each row, the first of equal ones, and how similar it is."""
    similar = np.asarray(matrix @ centres.T)
    code = similar.argmax(axis=1).astype(np.int64)
    return code, similar[np.arange(len(code)), code]


def _centres(matrix: sp.csr_matrix, count: int) -> Floats:
    centres = _first(matrix, count)
    for _ in range(_ROUNDS):
        code, _similar = _nearest(matrix, centres)
        sums = np.zeros_like(centres)
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        np.add.at(sums, (code[row], matrix.indices), matrix.data)
        norms = np.sqrt((sums**2).sum(axis=1, keepdims=True))
        # A cluster that lost all its texts stays where it was.
        centres = np.where(norms > 0, sums / np.where(norms > 0, norms, 1.0), centres)
    return centres


def _first(matrix: sp.csr_matrix, count: int) -> Floats:
    """k-means++: each further centre is a text, the likelier the less it is like the earlier ones."""
    # Rows come in the order of their content's keys: which texts are drawn depends on texts alone.
    drawn = np.random.default_rng(0)
    chosen = [0]
    nearest = np.full(matrix.shape[0], -np.inf)
    while len(chosen) < count:
        nearest = np.maximum(nearest, np.asarray((matrix @ matrix[[chosen[-1]]].T).todense()).ravel())
        far = np.cumsum(np.clip(1 - nearest, 0, None) ** 2)
        chosen.append(int(np.searchsorted(far, drawn.random() * far[-1], side="right").clip(max=len(far) - 1)))
    return np.asarray(matrix[chosen].todense())
