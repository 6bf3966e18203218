"""Which texts share how much with the texts of evaluation sets, over token streams.

Any shared run of tokens would be too much: code and boilerplate share them by idiom. So the share of a text's tokens
that lie in shared runs counts, and runs that many evaluation texts have count little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gates.data.arrays import Bytes, Floats, Hashes, Ints, Mask, distinct_keys, find_sorted, run_starts
from gates.data.text.tokens import TokenStream, document_hashes, ngrams

# Thirteen tokens in a row are rarely shared by chance (Brown et al., NeurIPS 2020, appendix C).
GRAM_TOKENS = 13
# More than half of a text: then what it says, and not an idiom in it, is the other's.
COVERED_SHARE = 0.5
# A passage with ten questions is still that passage; what more texts share is a form they are written in.
COMMON_TEXTS = 10
# Shorter texts are compared whole; of three tokens or fewer ("Not enough information") they coincide by chance. Prompts
# that people wrote have six and more.
SHORT_TOKENS = 4
# Slots of the table that rules most runs out before they are looked up: with eight a gram one run in nine gets through
# by its leading bits, and one in nine of these by its trailing bits as well.
_SLOTS_A_GRAM, _LEAST_BITS, _MOST_BITS = 8, 16, 27
_LEADING, _TRAILING = np.uint8(1), np.uint8(2)


@dataclass(frozen=True)
class EvaluationIndex:
    """Evaluation texts, ready to be looked up. Equal texts are one; `text_of` has the number of each cell's text in `texts`.

    grams: sorted hashes of their runs; weight: what a run counts, in [0, 1]. Run i stands at the places
    `starts[i]:starts[i + 1]` of `text` and `position`; short: sorted hashes of whole short texts, `short_text` their texts.
    slots: whether any run has these leading bits, and whether any has these trailing ones.
    """

    texts: TokenStream
    text_of: Ints
    lengths: Ints
    grams: Hashes
    weight: Floats
    starts: Ints
    text: Ints
    position: Ints
    short: Hashes
    short_text: Ints
    slots: Bytes
    shift: np.uint64

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Positions of the hashes that evaluation texts have, and the number of the run that each is."""
        maybe = np.flatnonzero(self.slots[hashes >> self.shift] & _LEADING)
        maybe = maybe[(self.slots[hashes[maybe] & np.uint64(len(self.slots) - 1)] & _TRAILING) > 0]
        at, is_equal = find_sorted(self.grams, hashes[maybe])
        return maybe[is_equal], at[is_equal]


@dataclass(frozen=True)
class SharedSpans:
    """Stretches of evaluation texts that texts share, by position: tokens `first:last` of the evaluation text."""

    document: Ints
    evaluation_text: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True)
class OverlapCounts:
    """What texts share with evaluation texts, by position.

    covered: share of each text's tokens in runs of theirs, runs counted by weight, in [0, 1]; 1 for a short text that equals
    one. document, evaluation_text: pairs of a text and an evaluation text of which it contains more than half. nearest: the
    evaluation text that each text shares most with, -1 where none. spans: where in which evaluation text what each text shares
    stands.
    """

    covered: Floats
    document: Ints
    evaluation_text: Ints
    nearest: Ints
    spans: SharedSpans

    def contaminated(self) -> Mask:
        """The texts of which more than half stands in evaluation texts, and those that contain more than half of one."""
        contaminated = self.covered > COVERED_SHARE
        contaminated[self.document] = True
        return contaminated


def index_texts(cells: TokenStream) -> EvaluationIndex:
    """The texts of evaluation sets, given one by one as tokens."""
    _, first, text_of = np.unique(document_hashes(cells), return_index=True, return_inverse=True)
    texts = cells.take(first)
    runs = ngrams(texts, GRAM_TOKENS)
    text = runs.documents()
    position = np.arange(len(text)) - runs.offsets[:-1][text]
    order = np.lexsort((position, text, runs.hashes))
    hashes, text, position = runs.hashes[order], text[order], position[order]
    other_text = run_starts(hashes)
    starts = np.flatnonzero(other_text)
    other_text[1:] |= text[1:] != text[:-1]
    count = np.add.reduceat(other_text, starts) if len(starts) else starts
    bits = int(np.clip(np.ceil(np.log2(max(1, len(starts)) * _SLOTS_A_GRAM)), _LEAST_BITS, _MOST_BITS))
    shift = np.uint64(64 - bits)
    slots = np.zeros(1 << bits, np.uint8)
    slots[hashes[starts] >> shift] = _LEADING
    slots[hashes[starts] & np.uint64(len(slots) - 1)] |= _TRAILING
    lengths = texts.lengths()
    short = np.flatnonzero((lengths >= SHORT_TOKENS) & (lengths < GRAM_TOKENS))
    content = document_hashes(texts)[short]
    by_content = np.argsort(content)
    return EvaluationIndex(
        texts,
        text_of.astype(np.int64),
        lengths,
        hashes[starts],
        np.minimum(1.0, COMMON_TEXTS / np.maximum(1, count)),
        np.append(starts, len(hashes)),
        text,
        position,
        content[by_content],
        short[by_content],
        slots,
        shift,
    )


