"""How often fresh people's rows equal a person's row by nature: what copies are read against.

Languages differ in it: fifty tokens are fifty characters of Japanese and a paragraph of German. So people count in the
proportion in which the rows that are judged have their languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE
from gates.metrics.base.languages import ROWS_TO_JUDGE_ALONE, holdout_languages, no_language, row_languages
from gates.metrics.base.measurement import Estimate
from gates.metrics.copies.near_duplicates import HOLDOUT_CODE
from gates.metrics.copies.text_store import TOKENS_AT_LEAST
from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.arrays import Hashes
    from gates.data.scan.result import Scan
    from gates.metrics.copies.near_duplicates import NearMatrix

    Mask = npt.NDArray[np.bool_]

HOLDOUT, OTHERS = "holdout", "other people"


@dataclass(frozen=True)
class Coincidence:
    """share: of fresh people's rows, in [0, 1], those that equal a human row, with exact bounds.

    hits, rows: of all fresh people. repeats: rows beyond the first of their content, where the human rows themselves are
    the fresh people.
    """

    share: Estimate
    hits: int
    rows: int
    source: str
    repeats: int = 0


@dataclass(frozen=True)
class FreshPeople:
    """Rows of people, by position: whether each equals a human row other than itself, and its language, null where no_language."""

    hit: Mask
    language: pl.Series
    source: str
    repeats: int = 0

    def all(self) -> Coincidence:
        """Of all of them, whatever their languages."""
        hits, rows = int(self.hit.sum()), len(self.hit)
        return Coincidence(clopper_pearson(hits, rows), hits, rows, self.source, self.repeats)

    def like(self, language: pl.Series) -> Coincidence:
        """Of people in the languages of some rows, in the proportion in which these have them.

        A language that fewer than 300 people's rows are in is read against all people. The bounds are each language's own,
        weighted: wider than those of the weighted share, which holds what is rare in a small language for possible.
        """
        everybody = self.all()
        people = pl.DataFrame({"language": self.language, "hit": self.hit}).group_by("language").agg(
            pl.col("hit").sum(), rows=pl.len()
        ).filter(pl.col("rows") >= ROWS_TO_JUDGE_ALONE)  # fmt: skip
        wanted = language.alias("language").value_counts().join(people, on="language", nulls_equal=True)
        if not wanted.height or people["rows"].sum() == everybody.rows == people["rows"].max():
            return everybody
        parts = [(count, clopper_pearson(hits, rows)) for _, count, hits, rows in wanted.sort("language").iter_rows()]
        parts.append((len(language) - wanted["count"].sum(), everybody.share))
        value, low, high = (
            sum(count * getattr(share, bound) for count, share in parts) / len(language)
            for bound in ("value", "low", "high")
        )
        return Coincidence(Estimate(value, low, high), everybody.hits, everybody.rows, self.source, self.repeats)


def others(digest: Hashes, language: pl.Series) -> FreshPeople:
    """Human rows as fresh people to each other (leave one out)."""
    _, code, counts = np.unique(digest, return_inverse=True, return_counts=True)
    return FreshPeople(counts[code] > 1, language, OTHERS, len(digest) - len(counts))


def held(digest: Hashes, human: Hashes, language: pl.Series) -> FreshPeople:
    """The distinct rows of a holdout as fresh people to human rows."""
    distinct, first = np.unique(digest, return_index=True)
    return FreshPeople(np.isin(distinct, human), language[first], HOLDOUT)


def fresh_people(scan: Scan, counted: Mask) -> FreshPeople:
    """The holdout where there is one, else the human rows under the mask; contents are compared.

    Of a holdout that says languages the sample is taken, because of no other row of it the language is known.
    """
    index = scan.index
    human = index.of(HUMAN_CODE) & counted
    if scan.holdout is None:
        return others(index.digest[human], scan.cached(row_languages).filter(human))
    digest, language = counted_holdout(scan), holdout_languages(scan)
    if language.null_count() == len(language):
        return held(digest, index.digest[human], no_language(len(digest)))
    sampled = np.isin(scan.holdout.rows.digest, digest)
    return held(scan.holdout.rows.digest[sampled], index.digest[human], language.filter(sampled))


def fresh_texts(scan: Scan, matrix: NearMatrix, copied: Mask) -> FreshPeople:
    """The same of texts that are compared by what is near them: distinct contents, none of which is a human row's own.

    copied: per text of the matrix, whether it is like a human text other than itself. Word-for-word repeats are another
    check's: whoever listed people's rows twice by accident would excuse copies by them.
    """
    if scan.holdout is None:
        own = matrix.of(HUMAN_CODE)
        rows = np.searchsorted(scan.index.row_id, matrix.row_id[own])
        return FreshPeople(copied[own], scan.cached(row_languages)[rows], OTHERS)
    at = matrix.of(HOLDOUT_CODE)
    order = np.argsort(scan.holdout.rows.row_id)
    rows = order[np.searchsorted(scan.holdout.rows.row_id[order], matrix.row_id[at])]
    new = ~np.isin(scan.holdout.rows.digest[rows], scan.index.digest[scan.index.of(HUMAN_CODE)])
    return FreshPeople(copied[at][new], holdout_languages(scan)[rows[new]], HOLDOUT)


def counted_holdout(scan: Scan) -> Hashes:
    """The holdout's rows that are long enough to count, as those of the dataset are, by content."""
    assert scan.holdout is not None  # noqa: S101  # who asks knows that there is a holdout
    if not scan.roles.texts:
        return scan.holdout.digests
    digests: Hashes = scan.holdout.digests[scan.holdout.tokens >= TOKENS_AT_LEAST]
    return digests
