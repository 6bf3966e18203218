"""Which words of evaluation texts are idiom: phrases that many of these texts, or many human rows beside them, have.

Templates, first lines of programs and stock phrases are shared without a leak. Short phrases tell them: of two templates'
joined halves the long run is rare, its parts are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gates.data.arrays import Hashes, Ints, find_sorted
from gates.data.text.tokens import TokenStream, ngrams

# Shorter phrases ("one of the") are grammar; longer ones miss the joints of templates.
PHRASE_TOKENS = 4
# A handful of texts may have a phrase by descent from one another; of many texts the share counts.
COMMON_COUNT, COMMON_SHARE = 10, 0.01


@dataclass(frozen=True)
class Phrases:
    """The phrases of evaluation texts.

    hashes: sorted; at: the phrase of each place, texts end to end; texts: how many texts have each phrase.
    """

    stream: TokenStream
    hashes: Hashes
    at: Ints
    texts: Ints

    def keys(self, documents: TokenStream) -> Ints:
        """The phrases that each document has, once each, as `document * len(hashes) + phrase`."""
        runs = ngrams(documents, PHRASE_TOKENS)
        at, same = find_sorted(self.hashes, runs.hashes)
        return np.unique(runs.documents()[same] * len(self.hashes) + at[same])

    def distinctive(self, rows_with: Ints, rows: int) -> Ints:
        """How many tokens before each token of the texts, end to end, are no idiom. rows_with: of so many human rows, those with each phrase."""
        is_common = (self.texts > _most(len(self.stream))) | (rows_with > _most(rows))
        lengths = self.stream.lengths()
        runs = np.maximum(lengths - (PHRASE_TOKENS - 1), 0)
        text = np.repeat(np.arange(len(runs)), runs)
        start = np.arange(len(text)) - (np.cumsum(runs) - runs)[text] + self.stream.offsets[:-1][text]
        is_idiom = np.zeros(len(self.stream.hashes), bool)
        common = start[is_common[self.at]]
        for step in range(PHRASE_TOKENS):
            is_idiom[common + step] = True
        return np.append(0, np.cumsum(~is_idiom))


def index_phrases(texts: TokenStream) -> Phrases:
    """The phrases of distinct texts."""
    runs = ngrams(texts, PHRASE_TOKENS)
    hashes, at = np.unique(runs.hashes, return_inverse=True)
    keys = np.unique(runs.documents() * max(1, len(hashes)) + at)
    counts = np.bincount(keys % max(1, len(hashes)), minlength=len(hashes))
    return Phrases(texts, hashes, at.astype(np.int64), counts)


def _most(texts: int) -> float:
    return max(COMMON_COUNT, COMMON_SHARE * texts)
