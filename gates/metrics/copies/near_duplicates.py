"""Texts that nearly equal each other or share a long span, with the origin of both sides.

Works on all distinct texts up to four million of an origin; what was not compared is counted, and nothing passes then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.text.mix import mix
from gates.data.text.near.near_duplicates import NearSearch, clusters
from gates.data.text.spans import SpanSearch
from gates.metrics.copies.text_store import TEXTS_AT_MOST, TOKENS_AT_LEAST, TOKENS_AT_MOST, compared_texts

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints, Mask
    from gates.data.scan.result import Scan
    from gates.data.scan.row_index import RowIndex

HOLDOUT_CODE = 3
# Token 3-gram Jaccard of .8: a text of 200 words with about ten changed (Lee et al., ACL 2022, verify at edit
# similarity .8 as well).
NEAR_JACCARD = 0.8


@dataclass(frozen=True)
class NearMatrix:
    """Texts of at least 20 tokens and which of them have twins.

    origin: code per text, HOLDOUT_CODE for the holdout.
    left, right: pairs of near duplicates; shares_span: texts sharing a span of 50 tokens with another human text.
    row_id: of the first row with the text. left_out, synthetic_left_out: texts beyond those that are compared.
    """

    origin: npt.NDArray[np.int8]
    left: Ints
    right: Ints
    shares_span: Mask
    row_id: Ints
    left_out: int
    synthetic_left_out: int

    def count(self, code: int) -> int:
        """Number of texts of an origin."""
        return int((self.origin == code).sum())

    def most_texts(self) -> int:
        """Of how many human texts all are compared; of fewer long ones where these were more than fit."""
        return self.count(HUMAN_CODE) if self.left_out else TEXTS_AT_MOST

    def not_compared(self, *codes: int) -> str:
        """That not all texts of these origins were compared, or ""."""
        beyond = {HUMAN_CODE: ("human", self.left_out), SYNTHETIC_CODE: ("synthetic", self.synthetic_left_out)}
        sampled = [(self.count(code), *beyond[code]) for code in codes if beyond[code][1]]
        counts = " and ".join(f"{count:,} of {count + left_out:,} {origin}" for count, origin, left_out in sampled)
        return f"{counts} texts were compared; copies of the others are not seen" if counts else ""

    def of(self, code: int) -> Ints:
        """Positions of the texts of an origin."""
        return np.flatnonzero(self.origin == code)

    def contents(self, index: RowIndex, code: int) -> Hashes:
        """The digest of each text of an origin.

        A text is here once, by its first row; a generator or language has it wherever one of its rows does.
        """
        return index.at("digest", index.positions(self.row_id[self.of(code)]))

    def repeats(self, own: Ints) -> int:
        """Texts beyond the first of their cluster among the texts at these positions, which are of one origin.

        Texts of that origin before the last of these join others as well, as where two locales share a template; what
        comes after does not: that would join more texts of the origin that has more.
        """
        last = own.max()
        kept = (
            (self.right <= last)
            & (self.origin[self.left] == self.origin[last])
            & (self.origin[self.right] == self.origin[last])
        )
        return len(own) - len(np.unique(clusters(last + 1, self.left[kept], self.right[kept])[own]))

    def near_human(self) -> Mask:
        """Mask of the texts that nearly equal a human text other than themselves."""
        is_near = np.zeros(len(self.origin), dtype=bool)
        is_near[self.left[self.origin[self.right] == HUMAN_CODE]] = True
        is_near[self.right[self.origin[self.left] == HUMAN_CODE]] = True
        return is_near

    def human_twins(self, texts: Ints) -> Ints:
        """The first human text that each of these nearly equals; each has one."""
        twins = []
        for text in texts.tolist():
            near = np.concatenate([self.right[self.left == text], self.left[self.right == text]])
            twins.append(near[self.origin[near] == HUMAN_CODE].min())
        return np.array(twins, dtype=np.int64)

    def to_evidence(self) -> dict[str, object]:
        """Counts of near pairs by the origins of their two sides."""
        both = np.sort(np.stack([self.origin[self.left], self.origin[self.right]]), axis=0)
        names = {HUMAN_CODE: "human", SYNTHETIC_CODE: "synthetic"}
        pairs = {
            f"{names[first]}_{names[second]}": int(((both[0] == first) & (both[1] == second)).sum())
            for first in names
            for second in names
            if first <= second
        }
        return {"near_pairs": pairs, "texts_compared": {name: self.count(code) for code, name in names.items()}}


def no_long_text(origin: str) -> str:
    """Why near copies are not measured for an origin whose texts are all short."""
    return f"no {origin} text has {TOKENS_AT_LEAST} tokens; shorter ones are compared whole (kind exact)"


def near_matrix(scan: Scan) -> NearMatrix:
    """Near duplicates among all texts of both origins and the holdout. Call through `scan.cached(near_matrix)`."""
    human, synthetic = (_distinct(scan, code) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    fitting = [rows[: _fitting(scan, rows)] for rows in (human, synthetic)]
    compared = np.concatenate(fitting)
    texts = compared_texts(scan, compared)
    holdout_count = len(texts.row_id) - len(compared)
    origin = np.append(scan.index.origin[compared], np.full(holdout_count, HOLDOUT_CODE, dtype=np.int8))
    near = NearSearch(texts.lengths, [*map(len, fitting), holdout_count])
    spans = SpanSearch(texts.lengths, origin == HUMAN_CODE)
    for numbers, stream in texts.read(np.ones(len(origin), dtype=bool)):
        near.add(numbers, stream)
        spans.add(numbers, stream)
    pairs = near.pairs(texts.take, threshold=NEAR_JACCARD)
    left_out, synthetic_left_out = (len(rows) - len(fit) for rows, fit in zip((human, synthetic), fitting, strict=True))
    shares_span = spans.shared(texts.read)
    return NearMatrix(origin, pairs.left, pairs.right, shares_span, texts.row_id, left_out, synthetic_left_out)


def _distinct(scan: Scan, code: int) -> Ints:
    """Where in the index the distinct rows of an origin that are long enough stand, in the order of a hash of their content.

    A sample finds a pair only where both its texts were drawn; no more than fit into memory are compared.
    """
    index = scan.index
    rows = np.flatnonzero(index.of(code) & index.is_first & (index.tokens >= TOKENS_AT_LEAST))
    return rows[np.argsort(mix(index.at("digest", rows)), kind="stable")]


def _fitting(scan: Scan, rows: Ints) -> int:
    """How many of these rows fit into memory."""
    tokens = np.cumsum(scan.index.tokens[rows], dtype=np.int64)
    return min(TEXTS_AT_MOST, int(np.searchsorted(tokens, TOKENS_AT_MOST, side="right")))
