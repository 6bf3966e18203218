"""The tokens of the texts that are compared with each other, taken in the one pass; in memory where they fit, else on disk."""

from __future__ import annotations

import tempfile
import weakref
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from gates.config.memory import tokens_in_memory
from gates.data.arrays import Hashes, Ints, Mask, find_sorted, first_of_each
from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.text.mix import mix
from gates.data.text.tokens import READ_TOKENS, TokenStream, joined, pieces, tokenise
from gates.metrics.base.text_samples import main_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.batch import Batch
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Params

# Of each origin. A text of 100 tokens takes 230 bytes at the peak, 73 for its sketch and 40 for its fingerprints throughout:
# a million take 22 s and 380 MB, as many of both origins as are compared 1.8 GB. What is beyond is not compared, and is reported.
TEXTS_AT_MOST, TOKENS_AT_MOST = 4_000_000, 400_000_000
# Shorter texts coincide by chance ("Yes.", "True"): they are reported and not counted.
TOKENS_AT_LEAST = 20


@dataclass(frozen=True)
class StoredTexts:
    """Texts by content. digest: ascending; place: of each in `stream`."""

    digest: Hashes
    place: Ints
    stream: TokenStream

    def places(self, digest: Hashes) -> Ints:
        """Where the texts with these contents stand, all of which are stored."""
        return self.place[np.searchsorted(self.digest, digest)]

    def take(self, places: Ints) -> TokenStream:
        """The tokens of texts in the order of `places`, read in the order in which they lie."""
        order = np.argsort(places, kind="stable")
        return self.stream.take(places[order]).take(np.argsort(order, kind="stable"))


class TextTokens:
    """An accumulator of the tokens of every distinct text that is long enough to be compared; its value is `StoredTexts`.

    Of more texts than are compared the ones with the smallest hashes are kept of each origin, and some beside. What does not
    fit into memory is written to a file without a name, which goes with the process.
    """

    def __init__(self, inputs: PassInputs) -> None:
        self._roles = inputs.roles
        self.needs_rows = bool(inputs.roles.texts)
        self._seen = _DigestSet()
        self._smallest = {code: _Smallest() for code in (HUMAN_CODE, SYNTHETIC_CODE)}
        self._digest: list[Hashes] = []
        self._lengths: list[Ints] = []
        self._hashes: list[Hashes] = []
        self._tokens = 0
        self._file: IO[bytes] | None = None

    def update(self, batch: Batch) -> None:
        stream, digest = batch.tokens(self._roles.texts[0]), batch.digest(self._roles)
        lengths = stream.lengths()
        kept = np.zeros(len(digest), dtype=bool)
        for code, smallest in self._smallest.items():
            own = np.flatnonzero((batch.origin == code) & (lengths >= TOKENS_AT_LEAST))
            kept[own[smallest.takes(digest[own])]] = True
        rows = np.flatnonzero(kept)
        rows = rows[first_of_each(digest[rows])]
        rows = rows[self._seen.add(digest[rows])]
        for code, smallest in self._smallest.items():
            own = rows[batch.origin[rows] == code]
            smallest.add(digest[own], lengths[own])
        self._append(digest[rows], stream.take(rows))

    def merge(self, other: TextTokens) -> None:
        texts = other.value()
        order = np.argsort(texts.place)
        digest = texts.digest[order]
        for first, last in pieces(texts.stream.offsets, READ_TOKENS):
            is_new = self._seen.add(digest[first:last])
            self._append(digest[first:last][is_new], texts.stream.between(first, last).where(is_new))

    def value(self) -> StoredTexts:
        nothing = np.zeros(0, np.uint64)
        digest = np.concatenate([nothing, *self._digest])
        offsets = np.cumsum(np.concatenate([[0], *self._lengths]), dtype=np.int64)
        place = np.argsort(digest)
        return StoredTexts(digest[place], place, TokenStream(self._all_hashes(), offsets))

    def __getstate__(self) -> dict[str, object]:
        """In another process the tokens are in memory, wherever they are here."""
        return {**vars(self), "_hashes": [np.asarray(self._all_hashes())], "_file": None}

    def _append(self, digest: Hashes, stream: TokenStream) -> None:
        self._digest.append(digest)
        self._lengths.append(stream.lengths())
        self._tokens += len(stream.hashes)
        self._hashes.append(stream.hashes)
        if self._tokens > tokens_in_memory():
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="gates-")  # noqa: SIM115  # as long as the accumulator
            weakref.finalize(self, self._file.close)
        for hashes in self._hashes:
            self._file.write(np.ascontiguousarray(hashes).data)
        self._hashes.clear()

    def _all_hashes(self) -> Hashes:
        if self._file is None:
            return np.concatenate([np.zeros(0, np.uint64), *self._hashes])
        self._spill()
        self._file.flush()
        return np.memmap(self._file, dtype=np.uint64, mode="r", shape=(self._tokens,))


