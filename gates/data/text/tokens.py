"""One stream of token hashes per batch of texts, vectorised over Arrow's string buffer.

What a token is:
- letters, digits and underscores, in any script, make words; everything else separates words;
- apostrophes, straight or curly, separate ("don't" is "don", "t"), so that quote style does not change the tokens;
- a character of a script written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) and an emoji is a token
  of its own;
- upper case is lowered for ASCII; texts with other characters are read in the form in which `comparable` has them, so
  that texts which read alike have the same tokens.

Equal tokens have equal hashes in every batch, process and version of Python or numpy. Texts must be valid UTF-8;
invalid bytes give some token rather than an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from gates.data.arrays import Bytes, Hashes, Ints, Mask
from gates.data.text.comparable import comparable
from gates.data.text.mix import mix

# Any odd base is invertible modulo 2^64; these are the multipliers of MMIX and of L'Ecuyer's tables.
TOKEN_BASE = 6364136223846793005
GRAM_BASE = 3935559000370003845
MODULUS = 1 << 64
# Documents are worked on in pieces whose arrays (20 bytes per byte of text, 40 per token) stay in the processor's cache.
PIECE_BYTES, PIECE_TOKENS = 1 << 18, 1 << 17
# Tokens of the documents that are read again and compared at once; with their sets they take 80 bytes each.
READ_TOKENS = 1 << 22

SEPARATOR, WORD, OWN = 0, 1, 2

# Unicode ranges (first, last, kind) beyond ASCII that are not plain letters.
RANGES: tuple[tuple[int, int, int], ...] = (
    (0x80, 0xA9, SEPARATOR),  # controls, no-break space, Latin-1 punctuation; ª follows
    (0xAB, 0xB4, SEPARATOR),  # µ follows
    (0xB6, 0xB9, SEPARATOR),  # º follows
    (0xBB, 0xBF, SEPARATOR),
    (0xD7, 0xD7, SEPARATOR),  # multiplication sign
    (0xF7, 0xF7, SEPARATOR),  # division sign
    (0xE00, 0xEFF, OWN),  # Thai, Lao
    (0x1000, 0x109F, OWN),  # Burmese
    (0x1780, 0x17FF, OWN),  # Khmer
    (0x2000, 0x206F, SEPARATOR),  # general punctuation: dashes, curly quotes, zero-width characters
    (0x20A0, 0x20CF, SEPARATOR),  # currency signs
    (0x2190, 0x25FF, SEPARATOR),  # arrows, mathematics, boxes
    (0x2600, 0x27BF, OWN),  # emoji of the older blocks
    (0x27C0, 0x2BFF, SEPARATOR),
    (0x3000, 0x3004, SEPARATOR),  # 々, a letter, follows
    (0x3008, 0x3020, SEPARATOR),
    (0x3021, 0x9FFF, OWN),  # kana, bopomofo, CJK ideographs
    (0xF900, 0xFAFF, OWN),  # compatibility ideographs
    (0xFE00, 0xFE0F, SEPARATOR),  # variation selectors
    (0xFE10, 0xFE6F, SEPARATOR),  # vertical and small forms of punctuation
    (0xFEFF, 0xFEFF, SEPARATOR),  # byte-order mark
    (0xFF00, 0xFF0F, SEPARATOR),  # full-width punctuation
    (0xFF1A, 0xFF20, SEPARATOR),
    (0xFF3B, 0xFF40, SEPARATOR),
    (0xFF5B, 0xFF65, SEPARATOR),
    (0xFFF0, 0xFFFF, SEPARATOR),
    (0x1F000, 0x1FAFF, OWN),  # emoji
    (0x20000, 0x3FFFF, OWN),  # CJK ideographs, supplementary planes
)


@dataclass(frozen=True)
class TokenStream:
    """Tokens of n documents: those of document i are `hashes[offsets[i]:offsets[i + 1]]`."""

    hashes: Hashes
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def lengths(self) -> Ints:
        """Number of tokens per document."""
        return np.diff(self.offsets)

    def documents(self) -> Ints:
        """The document of each token."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths())

    def take(self, rows: Ints) -> TokenStream:
        """The documents at these positions, in that order."""
        lengths = self.lengths()[rows]
        offsets = _offsets(lengths)
        within = np.arange(offsets[-1], dtype=np.int64) - np.repeat(offsets[:-1], lengths)
        return TokenStream(self.hashes[np.repeat(self.offsets[:-1][rows], lengths) + within], offsets)

    def between(self, first: int, last: int) -> TokenStream:
        """The documents from `first` up to before `last`; their tokens are not copied."""
        offsets = self.offsets[first : last + 1]
        return TokenStream(self.hashes[offsets[0] : offsets[-1]], offsets - offsets[0])

    def where(self, mask: Mask) -> TokenStream:
        """The documents under the mask, in their order; quicker than `take`."""
        if mask.all():
            return self
        lengths = self.lengths()
        return TokenStream(self.hashes[np.repeat(mask, lengths)], _offsets(lengths[mask]))


