"""Tags that name another language than that of their text, as the other rows have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.base.languages import LANGUAGE, TRANSLATION
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import ratio_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    from gates.data.arrays import Ints, Mask
    from gates.data.scan.result import Rows, Scan

# Two models of five parts each read 1,000 texts of either side in 4 s; the first 200 characters show a language.
ROWS_READ, CHARACTERS_READ, FOLDS = 1000, 200, 5
# Of fewer rows nothing is known of a difference in tags, and fewer texts of a language teach no model: of sixty in ten languages,
# a model of one half read 88 % of the other wrongly.
ROWS_AT_LEAST, LANGUAGES_AT_LEAST, TEXTS_AT_LEAST = 60, 2, 15
BUCKETS = 2**15
SMOOTHING = 0.1
# One wrong accusation in a thousand columns, because one difference fails the dataset.
CONFIDENCE = 0.998
# What both models call another language is wrongly tagged, or has few words of its own: of short messages, many of them names,
# .05 more than of sayings.
WRONG_AT_LEAST = 0.05
# Texts of another kind are read worse: of short messages a model of sayings mistakes .18 more than of other sayings.
UNREADABLE_AT_LEAST = 0.2


@dataclass(frozen=True)
class _Side:
    """Texts of one origin as counts of character n-grams, with their tags, and in which fold each is."""

    counts: csr_matrix
    tags: npt.NDArray[np.str_]
    fold: Ints


def wrong_tags(scan: Scan) -> Iterator[tuple[str, str]]:
    """Columns whose synthetic tags name another language than that of the text, each with a message.

    Two models of character n-grams, one of human rows and one of synthetic ones, name the language of every row, each from
    parts without the row's group. Tags that both contradict with the same other language, and tags that the model of human
    rows contradicts, are counted on both sides, so that swapping the origins swaps the difference.
    Naive Bayes on character n-grams: Lui & Baldwin, langid.py, ACL 2012.
    """
    for tag, texts in _tagged(scan):
        human, synthetic = (_side(rows, tag, texts) for rows in (scan.human, scan.synthetic))
        if not human or not synthetic or len(np.intersect1d(human.tags, synthetic.tags)) < LANGUAGES_AT_LEAST:
            continue
        ours, theirs = (_contradicted(side, human, synthetic) for side in (synthetic, human))
        for wrong, human_wrong, least in zip(ours, theirs, (UNREADABLE_AT_LEAST, WRONG_AT_LEAST), strict=True):
            counts = int(wrong.sum()), len(wrong), int(human_wrong.sum()), len(human_wrong)
            if ratio_difference(*counts, CONFIDENCE).low > least:
                shares = percent(counts[0] / counts[1]), percent(counts[2] / counts[3])
                message = "column '{}' names another language than that of the text in {} of synthetic rows and in {} of human rows"
                yield tag, message.format(tag, *shares)
                break


def _tagged(scan: Scan) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each column of tags with the columns of the texts that it speaks of."""
    frame, bound = scan.human.frame, {*scan.roles.bound}
    texts = tuple(name for name in scan.roles.texts if frame.schema.get(name) == pl.String)
    if {*TRANSLATION} <= bound:
        for tag in TRANSLATION:
            text = tag.removesuffix("_language")
            if text in texts:
                yield tag, (text,)
    elif LANGUAGE in bound and texts:
        yield LANGUAGE, texts


def _side(rows: Rows, tag: str, texts: tuple[str, ...]) -> _Side | None:
    from sklearn.feature_extraction.text import HashingVectorizer

    words = pl.col(tag).cast(pl.String).str.strip_chars().str.to_lowercase().str.replace_all("_", "-")
    text = pl.concat_str(pl.col(texts).cast(pl.String).str.slice(0, CHARACTERS_READ), separator=" ", ignore_nulls=True)
    fold = pl.Series(rows.group, dtype=pl.UInt64).hash(1) % FOLDS
    # By content, so that the order of rows changes nothing.
    frame = rows.frame.select(tag=words, text=text).with_columns(fold=fold)[np.argsort(rows.digest)[:ROWS_READ]]
    frame = frame.filter(pl.col("tag").is_not_null() & (pl.col("tag") != "") & (pl.col("text").str.len_chars() > 0))
    frame = frame.filter(pl.len().over("tag") >= TEXTS_AT_LEAST)
    if frame.height < ROWS_AT_LEAST:
        return None
    grams = HashingVectorizer(
        analyzer="char_wb", ngram_range=(1, 3), n_features=BUCKETS, alternate_sign=False, norm=None
    )
    counts = grams.transform(frame["text"].to_list())
    counts.data = np.log1p(counts.data)
    return _Side(counts, frame["tag"].to_numpy().astype(np.str_), frame["fold"].to_numpy().astype(np.int64))


def _contradicted(side: _Side, human: _Side, synthetic: _Side) -> tuple[Mask, Mask]:
    """Of the rows whose tag the models can know: which the human model contradicts, and which both do with the same word."""
    from sklearn.naive_bayes import MultinomialNB

    named = np.empty((2, len(side.tags)), dtype=side.tags.dtype)
    is_known = np.ones(len(side.tags), dtype=bool)
    for fold in range(FOLDS):
        rows = np.flatnonzero(side.fold == fold)
        if not len(rows):
            continue
        for at, trained in enumerate((human, synthetic)):
            others = trained.fold != fold
            if not others.any():
                is_known[rows] = False
                continue
            model = MultinomialNB(alpha=SMOOTHING, fit_prior=False).fit(trained.counts[others], trained.tags[others])
            named[at, rows] = model.predict(side.counts[rows])
            is_known[rows] &= np.isin(side.tags[rows], model.classes_)
    wrong = named[0] != side.tags
    return wrong[is_known], (wrong & (named[0] == named[1]))[is_known]
