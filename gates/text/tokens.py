"""One stream of token hashes per batch of texts, vectorised over Arrow's string buffer.

What a token is:
- letters, digits and underscores, in any script, make words; everything else separates words;
- apostrophes, straight or curly, separate ("don't" is "don", "t"), so that quote style does not change the tokens;
- a character of a script written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) and an emoji is a token
  of its own;
- upper case is lowered for ASCII and for the two-byte characters of UTF-8 (Latin, Greek, Cyrillic, Armenian) whose
  lower-case form has two bytes as well; anything else is taken as it stands, and so is the form of composed characters.

Equal tokens have equal hashes in every batch, process and version of Python or numpy. Texts must be valid UTF-8;
invalid bytes give some token rather than an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gates.keys import mix

if TYPE_CHECKING:
    from collections.abc import Iterator

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Any odd base is invertible modulo 2^64; these are the multipliers of MMIX and of L'Ecuyer's tables.
TOKEN_BASE = 6364136223846793005
GRAM_BASE = 3935559000370003845
MODULUS = 1 << 64
# Documents are hashed in pieces whose working arrays (30 bytes per byte of text) stay in the processor's cache.
PIECE_BYTES = 1 << 18

SEPARATOR, WORD, OWN, OWN_REST = 0, 1, 2, 3

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


def tokenise(texts: pa.Array | pa.ChunkedArray) -> TokenStream:
    """The token stream of an Arrow string array; nulls and texts without a word have no tokens."""
    data, bounds = _utf8(texts)
    hashes: list[Hashes] = []
    counts: list[Ints] = []
    for first, last in _pieces(bounds):
        found, offsets = _tokenise_piece(data[bounds[first] : bounds[last]], bounds[first : last + 1] - bounds[first])
        hashes.append(found)
        counts.append(np.diff(offsets))
    lengths = np.concatenate(counts) if counts else np.zeros(0, np.int64)
    return TokenStream(np.concatenate(hashes) if hashes else np.zeros(0, np.uint64), _offsets(lengths))


def ngrams(stream: TokenStream, n: int) -> TokenStream:
    """Hashes of every run of n tokens in order, never across documents; a document of m tokens has max(0, m-n+1).

    Hashes of different n are unrelated. Karp & Rabin, IBM Journal of Research and Development 31 (1987) 249-260.
    """
    if n < 1:
        raise ValueError(f"n-grams need n >= 1, not {n}")
    lengths = np.maximum(stream.lengths() - (n - 1), 0)
    offsets = _offsets(lengths)
    starts = np.arange(offsets[-1], dtype=np.int64) + np.repeat(stream.offsets[:-1] - offsets[:-1], lengths)
    return TokenStream(mix(_windows(stream.hashes, n)[starts] + np.uint64(n)), offsets)


def document_hashes(stream: TokenStream) -> Hashes:
    """One hash per document over its tokens in order; documents without tokens share one value."""
    base = pow(GRAM_BASE, -1, MODULUS)
    sums = np.zeros(len(stream.hashes) + 1, np.uint64)
    np.cumsum(stream.hashes * _powers(GRAM_BASE, len(stream.hashes)), out=sums[1:])
    start, end = stream.offsets[:-1], stream.offsets[1:]
    rolled = (sums[end] - sums[start]) * _powers(base, len(sums))[start]
    return mix(rolled + (end - start).astype(np.uint64))


def _tokenise_piece(data: Bytes, bounds: Ints) -> tuple[Hashes, Ints]:
    kind, lowered = _classify(data)
    first, last = _token_bounds(kind, bounds)
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum(BYTE_VALUE[lowered] * _cached_powers(TOKEN_BASE, len(data)), out=sums[1:])
    rolled = (sums[last + 1] - sums[first]) * _cached_powers(_inverse(TOKEN_BASE), len(data))[first]
    return mix(rolled), np.searchsorted(first, bounds).astype(np.int64)


def _token_bounds(kind: Bytes, bounds: Ints) -> tuple[Ints, Ints]:
    """First and last byte of each token; tokens end at the end of their document."""
    inside = kind != SEPARATOR
    joins = np.zeros(len(kind) + 1, bool)
    joins[1:-1] = ((kind[1:] == WORD) & (kind[:-1] == WORD)) | ((kind[1:] == OWN_REST) & (kind[:-1] >= OWN))
    joins[bounds] = False
    return np.flatnonzero(inside & ~joins[:-1]), np.flatnonzero(inside & ~joins[1:])


def _classify(data: Bytes) -> tuple[Bytes, Bytes]:
    """What each byte is (SEPARATOR, WORD, OWN, OWN_REST), and the bytes in lower case."""
    kind = BYTE_KIND[data]
    leads = np.flatnonzero(data >= 0xC0)  # noqa: PLR2004 - first byte of a character beyond ASCII
    if not len(leads):
        return kind, data
    points, sizes = _code_points(data, leads)
    at = np.searchsorted(RANGE_FIRST, points, side="right") - 1
    kinds = np.where((at >= 0) & (points <= RANGE_LAST[at]), RANGE_KIND[at], WORD).astype(np.uint8)
    for step in range(4):
        covered = leads[sizes > step] + step
        here = kinds[sizes > step]
        kept = covered < len(data)
        kind[covered[kept]] = np.where((here == OWN) & (step > 0), OWN_REST, here)[kept]
    return kind, _lowered(data, leads[sizes == 2], points[sizes == 2])  # noqa: PLR2004 - two-byte characters


def _code_points(data: Bytes, leads: Ints) -> tuple[Ints, Ints]:
    """Code point and number of bytes of the characters that start at these bytes."""
    lead = data[leads].astype(np.int64)
    sizes = 2 + (lead >= 0xE0) + (lead >= 0xF0)  # noqa: PLR2004 - UTF-8's prefixes of three and four bytes
    points = lead & (0xFF >> (sizes + 1))
    padded = np.concatenate([data, np.zeros(3, np.uint8)]).astype(np.int64) & 0x3F
    for step in (1, 2, 3):
        points = np.where(sizes > step, (points << 6) | padded[leads + step], points)
    return points, sizes


def _lowered(data: Bytes, leads: Ints, points: Ints) -> Bytes:
    lower = TWO_BYTE_LOWER[points]
    changed = np.flatnonzero((lower != points) & (leads + 1 < len(data)))
    if not len(changed):
        return data
    copy = data.copy()
    copy[leads[changed]] = 0xC0 | (lower[changed] >> 6)
    copy[leads[changed] + 1] = 0x80 | (lower[changed] & 0x3F)
    return copy


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


def _pieces(bounds: Ints) -> Iterator[tuple[int, int]]:
    """Runs of documents of about PIECE_BYTES; a longer document is a piece of its own."""
    first, count = 0, len(bounds) - 1
    while first < count:
        last = int(np.searchsorted(bounds, bounds[first] + PIECE_BYTES, side="right")) - 1
        last = min(count, max(last, first + 1))
        yield first, last
        first = last


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
def _inverse(base: int) -> int:
    return pow(base, -1, MODULUS)


def _byte_kinds() -> Bytes:
    """Letters, digits and underscore are words; bytes beyond ASCII until their character is known."""
    return np.array([byte >= 0x80 or byte == ord("_") or chr(byte).isalnum() for byte in range(256)], np.uint8)  # noqa: PLR2004


def _byte_values() -> Hashes:
    """A random-looking number per byte, the same for both cases of an ASCII letter."""
    values = mix(np.arange(1, 257, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    values[ord("A") : ord("Z") + 1] = values[ord("a") : ord("z") + 1]
    return values


def _two_byte_lower() -> Ints:
    lower = np.arange(0x800, dtype=np.int64)
    for point in range(0x80, 0x800):
        lowered = chr(point).lower()
        if len(lowered) == 1 and 0x80 <= ord(lowered) < 0x800:  # noqa: PLR2004 - two bytes again
            lower[point] = ord(lowered)
    return lower


BYTE_KIND = _byte_kinds()
BYTE_VALUE = _byte_values()
TWO_BYTE_LOWER = _two_byte_lower()
RANGE_FIRST = np.array([first for first, _, _ in RANGES], np.int64)
RANGE_LAST = np.array([last for _, last, _ in RANGES], np.int64)
RANGE_KIND = np.array([kind for _, _, kind in RANGES], np.int64)