# Reads documents by number in the order given; and those under a mask in any order, by number, a part at a time.
Take = Callable[[Ints], TokenStream]
Read = Callable[[Mask], Iterator[tuple[Ints, TokenStream]]]


def tokenise(texts: pa.Array | pa.ChunkedArray) -> TokenStream:
    """The token stream of an Arrow string array; nulls and texts without a word have no tokens."""
    data, bounds = _utf8(texts)
    if len(data) and data.max() >= 0x80:  # noqa: PLR2004 - first byte beyond ASCII
        data, bounds = _utf8(_folded(texts))
    # No token of valid UTF-8 takes less than two bytes with what parts it from the next one. Memory that is not written
    # to costs nothing, and to collect the pieces and join them takes as long as half of the hashing.
    hashes = np.empty((len(data) + len(bounds)) // 2, np.uint64)
    offsets = np.zeros(len(bounds), np.int64)
    for first, last in pieces(bounds, PIECE_BYTES):
        tokens, before = _tokenise_piece(data[bounds[first] : bounds[last]], bounds[first : last + 1] - bounds[first])
        begin = int(offsets[first])
        offsets[first + 1 : last + 1] = begin + before[1:]
        if begin + len(tokens) > len(hashes):
            hashes.resize(len(data), refcheck=False)
        hashes[begin : begin + len(tokens)] = tokens
    hashes.resize(offsets[-1], refcheck=False)
    return TokenStream(hashes, offsets)


def joined(streams: Sequence[TokenStream]) -> TokenStream:
    """The documents of the first stream, then those of the next."""
    lengths = np.concatenate([stream.lengths() for stream in streams])
    return TokenStream(np.concatenate([stream.hashes for stream in streams]), _offsets(lengths))


def ngrams(stream: TokenStream, n: int) -> TokenStream:
    """Hashes of every run of n tokens in order, never across documents; a document of m tokens has max(0, m-n+1).

    Hashes of different n are unrelated. Karp & Rabin, IBM Journal of Research and Development 31 (1987) 249-260.
    """
    if n < 1:
        raise ValueError(f"n-grams need n >= 1, not {n}")
    offsets = _offsets(np.maximum(stream.lengths() - (n - 1), 0))
    hashes = np.empty(offsets[-1], np.uint64)
    for first, last in pieces(stream.offsets, PIECE_TOKENS):
        hashes[offsets[first] : offsets[last]] = mix(polynomials(stream.between(first, last), n).hashes + np.uint64(n))
    return TokenStream(hashes, offsets)


def polynomials(stream: TokenStream, n: int) -> TokenStream:
    """What `ngrams` mixes: only the leading bits of these and of their odd multiples distinguish runs. For a piece of a stream."""
    windows = _windows(stream.hashes, n)
    # The last n - 1 tokens of a document begin no run within it.
    within = np.ones(len(stream.hashes), bool)
    ends = stream.offsets[1:]
    for step in range(1, n):
        within[ends[ends >= step] - step] = False
    return TokenStream(windows[within[: len(windows)]], _offsets(np.maximum(stream.lengths() - (n - 1), 0)))


def document_hashes(stream: TokenStream) -> Hashes:
    """One hash per document over its tokens in order; documents without tokens share one value."""
    rolled = np.empty(len(stream), np.uint64)
    for first, last in pieces(stream.offsets, PIECE_TOKENS):
        begin = stream.offsets[first]
        tokens, bounds = stream.hashes[begin : stream.offsets[last]], stream.offsets[first : last + 1] - begin
        sums = np.zeros(len(tokens) + 1, np.uint64)
        np.cumsum(tokens * _cached_powers(GRAM_BASE, len(tokens)), out=sums[1:])
        rolled[first:last] = np.diff(sums[bounds]) * _cached_powers(_inverse(GRAM_BASE), len(sums))[bounds[:-1]]
    return mix(rolled + stream.lengths().astype(np.uint64))


def pieces(bounds: Ints, size: int) -> Iterator[tuple[int, int]]:
    """Runs of documents of at most this size together; a longer document is a piece of its own."""
    first, count = 0, len(bounds) - 1
    while first < count:
        last = int(np.searchsorted(bounds, bounds[first] + size, side="right")) - 1
        last = min(count, max(last, first + 1))
        yield first, last
        first = last


def _tokenise_piece(data: Bytes, bounds: Ints) -> tuple[Hashes, Ints]:
    """Hashes of the tokens, and how many come before each of the bounds.

    As separators count zero, a token's bytes are all that counts from where it begins to where the next one does.
    """
    letters, breaks = _letters(data)
    first, joined = _beginnings(_inside(letters[: len(data)]), np.concatenate([bounds, breaks]))
    values = PAIR_VALUE.take(letters.view(np.uint16), mode="clip")
    values *= _cached_powers(_square(TOKEN_BASE), len(values))
    sums = np.empty(len(values) + 1, np.uint64)
    sums[0] = 0
    np.cumsum(values, out=sums[1:])
    # What lies before an odd byte is what lies before its pair, as long as a separator precedes it.
    before = np.empty(len(first) + 1, np.uint64)
    np.take(sums, first >> 1, out=before[:-1], mode="clip")
    before[-1] = sums[-1]
    # Adding by a list of places does so once for a place that stands in it twice.
    odd = joined[(first[joined] & 1) == 1]
    apart = first[odd] - 1
    before[odd] += LETTER_VALUE[letters[apart]] * _cached_powers(TOKEN_BASE, len(data))[apart]
    hashes = np.diff(before)
    hashes *= _cached_powers(_inverse(TOKEN_BASE), len(data)).take(first, mode="clip")
    return mix(hashes), np.searchsorted(first, bounds).astype(np.int64)


def _inside(letters: Bytes) -> Mask:
    """Which bytes are part of a token: letters, digits, underscores, and all beyond ASCII.

    Comparisons of whole arrays of bytes take less time than to look each byte up in a table.
    """
    inside = letters >= 0x80  # noqa: PLR2004 - first byte beyond ASCII
    shifted, in_range = np.empty_like(letters), np.empty_like(inside)
    # Below the first of a range the difference wraps to a large number.
    np.subtract(letters, ord("0"), out=shifted)
    inside |= np.less(shifted, 10, out=in_range)
    np.bitwise_or(letters, 0x20, out=shifted)
    np.subtract(shifted, ord("a"), out=shifted)
    inside |= np.less(shifted, 26, out=in_range)
    inside |= np.equal(letters, ord("_"), out=in_range)
    return inside


def _beginnings(inside: Mask, breaks: Ints) -> tuple[Ints, Ints]:
    """The first byte of each token, and which of the tokens begin without a separator before them."""
    begins = inside.copy()
    np.greater(inside[1:], inside[:-1], out=begins[1:])
    breaks = breaks[(breaks > 0) & (breaks < len(inside))]
    joined = breaks[inside[breaks] & inside[breaks - 1]]
    begins[joined] = True
    first = np.flatnonzero(begins)
    return first, np.searchsorted(first, joined)


def _letters(data: Bytes) -> tuple[Bytes, Ints]:
    """The bytes filled up to an even number, with 0 for characters that separate; and which of the others stand apart."""
    letters = np.empty(len(data) + len(data) % 2, np.uint8)
    letters[: len(data)], letters[len(data) :] = data, 0
    if not len(data) or data.max() < 0xC0:  # noqa: PLR2004 - first byte of a character beyond ASCII
        return letters, np.zeros(0, np.int64)
    leads = np.flatnonzero(data >= 0xC0)  # noqa: PLR2004
    points, sizes = _code_points(data, leads)
    at = np.searchsorted(RANGE_FIRST, points, side="right") - 1
    kinds = np.where((at >= 0) & (points <= RANGE_LAST[at]), RANGE_KIND[at], WORD)
    for step in range(4):
        blank = leads[(sizes > step) & (kinds == SEPARATOR)] + step
        letters[blank[blank < len(data)]] = 0
    own = kinds == OWN
    return letters, np.concatenate([leads[own], leads[own] + sizes[own]])


def _code_points(data: Bytes, leads: Ints) -> tuple[Ints, Ints]:
    """Code point and number of bytes of the characters that start at these bytes."""
    lead = data[leads].astype(np.int64)
    sizes = 2 + (lead >= 0xE0) + (lead >= 0xF0)  # noqa: PLR2004 - UTF-8's prefixes of three and four bytes
    points = lead & (0xFF >> (sizes + 1))
    padded = np.concatenate([data, np.zeros(3, np.uint8)]).astype(np.int64) & 0x3F
    for step in (1, 2, 3):
        points = np.where(sizes > step, (points << 6) | padded[leads + step], points)
    return points, sizes


def _folded(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        # polars trusts its input blindly.
        return texts
    return comparable(pl.Series("text", texts).cast(pl.String)).to_arrow()


def _utf8(texts: pa.Array | pa.ChunkedArray) -> tuple[Bytes, Ints]:
    """The bytes of all texts end to end, and the offsets of each text in them."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    if not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    bounds = np.frombuffer(offsets, width)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    raw = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return raw[bounds[0] : bounds[-1]], bounds - bounds[0]


def _offsets(lengths: Ints) -> Ints:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _windows(values: Hashes, n: int) -> Hashes:
    """Polynomial hash of every n neighbouring values, by doubling: log2(n) passes over memory instead of n."""
    if n == 1 or len(values) < n:
        return values if n == 1 else values[:0]
    half = _windows(values, n // 2)
    size = n // 2
    joined = half[:-size] * np.uint64(pow(GRAM_BASE, size, MODULUS)) + half[size:]
    if n % 2:
        joined = joined[:-1] * np.uint64(GRAM_BASE) + values[n - 1 :]
    return joined


def _powers(base: int, count: int) -> Hashes:
    powers = np.full(count, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _cached_powers(base: int, count: int) -> Hashes:
    return _piece_powers(base)[:count] if count <= PIECE_BYTES else _powers(base, count)


@cache
def _piece_powers(base: int) -> Hashes:
    return _powers(base, PIECE_BYTES)


@cache
def _square(base: int) -> int:
    return base * base % MODULUS


@cache
def _inverse(base: int) -> int:
    return pow(base, -1, MODULUS)


def _letter_values() -> Hashes:
    """A random-looking number per byte: capitals have that of the small letter, and separators 0."""
    values = mix(np.arange(1, 257, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    capitals = np.arange(ord("A"), ord("Z") + 1)
    values[capitals] = values[capitals + 0x20]
    values[~_inside(np.arange(256, dtype=np.uint8))] = 0
    return values


def _pair_values() -> Hashes:
    """What two neighbouring bytes count together, by their two bytes in memory as one number."""
    pairs = np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    values: Hashes = LETTER_VALUE[pairs[:, 0]] + LETTER_VALUE[pairs[:, 1]] * np.uint64(TOKEN_BASE)
    return values


LETTER_VALUE = _letter_values()
PAIR_VALUE = _pair_values()
RANGE_FIRST = np.array([first for first, _, _ in RANGES], np.int64)
RANGE_LAST = np.array([last for _, last, _ in RANGES], np.int64)
RANGE_KIND = np.array([kind for _, _, kind in RANGES], np.int64)
