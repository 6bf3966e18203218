"""The baseline of copies: how often unseen human rows equal a human row by coincidence, and the share of copies beyond it.

Languages differ in it: fifty tokens are fifty characters of Japanese and a paragraph of German. So human rows are weighted
by the languages of the synthetic rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, NATURAL_REPEAT_RATIO
from gates.metrics.base.languages import ROWS_TO_JUDGE_ALONE, holdout_languages, no_language, row_languages
from gates.metrics.base.measurement import Baseline, Estimate, Growth, Inconclusive, Measured, RowCounts
from gates.metrics.comparison.strata import RARE_STRATUM_ROWS, row_strata
from gates.metrics.copies.near_duplicates import HOLDOUT_CODE, NearMatrix
from gates.metrics.copies.text_store import TOKENS_AT_LEAST
from gates.metrics.limits.wording import percent
from gates.metrics.stats.coincidence import has_peak, repeat_by_nature, share_seen, written_once
from gates.metrics.stats.intervals import clopper_pearson, difference, weighted
from gates.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.arrays import Hashes, Ints, Mask
    from gates.data.scan.result import Scan

HOLDOUT, OTHERS, OTHER_TIMES = "holdout", "other people", "other times of the same series"
PEOPLE = "human rows"
_AGAINST = {
    HOLDOUT: "and so do {} of the holdout",
    OTHERS: "and so do {} of human rows among themselves",
    PEOPLE: "and so do {} of human rows",
    OTHER_TIMES: "and {} would by coincidence, with values that their series have at other times too",
}


@dataclass(frozen=True)
class BaselineShare:
    """share: of the baseline's rows, in [0, 1], those that equal a human row, with exact bounds.

    hits, rows: over all languages. repeats: rows beyond the first of their content that may be accidents, where the human
    rows themselves are the baseline. are_accidents: whether some were written twice, which nobody drew.
    """

    share: Estimate
    hits: int
    rows: int
    source: str
    repeats: int = 0
    are_accidents: bool = False


@dataclass(frozen=True)
class HumanBaseline:
    """Human rows: whether each equals a human row other than itself, and its language, null where no_language.

    Of rows that extend, their label or slice takes the place of the language; least: rows with which one has a share of its own.
    times: how many contents stand k times among them, by k, where the human rows themselves are the baseline; else empty.
    is_natural: whether equal rows among them are explained by the values of their columns. is_drawn: they are distinct and
    stand in the order in which contents come up where rows are drawn one by one, so that the first of them are fewer such rows.
    """

    hit: Mask
    language: pl.Series
    source: str
    times: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    is_natural: bool = False
    is_drawn: bool = False
    least: int = ROWS_TO_JUDGE_ALONE

    def all(self, distinct: int | None = None) -> BaselineShare:
        """The share over all languages. distinct: of so many contents drawn anew, else of all."""
        hit = self.hit[:distinct] if distinct and self.is_drawn else self.hit
        hits, rows = int(hit.sum()), len(hit)
        if not hits or not distinct or not len(self.times):
            return BaselineShare(clopper_pearson(hits, rows), hits, rows, self.source)
        times = written_once(self.times)
        share, are_accidents = share_seen(times, distinct), has_peak(self.times)
        repeats = 0 if self.is_natural and not are_accidents else rows - int(self.times.sum())
        return BaselineShare(share, hits, rows, self.source, repeats, are_accidents)

    def like(self, language: pl.Series) -> BaselineShare:
        """The share, weighted by how often these languages occur.

        A language with fewer human rows than `least` takes the share of all human rows. The bounds are each language's own,
        weighted: wider than those of the weighted share, because what is rare in a small language is possible.
        """
        everything = self.all(len(language))
        if language.dtype == self.language.dtype == pl.Null:
            return everything
        by_language = pl.DataFrame({"language": self.language.cast(pl.String), "hit": self.hit}).group_by("language").agg(
            pl.col("hit").sum(), rows=pl.len()
        ).filter(pl.col("rows") >= self.least)  # fmt: skip
        wanted = (
            language.cast(pl.String).alias("language").value_counts().join(by_language, on="language", nulls_equal=True)
        )
        if not wanted.height or by_language["rows"].sum() == everything.rows == by_language["rows"].max():
            return everything
        parts = [(count, clopper_pearson(hits, rows)) for _, count, hits, rows in wanted.sort("language").iter_rows()]
        parts.append((len(language) - wanted["count"].sum(), everything.share))
        return replace(everything, share=weighted(parts, len(language)))


def row_kinds(scan: Scan) -> tuple[pl.Series, int]:
    """What each row of the index is compared as, and how many rows of it there have to be: its language; of rows that extend its stratum.

    With a holdout, of which no stratum is known, it is the language in any case.
    """
    strata = scan.cached(row_strata)
    if scan.holdout is None and strata is not None:
        return strata, RARE_STRATUM_ROWS
    return scan.cached(row_languages), ROWS_TO_JUDGE_ALONE


def rows_left_out(scan: Scan, mask: Mask) -> HumanBaseline:
    """Each human row under the mask against all others."""
    index, (kind, least) = scan.index, row_kinds(scan)
    is_natural = scan.cached(repeats_are_natural)
    return HumanBaseline(
        index.repeated(mask)[mask], kind.filter(mask), OTHERS, index.times(mask), is_natural, least=least
    )


def repeats_are_natural(scan: Scan) -> bool:
    """Whether human rows of a table repeat as its columns make likely. Call through `scan.cached(repeats_are_natural)`."""
    return not scan.roles.texts and repeat_by_nature(scan.human.frame, scan.roles.content)


def held_out(digest: Hashes, is_human: Callable[[Hashes], Mask], language: pl.Series) -> HumanBaseline:
    """The distinct rows of a holdout against human rows. is_human: which contents these have."""
    first = _first_drawn(digest)
    return HumanBaseline(is_human(digest[first]), language[first], HOLDOUT, is_drawn=True)


def human_in_holdout(scan: Scan, counted: Mask) -> HumanBaseline:
    """The distinct human rows under the mask against the holdout's."""
    human = np.flatnonzero(scan.index.of(HUMAN_CODE) & counted)
    digest = scan.index.at("digest", human)
    first = _first_drawn(digest)
    return HumanBaseline(np.isin(digest[first], counted_holdout(scan)), no_language(len(first)), PEOPLE, is_drawn=True)


