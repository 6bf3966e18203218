"""MinHash sketches of documents in a fixed number of bytes each, in which similar documents share a bucket.

Dahlgaard, Knudsen & Thorup, Fast Similarity Sketching, FOCS 2017: a round throws every run of tokens into one of the
places of the sketch, where the smallest stays, and further rounds fill the places that are left. Each place has the same
in two documents with a probability of their Jaccard similarity, for a few hundred steps a document and not for 80 a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gates.data.text.mix import mix
from gates.data.text.tokens import PIECE_TOKENS, TokenStream, pieces, polynomials

if TYPE_CHECKING:
    from gates.data.arrays import Hashes

Buckets = npt.NDArray[np.uint32]

# Single words make all texts of one topic alike, and longer runs let one changed word break too many of them.
SHINGLE_TOKENS = 3
# 16 bands of 5: a pair of Jaccard .8 shares a band with probability .998, of .85 with .9999, of .4 with .15. By 1 - (1 -
# J^rows)^bands (Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, 3.4.2) 20 bands of 6 find no more at .8 and take
# half as many numbers again; 12 of 4 find as many by fewer, but propose one pair of .4 in four.
BAND_COUNT, BAND_ROWS = 16, 5
PLACES = BAND_COUNT * BAND_ROWS
# No band is empty then. What one document leaves empty its near duplicates mostly leave empty too.
MOST_EMPTY = BAND_ROWS - 1
# A text of 20 tokens takes about 13 rounds, one of 200 two. One that repeats itself may have too few runs for any number.
MOST_ROUNDS = 32
_EMPTY = np.uint64(2**64 - 1)
_LOW = np.uint64(2**32 - 1)
_HALF = np.uint64(32)


def _odd(count: int, begin: int) -> Hashes:
    return mix(np.arange(begin, begin + count, dtype=np.uint64)) | np.uint64(1)


_ROUND_FACTORS = _odd(MOST_ROUNDS, 1)
_ROW_FACTORS = _odd(BAND_ROWS, MOST_ROUNDS + 1)


def sketch(stream: TokenStream) -> Buckets:
    """The bucket of each document in each band, shape (bands, documents); documents too short for a run share theirs.

    A bucket is 32 bits long: of a million documents 116 pairs share one in a band by chance.
    """
    buckets = np.empty((BAND_COUNT, len(stream)), np.uint32)
    # Runs are made piece by piece as well: they take as much memory as the tokens.
    for first, last in pieces(stream.offsets, PIECE_TOKENS):
        places = _places(polynomials(stream.between(first, last), SHINGLE_TOKENS))
        buckets[:, first:last] = _folded(places.reshape(-1, BAND_COUNT, BAND_ROWS)).T
    return buckets


def _places(runs: TokenStream) -> Hashes:
    """What stays in each place, (documents, places): the number of the round, then 32 bits of the run."""
    lengths, hashes = runs.lengths(), runs.hashes
    places = np.full(len(runs) * PLACES, _EMPTY)
    begin = np.repeat(np.arange(0, len(places), PLACES, dtype=np.uint64), lengths)
    for number, factor in enumerate(_ROUND_FACTORS):
        # A multiple of the leading bits: the place stands above its bits 32, and below them what is compared.
        thrown = hashes * factor
        thrown >>= _HALF
        thrown *= np.uint64(PLACES)
        at = thrown >> _HALF
        at += begin
        thrown &= _LOW
        thrown |= np.uint64(number << 32)
        np.minimum.at(places, at.view(np.int64), thrown)
        empty = np.count_nonzero((places == _EMPTY).reshape(-1, PLACES), axis=1)
        waits = (empty > MOST_EMPTY) & (lengths > 0)
        if not waits.any():
            break
        if not waits.all():
            kept = np.repeat(waits, lengths)
            hashes, begin, lengths = hashes[kept], begin[kept], np.where(waits, lengths, 0)
    return places.reshape(-1, PLACES)


def _folded(places: Hashes) -> Buckets:
    """The leading half of a hash over the rows of each band and the band's number: no two bands share a bucket."""
    folded = np.broadcast_to(np.arange(BAND_COUNT, dtype=np.uint64), places.shape[:2]).copy()
    for row, factor in enumerate(_ROW_FACTORS):
        folded += places[:, :, row] * factor
    return (mix(folded) >> _HALF).astype(np.uint32)