class _DigestSet:
    """Digests that were seen, in sorted parts each of which is more than twice as long as the next."""

    def __init__(self) -> None:
        self._parts: list[Hashes] = []

    def add(self, digest: Hashes) -> Mask:
        """Add distinct digests; mask of the new ones."""
        is_new = np.ones(len(digest), dtype=bool)
        for part in self._parts:
            is_new &= ~find_sorted(part, digest)[1]
        if is_new.any():
            self._parts.append(np.sort(digest[is_new]))
        while len(self._parts) > 1 and len(self._parts[-2]) <= 2 * len(self._parts[-1]):
            last = self._parts.pop()
            self._parts[-1] = np.sort(np.concatenate([self._parts[-1], last]))
        return is_new


class _Smallest:
    """Which texts of an origin may be among those with the smallest hashes that are compared."""

    def __init__(self) -> None:
        self._bound = np.uint64(2**64 - 1)
        self._keys = np.zeros(0, np.uint64)
        self._lengths = np.zeros(0, np.int64)

    def takes(self, digest: Hashes) -> Mask:
        """Mask of the texts that may be."""
        taken: Mask = mix(digest) <= self._bound
        return taken

    def add(self, digest: Hashes, lengths: Ints) -> None:
        """Count texts; where they are twice as many as are compared, the bound goes down."""
        self._keys, self._lengths = np.append(self._keys, mix(digest)), np.append(self._lengths, lengths)
        if len(self._keys) > 2 * TEXTS_AT_MOST or self._lengths.sum() > 2 * TOKENS_AT_MOST:
            order = np.argsort(self._keys)
            tokens = np.cumsum(self._lengths[order])
            fitting = order[: min(TEXTS_AT_MOST, int(np.searchsorted(tokens, TOKENS_AT_MOST, side="right"))) + 1]
            self._keys, self._lengths = self._keys[fitting], self._lengths[fitting]
            self._bound = self._keys[-1]


def accumulate_texts(inputs: PassInputs, params: Params) -> tuple[type[TextTokens], ...]:
    """What a check of copies or repeats reads of every row: texts, unless it compares whole rows only."""
    return (TextTokens,) if inputs.roles.texts and params.get("kind") != "exact" else ()


@dataclass(frozen=True)
class ComparedTexts:
    """Texts by number: first those of the dataset, then those of the holdout. row_id: of each text; lengths: tokens of each.

    places: where the dataset's lie among the stored ones.
    """

    row_id: Ints
    lengths: Ints
    stored: StoredTexts
    places: Ints
    held_out: TokenStream

    def read(self, wanted: Mask) -> Iterator[tuple[Ints, TokenStream]]:
        """The texts under the mask, by number and tokens, as many at a time as fit into memory."""
        numbers = np.argsort(self.places, kind="stable")
        numbers = numbers[wanted[numbers]]
        offsets = np.append(0, np.cumsum(self.lengths[numbers]))
        for first, last in pieces(offsets, READ_TOKENS):
            some = numbers[first:last]
            yield some, self.stored.stream.take(self.places[some])
        kept = wanted[len(self.places) :]
        yield len(self.places) + np.flatnonzero(kept), self.held_out.where(kept)

    def take(self, numbers: Ints) -> TokenStream:
        """The tokens of these texts, in the order of `numbers`."""
        is_held_out = numbers >= len(self.places)
        streams = [
            self.stored.take(self.places[numbers[~is_held_out]]),
            self.held_out.take(numbers[is_held_out] - len(self.places)),
        ]
        return joined(streams).take(np.argsort(np.argsort(is_held_out, kind="stable")))


def compared_texts(scan: Scan, rows: Ints) -> ComparedTexts:
    """The main texts of rows, given by their positions in the index, then those of the holdout that are long enough."""
    index, stored = scan.index, scan.collected(TextTokens)
    held_out, held_out_id = _holdout(scan)
    row_id = np.append(index.ids(rows), held_out_id)
    lengths = np.append(index.tokens[rows].astype(np.int64), held_out.lengths())
    return ComparedTexts(row_id, lengths, stored, stored.places(index.at("digest", rows)), held_out)


def _holdout(scan: Scan) -> tuple[TokenStream, Ints]:
    if scan.holdout is None:
        return TokenStream(np.zeros(0, np.uint64), np.zeros(1, np.int64)), np.zeros(0, np.int64)
    rows = scan.holdout.rows
    stream = tokenise(main_text(scan.roles, rows.frame).to_arrow())
    kept = stream.lengths() >= TOKENS_AT_LEAST
    return stream.where(kept), rows.row_id[kept]
