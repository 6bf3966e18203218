"""Two texts of each row, and a linear model that says which is which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from gates.data.arrays import Floats, Hashes, Ints, Mask, first_of_each
from gates.data.text.hashing import hashed_counts, unit_rows
from gates.data.text.mix import mix
from gates.metrics.base.text_samples import Reading, tokens_of
from gates.metrics.comparison.classifiers import FOLDS, HASH_BITS, Texts

if TYPE_CHECKING:
    from gates.data.scan.result import Rows, Scan
    from gates.data.text.tokens import TokenStream

# Whether somebody asks or answers shows at the beginning; a passage to read or the length of an answer come after it.
BEGINNING = 100
# Characters of scripts without spaces, as `gates.data.text.tokens` has them.
_OWN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3021-\u9fff\uf900-\ufaff"
# Words, such characters, and marks: a question mark says more than most words.
_TOKEN = rf"[{_OWN}]|[^\W{_OWN}]+|[^\w\s]"


@dataclass(frozen=True)
class TextPairs:
    """Pairs of one origin: what the first text of each has more of than the second, in what a model sees and in length.

    more: (pairs, features). group, row_id: (pairs,).
    """

    more: sp.csr_matrix
    group: Hashes
    row_id: Ints

    def __len__(self) -> int:
        return int(self.more.shape[0])

    def fold(self, seed: int) -> Hashes:
        """The fold of each pair, in which those of its group are too."""
        return mix(self.group ^ np.uint64(seed)) % np.uint64(FOLDS)


def distinct_pairs(rows: Rows, has_both: Mask, at_most: int) -> Rows:
    """Distinct rows that have both texts, the first of them; samples stand in the order of a hash."""
    mask: Mask = has_both & first_of_each(rows.digest)
    return rows.where(mask & (np.cumsum(mask) <= at_most))


def pairs_of_words(scan: Scan, rows: Rows, first: Reading, second: Reading) -> TextPairs:
    """What a model of words and word pairs sees."""
    tokens = [tokens_of(scan, rows.row_id, reading) for reading in (first, second)]
    return TextPairs(differences_of_words(*tokens), rows.group, rows.row_id)


def differences_of_words(first: TokenStream, second: TokenStream) -> sp.csr_matrix:
    """What each first text has more of than the second: hashed words and word pairs, and the logarithm of length."""
    words = [unit_rows(hashed_counts(stream, HASH_BITS, (1, 2))) for stream in (first, second)]
    length = [np.log1p(stream.lengths()) for stream in (first, second)]
    return sp.hstack([words[0] - words[1], sp.csr_matrix((length[0] - length[1])[:, None])], format="csr")


def pairs_of_beginnings(scan: Scan, rows: Rows, first: Reading, second: Reading) -> TextPairs:
    """What a model of words and marks sees at the beginning of each text, and nothing of how long the texts are. rows: at least one."""
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(token_pattern=_TOKEN, ngram_range=(1, 2), n_features=2**HASH_BITS, alternate_sign=False)
    texts = [reading(scan.roles, rows.frame).str.slice(0, BEGINNING) for reading in (first, second)]
    more = hashing.transform(texts[0]) - hashing.transform(texts[1])
    return TextPairs(more.tocsr(), rows.group, rows.row_id)


def margins(training: TextPairs, tested: TextPairs, seed: int) -> Floats:
    """How much each tested pair looks as it stands rather than exchanged, by a model of the training pairs of the other folds.

    Above 0 the first text is the first. Folds hold whole groups.
    """
    margin, folds, training_folds = np.zeros(len(tested)), tested.fold(seed), training.fold(seed)
    for fold in range(FOLDS):
        others = training.more[training_folds != fold]
        # Each pair both ways round, so that no model learns which side was written first.
        both, labels = sp.vstack([others, -others], format="csr"), np.repeat([1, 0], others.shape[0])
        model = Texts(both).fit(np.arange(both.shape[0]), labels)
        margin[folds == fold] = (tested.more[folds == fold] @ model.coef_.T).ravel()
    return margin