def count_overlap(index: EvaluationIndex, texts: TokenStream, *, whole_short: bool = True) -> OverlapCounts:
    """What texts share with evaluation texts. whole_short: short texts count where they equal one."""
    runs = ngrams(texts, GRAM_TOKENS)
    at_run, run = index.find(runs.hashes)
    document = np.searchsorted(runs.offsets, at_run, side="right") - 1
    start = at_run - runs.offsets[:-1][document] + texts.offsets[:-1][document]
    covered = _covered(texts, document, start, index.weight[run])
    spans = _spans(index, document, run)
    one, other, share = _pairs(index, spans)
    nearest = np.full(len(texts), -1, np.int64)
    by_share = np.argsort(share, kind="stable")
    # Of several assignments to one place the last one counts: the largest share.
    nearest[one[by_share]] = other[by_share]
    if whole_short and len(index.short):
        equal, text = _equal_short(index, texts)
        covered[equal] = 1.0
        nearest[equal] = text
        one, other = np.append(one, equal), np.append(other, text)
        share = np.append(share, np.ones(len(equal)))
        whole = (equal, text, np.zeros(len(equal), np.int64), index.lengths[text])
        spans = SharedSpans(*map(np.append, (spans.document, spans.evaluation_text, spans.first, spans.last), whole))
    is_most = share > COVERED_SHARE
    return OverlapCounts(covered, one[is_most], other[is_most], nearest, spans)


def _equal_short(index: EvaluationIndex, texts: TokenStream) -> tuple[Ints, Ints]:
    """Short texts that equal an evaluation text, and that text."""
    is_short = texts.lengths() < GRAM_TOKENS
    at, same = find_sorted(index.short, document_hashes(texts.where(is_short)))
    return np.flatnonzero(is_short)[same], index.short_text[at[same]]


def _covered(texts: TokenStream, document: Ints, start: Ints, weight: Floats) -> Floats:
    """Per text the share of its tokens in runs that start at these tokens; of two runs over a token the heavier counts."""
    if not len(start):
        return np.zeros(len(texts))
    first, last = int(start[0]), int(start[-1]) + GRAM_TOKENS
    token = np.zeros(last - first)
    for step in range(GRAM_TOKENS):
        at = start - first + step
        token[at] = np.maximum(token[at], weight)
    sums = np.concatenate([[0.0], np.cumsum(token)])
    hit = distinct_keys(document)
    low, high = texts.offsets[:-1][hit], texts.offsets[1:][hit]
    covered = np.zeros(len(texts))
    inside = sums[np.clip(high - first, 0, len(token))] - sums[np.clip(low - first, 0, len(token))]
    # Sums of many parts come a rounding error away from what they are.
    covered[hit] = np.round(inside / (high - low), 9)
    return covered


def _spans(index: EvaluationIndex, document: Ints, run: Ints) -> SharedSpans:
    """What texts share with evaluation texts, run by run, joined where the runs touch.

    Runs that more than COMMON_TEXTS texts have are left out: they would make pairs of all of them.
    """
    kept = index.weight[run] == 1
    document, run = document[kept], run[kept]
    counts = index.starts[run + 1] - index.starts[run]
    offsets = np.cumsum(counts) - counts
    place = np.arange(int(counts.sum())) - np.repeat(offsets - index.starts[run], counts)
    pair = np.repeat(document, counts) * max(1, len(index.lengths)) + index.text[place]
    order = np.lexsort((index.position[place], pair))
    pair, position = pair[order], index.position[place][order]
    begins = run_starts(pair)
    begins[1:] |= position[1:] - position[:-1] > GRAM_TOKENS
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(pair))[: len(starts)] - 1
    one, other = np.divmod(pair[starts], max(1, len(index.lengths)))
    return SharedSpans(one, other, position[starts], position[ends] + GRAM_TOKENS)


def _pairs(index: EvaluationIndex, spans: SharedSpans) -> tuple[Ints, Ints, Floats]:
    """Pairs of a text and an evaluation text with spans in common, and the share of the latter's tokens that lie in them."""
    pair = spans.document * max(1, len(index.lengths)) + spans.evaluation_text
    starts = np.flatnonzero(run_starts(pair))
    if not len(starts):
        return pair, pair, np.zeros(0)
    other = spans.evaluation_text[starts]
    return spans.document[starts], other, np.add.reduceat(spans.last - spans.first, starts) / index.lengths[other]
