"""Answers that are a piece of what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.text.mix import mix
from gates.data.text.tokens import ngrams

if TYPE_CHECKING:
    from gates.data.arrays import Hashes, Mask
    from gates.data.text.tokens import TokenStream

# An answer of fewer words that stands in its prompt may simply be right: a name, a choice, a phrase that was to be found.
EXCERPT_TOKENS = 8
# Four words in a row of an answer stand in its prompt by chance where both speak of one thing; four in five of all such runs
# do so where the answer was cut out, a word changed or the seam of two columns in it.
RUN_TOKENS, RUN_SHARE = 4, 0.8


def excerpts(texts: TokenStream, prompts: TokenStream) -> Mask:
    """Whether a text is a piece of its prompt, which has the same place in `prompts`: most of its runs of four words stand there."""
    runs, of_prompts = (ngrams(stream, RUN_TOKENS) for stream in (texts, prompts))
    shared = np.isin(_of_documents(runs), _of_documents(of_prompts))
    counts = np.bincount(runs.documents()[shared], minlength=len(texts))
    is_piece: Mask = (texts.lengths() >= EXCERPT_TOKENS) & (counts >= RUN_SHARE * runs.lengths())
    return is_piece


def _of_documents(runs: TokenStream) -> Hashes:
    """Hashes of runs that differ from document to document."""
    return mix(runs.hashes ^ mix(runs.documents().astype(np.uint64)))
