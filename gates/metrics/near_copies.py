"""Texts that nearly equal each other or share a long span, with the origin of both sides.

Works on all distinct texts up to 100,000 of an origin; what was not compared is counted, and nothing passes then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.keys import mix
from gates.metrics.text_samples import main_text, tokens_of
from gates.scan import HUMAN_CODE, SYNTHETIC_CODE
from gates.text.near import clusters, near_pairs
from gates.text.tokens import joined, ngrams, tokenise

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.scan import Hashes, Ints, RowIndex, Scan
    from gates.text.tokens import TokenStream

HOLDOUT_CODE = 3
# Token 3-gram Jaccard of .8: a text of 200 words with about ten changed (Lee et al., ACL 2022, verify at edit
# similarity .8 as well).
NEAR_JACCARD = 0.8
# Two people do not write the same 50 tokens by chance: Lee et al. (ACL 2022) cut repeated spans of this length.
SPAN_TOKENS = 50
# 100,000 texts of 1 KB of an origin and their hashes take about 1 GB; what is beyond is not compared, and is said.
TEXTS_AT_MOST = 100_000
# Shorter texts coincide by nature ("Yes.", "True"): they are reported and not counted.
TOKENS_AT_LEAST = 20


@dataclass(frozen=True)
class NearMatrix:
    """Texts of at least 20 tokens and which of them have twins.

    origin: code per text, HOLDOUT_CODE for the holdout.
    left, right: pairs of near duplicates; shares_span: texts sharing a span of 50 tokens with another human text.
    row_id: of the first row with the text. left_out: human texts beyond those that are compared.
    """

    origin: npt.NDArray[np.int8]
    left: Ints
    right: Ints
    shares_span: npt.NDArray[np.bool_]
    row_id: Ints
    left_out: int

    def count(self, code: int) -> int:
        """Number of texts of an origin."""
        return int((self.origin == code).sum())

    def of(self, code: int) -> Ints:
        """Positions of the texts of an origin."""
        return np.flatnonzero(self.origin == code)

    def contents(self, index: RowIndex, code: int) -> Hashes:
        """The digest of each text of an origin.

        A text is here once, by its first row; a generator or language has it wherever one of its rows does.
        """
        return index.digest[np.searchsorted(index.row_id, self.row_id[self.of(code)])]

    def repeats(self, own: Ints) -> int:
        """Texts beyond the first of their cluster among the texts at these positions."""
        inside = np.zeros(len(self.origin), dtype=bool)
        inside[own] = True
        kept = inside[self.left] & inside[self.right]
        return len(own) - len(np.unique(clusters(len(self.origin), self.left[kept], self.right[kept])[own]))

    def near_human(self) -> npt.NDArray[np.bool_]:
        """Mask of the texts that nearly equal a human text other than themselves."""
        found = np.zeros(len(self.origin), dtype=bool)
        found[self.left[self.origin[self.right] == HUMAN_CODE]] = True
        found[self.right[self.origin[self.left] == HUMAN_CODE]] = True
        return found

    def to_evidence(self) -> dict[str, object]:
        """Counts of near pairs by the origins of their two sides."""
        both = np.sort(np.stack([self.origin[self.left], self.origin[self.right]]), axis=0)
        names = {HUMAN_CODE: "human", SYNTHETIC_CODE: "synthetic", HOLDOUT_CODE: "holdout"}
        pairs = {
            f"{names[first]}_{names[second]}": int(((both[0] == first) & (both[1] == second)).sum())
            for first in names
            for second in names
            if first <= second and HOLDOUT_CODE not in (first, second)
        }
        return {
            "near_pairs": pairs,
            "texts_compared": {"human": self.count(HUMAN_CODE), "synthetic": self.count(SYNTHETIC_CODE)},
        }


def near_matrix(scan: Scan) -> NearMatrix:
    """Near duplicates among all texts of both origins and the holdout. Call through `scan.once(near_matrix)`."""
    human, synthetic = (_distinct(scan, code) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    rows = np.concatenate([human[:TEXTS_AT_MOST], synthetic[:TEXTS_AT_MOST]])
    row_id, origin = scan.index.row_id[rows], scan.index.origin[rows]
    stream = tokens_of(scan, row_id)
    if scan.holdout is not None:
        held = scan.holdout
        stream = joined([stream, tokenise(main_text(scan.roles, held.frame).to_arrow())])
        origin = np.append(origin, np.full(len(held), HOLDOUT_CODE, dtype=np.int8))
        row_id = np.append(row_id, held.row_id)
    kept = stream.lengths() >= TOKENS_AT_LEAST
    stream, origin = stream.where(kept), origin[kept]
    pairs = near_pairs(stream, threshold=NEAR_JACCARD, min_tokens=TOKENS_AT_LEAST)
    spans = _shares_span(stream, origin)
    return NearMatrix(origin, pairs.left, pairs.right, spans, row_id[kept], len(human[TEXTS_AT_MOST:]))


def _distinct(scan: Scan, code: int) -> Ints:
    """Where in the index the distinct rows of an origin that are long enough stand, in the order of a hash of their content.

    A sample finds a pair only where both its texts were drawn; no more than TEXTS_AT_MOST fit into memory.
    """
    index = scan.index
    rows = np.flatnonzero(index.of(code) & index.is_first & (index.tokens >= TOKENS_AT_LEAST))
    return rows[np.argsort(mix(index.digest[rows]), kind="stable")]


def _shares_span(stream: TokenStream, origin: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Mask of the texts that share a run of 50 tokens with a human text other than themselves."""
    grams = ngrams(stream, SPAN_TOKENS)
    found = np.zeros(len(origin), dtype=bool)
    if not len(grams.hashes):
        return found
    document = grams.documents()
    human = origin[document] == HUMAN_CODE
    # One entry per gram and human text, so that a gram counts its texts and not its places.
    pairs = np.unique(np.stack([grams.hashes[human], document[human].astype(np.uint64)]), axis=1)
    known, counts = np.unique(pairs[0], return_counts=True)
    if not len(known):
        return found
    at = np.minimum(np.searchsorted(known, grams.hashes), len(known) - 1)
    texts = np.where(known[at] == grams.hashes, counts[at], 0)
    found[document[texts > human.astype(np.int64)]] = True
    return found
