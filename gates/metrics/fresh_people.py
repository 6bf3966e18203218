"""How often fresh people's rows equal a person's row by nature: what copies are read against.

Languages differ in it: fifty tokens are fifty characters of Japanese and a paragraph of German. So people are weighted
to the languages of the rows that are judged, and their number is the effective one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.languages import tongues, tongues_of_holdout, unsaid
from gates.metrics.near_copies import HOLDOUT_CODE, TOKENS_AT_LEAST
from gates.scan import HUMAN_CODE

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.metrics.near_copies import NearMatrix
    from gates.scan import Hashes, Scan

    Mask = npt.NDArray[np.bool_]

HOLDOUT, OTHERS = "holdout", "other people"


@dataclass(frozen=True)
class Coincidence:
    """hits of the rows of fresh people equal a human row; both are fractions where people are weighted.

    people: how many rows that are. repeats: those of them beyond the first of their content, where the human rows
    themselves are the fresh people.
    """

    hits: float
    rows: float
    source: str
    people: int
    repeats: int = 0


@dataclass(frozen=True)
class FreshPeople:
    """Rows of people, by position: whether each equals a human row other than itself, and its language, null where unsaid."""

    hit: Mask
    language: pl.Series
    source: str
    repeats: int = 0

    def all(self) -> Coincidence:
        """Of all of them, whatever their languages."""
        return Coincidence(int(self.hit.sum()), len(self.hit), self.source, len(self.hit), self.repeats)

    def like(self, language: pl.Series) -> Coincidence:
        """Of people in the languages of some rows, in the proportion in which these have them.

        A language that no person here writes takes the proportion of the others. The effective number of people is
        that of Kish; exact bounds on it are those of Korn & Graubard, Survey Methodology 24 (1998) 193-201.
        """
        people = pl.DataFrame({"language": self.language, "hit": self.hit}).group_by("language").agg(
            pl.col("hit").sum(), rows=pl.len()
        )  # fmt: skip
        wanted = (
            language.alias("language").value_counts().join(people, on="language", nulls_equal=True).sort("language")
        )
        if people.height <= 1 or not wanted.height:
            return self.all()
        weight = wanted["count"].to_numpy() / wanted["count"].sum()
        rows = wanted["rows"].to_numpy()
        effective = 1 / float((weight**2 / rows).sum())
        share = float((weight * wanted["hit"].to_numpy() / rows).sum())
        return Coincidence(share * effective, effective, self.source, len(self.hit), self.repeats)


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
    if scan.holdout is None or scan.holdout_digests is None:
        return others(index.digest[human], tongues(scan).filter(human))
    digest, language = counted_holdout(scan), tongues_of_holdout(scan)
    if language.null_count() == len(language):
        return held(digest, index.digest[human], unsaid(len(digest)))
    sampled = np.isin(scan.holdout.digest, digest)
    return held(scan.holdout.digest[sampled], index.digest[human], language.filter(sampled))


def fresh_texts(scan: Scan, matrix: NearMatrix, copied: Mask) -> FreshPeople:
    """The same of texts that are compared by what is near them.

    copied: per text of the matrix, whether it is like a human text other than itself; of equal human texts it has one.
    """
    if scan.holdout is None:
        digest = matrix.contents(scan.index, HUMAN_CODE)
        own = scan.index.of(HUMAN_CODE) & np.isin(scan.index.digest, digest)
        equal = others(scan.index.digest[own], tongues(scan).filter(own))
        is_like = np.isin(scan.index.digest[own], digest[copied[matrix.of(HUMAN_CODE)]])
        return FreshPeople(equal.hit | is_like, equal.language, OTHERS)
    at = matrix.of(HOLDOUT_CODE)
    order = np.argsort(scan.holdout.row_id)
    rows = order[np.searchsorted(scan.holdout.row_id[order], matrix.row_id[at])]
    return FreshPeople(copied[at], tongues_of_holdout(scan)[rows], HOLDOUT)


def counted_holdout(scan: Scan) -> Hashes:
    """The holdout's rows that are long enough to count, as those of the dataset are, by content."""
    assert scan.holdout_digests is not None  # noqa: S101  # who asks knows that there is a holdout
    if not scan.roles.texts or scan.holdout_tokens is None:
        return scan.holdout_digests
    digests: Hashes = scan.holdout_digests[scan.holdout_tokens >= TOKENS_AT_LEAST]
    return digests