def _first_drawn(digest: Hashes) -> Ints:
    """Of each content a row, in the order in which contents come up where rows are drawn one by one.

    Rare contents come up later, so that of many rows fewer distinct ones are common than of few.
    """
    drawn = np.random.default_rng(0).permutation(len(digest))
    _, first = np.unique(digest[drawn], return_index=True)
    return drawn[np.sort(first)]


def content_baseline(scan: Scan, counted: Mask) -> HumanBaseline:
    """The holdout where there is one, else the human rows under the mask; contents are compared.

    Of a holdout with languages only the sample is taken, because the language of no other row is read.
    """
    index = scan.index
    human = index.of(HUMAN_CODE) & counted
    if scan.holdout is None:
        return rows_left_out(scan, human)
    is_human = partial(index.having, mask=human)
    digest, language = counted_holdout(scan), holdout_languages(scan)
    if language.null_count() == len(language):
        return held_out(digest, is_human, no_language(len(digest)))
    sampled = np.isin(scan.holdout.rows.digest, digest)
    return held_out(scan.holdout.rows.digest[sampled], is_human, language.filter(sampled))


def text_baseline(scan: Scan, matrix: NearMatrix, copied: Mask) -> HumanBaseline:
    """The same of texts that are compared by what is near them: distinct contents, none of which equals a human row.

    copied: per text of the matrix, whether it is like a human text other than itself. Word-for-word repeats are another
    check's: human rows listed twice by accident would excuse copies.
    """
    if scan.holdout is None:
        own = matrix.of(HUMAN_CODE)
        rows, (kind, least) = scan.index.positions(matrix.row_id[own]), row_kinds(scan)
        return HumanBaseline(copied[own], kind[rows], OTHERS, least=least)
    at = matrix.of(HOLDOUT_CODE)
    order = np.argsort(scan.holdout.rows.row_id)
    rows = order[np.searchsorted(scan.holdout.rows.row_id[order], matrix.row_id[at])]
    new = ~scan.index.having(scan.holdout.rows.digest[rows], scan.index.of(HUMAN_CODE))
    return HumanBaseline(copied[at][new], holdout_languages(scan)[rows[new]], HOLDOUT)


def counted_holdout(scan: Scan) -> Hashes:
    """The holdout's rows that are long enough to count, by content."""
    assert scan.holdout is not None  # noqa: S101  # callers have a holdout
    if not scan.roles.texts:
        return scan.holdout.digests
    digests: Hashes = scan.holdout.digests[scan.holdout.tokens >= TOKENS_AT_LEAST]
    return digests


def excess(hits: int, rows: int, baseline: BaselineShare, human: int, verb: str) -> Measured | Inconclusive:
    """The share of these rows that are copies, minus the baseline. verb: what copies do, for the message."""
    if not rows or not baseline.rows:
        reason = "no rows to compare: there are none, or they are texts under 20 tokens, which coincide by chance"
        return Inconclusive(reason, RowCounts(human, rows))
    share = baseline.share.value
    against = f", {_AGAINST[baseline.source].format(percent(share))}" if share else ""
    estimate = difference(clopper_pearson(hits, rows), baseline.share)
    measured = Measured(
        estimate,
        RowCounts(human, rows),
        baseline=Baseline(baseline.share.value),
        growth=Growth(shrinks="linear", limited_by=("synthetic", "human")),
        note=f"{hits:,} of {rows:,} ({percent(hits / rows)}) {verb}{against}",
        undecided=Severity.WARNING if estimate.low <= 0 else None,
        evidence={
            "copies": hits,
            "rows": rows,
            "baseline_copies": baseline.hits,
            "baseline_rows": baseline.rows,
            "baseline_source": baseline.source,
        },
    )
    if hits and estimate.low <= 0 and baseline.repeats > NATURAL_REPEAT_RATIO * baseline.rows:
        why = "some by accident" if baseline.are_accidents else "by chance or by accident"
        reason = (
            f"{baseline.repeats:,} of {baseline.rows:,} human rows repeat another, {why}, and without a "
            'holdout the baseline is unknown: declare holdout = "path", or remove the repeats'
        )
        return Inconclusive.in_spite_of(
            replace(measured, undecided=None) if baseline.are_accidents else measured, reason
        )
    return measured
