"""The languages and locales that checks are judged in: the one place that decides which of them are parts.

A language is judged for itself because a generator trained mostly on one of them fails in the others first, and the
largest hides it in every number over all rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE, Roles
from gates.data.scan.samples import Sampler, sample_size
from gates.metrics.base.full_columns import ColumnReader, columns, columns_of_all
from gates.metrics.base.measurement import Inconclusive, RowCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Rows, Scan

    Mask = npt.NDArray[np.bool_]

LANGUAGE, LOCALE = "language", "locale"
TRANSLATION = ("source_language", "target_language")
# With fewer rows a side, a distance between two human samples of one law is itself above the limits.
ROWS_TO_JUDGE_ALONE = 300
# A classifier takes 2 to 4 s a part, coverage and diversity up to 3 s: with ten parts the slowest check takes 40 s.
PARTS_AT_MOST = 10
# What less than one row in a hundred is tagged with is as often a wrong tag as a language that somebody counts on.
SHARE_AT_LEAST = 0.01
# A large dataset's sample holds few rows of a small language, so that each gets a sample of its own. Halves of 2,000 rows
# are the 1,000 a side that a classifier takes, and fix a distance to about .03, well inside the limits that block.
ROWS_DRAWN = 2000
NAMED_AT_MOST = 20
TAGS_LOOKED_AT = PARTS_AT_MOST + NAMED_AT_MOST


@dataclass(frozen=True)
class Language:
    """One language or locale; the masks are over the index's rows. word: its tag, of a translation both tags."""

    kind: Literal["language", "locale"]
    word: str
    human: Mask
    synthetic: Mask

    @property
    def name(self) -> str:
        """As it stands among other parts: `language=de`."""
        return f"{self.kind}={self.word}"

    @property
    def counts(self) -> tuple[int, int]:
        """Number of human and of synthetic rows, repeated ones too."""
        return int(self.human.sum()), int(self.synthetic.sum())

    def has_rows_of(self, other: Language) -> bool:
        """True where both have the same rows."""
        return np.array_equal(self.human, other.human) and np.array_equal(self.synthetic, other.synthetic)


@dataclass(frozen=True)
class Languages:
    """The languages that are parts, largest first.

    parts: of comparisons. human, synthetic: of counts over one origin; either: over both together. left_out: row counts of
    those that no comparison has as parts, by the reason why; beyond those that are named, numbers of tags and rows by kind,
    and of rows without a tag.
    """

    parts: tuple[Language, ...]
    human: tuple[Language, ...]
    synthetic: tuple[Language, ...]
    either: tuple[Language, ...]
    left_out: Mapping[str, Mapping[str, Mapping[str, int]]]

    def evidence(self, shown: Collection[str] = ()) -> dict[str, object]:
        """The languages without a result of their own; shown: names of those that a count has as parts all the same."""
        left = {
            reason: {name: counts for name, counts in table.items() if name not in shown}
            for reason, table in self.left_out.items()
        }
        return {reason: table for reason, table in left.items() if table}


def languages(scan: Scan) -> Languages:
    """Which languages and locales are parts of every check that has parts. Call through `scan.cached(languages)`.

    Of comparisons those that both origins have, of counts those that an origin counted over has; with 300 rows of each
    or a hundredth of the rows of one, the ten largest. A language that all rows are in is the whole, and a locale that means
    the same rows as a language is that language: neither is measured twice.
    """
    tags = scan.cached(language_tags)
    human, synthetic = (scan.index.of(code) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    tagged: list[Language] = []
    for kind in (LANGUAGE, LOCALE):
        for word, own in _masks(tags, kind):
            one = Language(kind, word, own & human, own & synthetic)  # type: ignore[arg-type]
            is_whole = one.counts == (int(human.sum()), int(synthetic.sum()))
            if not is_whole and not any(one.has_rows_of(other) for other in tagged):
                tagged.append(one)
    totals = int(human.sum()), int(synthetic.sum())
    shared = [one for one in tagged if min(one.counts)]
    parts = _largest(shared, min, totals)
    alone = [one for one in tagged if not min(one.counts)]
    apart = [one for one in shared if one not in parts]
    left_out = {
        "in_one_origin_only": _counted(alone),
        "languages_not_looked_at": _counted(apart),
        "languages_not_named": _unnamed(tags, [*alone[NAMED_AT_MOST:], *apart[NAMED_AT_MOST:]], human, synthetic),
        "languages_unsaid": _rows_without_tag(tags, human, synthetic),
    }
    return Languages(
        parts,
        _largest(tagged, lambda counts: counts[0], totals),
        _largest(tagged, lambda counts: counts[1], totals),
        _largest(tagged, sum, totals),
        {reason: table for reason, table in left_out.items() if table},
    )


def _largest(
    tagged: list[Language], size: Callable[[tuple[int, int]], int], totals: tuple[int, int]
) -> tuple[Language, ...]:
    """Those with rows enough to be counted on, by size."""
    own = [one for one in tagged if size(one.counts) and _is_counted_on(one.counts, size(one.counts), totals)]
    return tuple(sorted(own, key=lambda one: (-size(one.counts), -max(one.counts), one.name))[:PARTS_AT_MOST])


def accumulate_languages(inputs: PassInputs) -> list[ColumnReader]:
    """What languages and locales are read from in every row."""
    return columns((name for names in _columns(inputs.roles).values() for name in names), inputs)


def language_tags(scan: Scan) -> pl.DataFrame:
    """`language` and `locale` of every row of the index, as far as the data has them. Call through `scan.cached(language_tags)`.

    Tags are compared without case, `_` as `-` (BCP 47, RFC 5646, 2.1.1); blank ones are null. The language of a
    translation is the pair, because one target language reads differently from two sources.
    """
    wanted = _columns(scan.roles)
    if not wanted:
        return pl.DataFrame()
    return _tags(columns_of_all(scan, (name for names in wanted.values() for name in names)), wanted)


def row_languages(scan: Scan) -> pl.Series:
    """The language of what each row of the index says, or its locale where there is no language column; null where it has no tag.

    Of a content that rows tag differently it is the first tag in the alphabet, so that row order does not matter. Call
    through `scan.cached(row_languages)`.
    """
    tags = _first_tag(scan.cached(language_tags), len(scan.index))
    if tags.null_count() == len(tags):
        return tags
    tags = tags.cast(pl.String)
    repeated = np.flatnonzero(scan.index.repeated(np.ones(len(tags), dtype=bool)))
    return tags.scatter(repeated, _of_content(tags[repeated], scan.index.at("digest", repeated)))


def holdout_languages(scan: Scan) -> pl.Series:
    """The same of the holdout's sampled rows; empty where there is no holdout."""
    if scan.holdout is None:
        return no_language(0)
    tags = _tags(scan.holdout.rows.frame, _columns(scan.roles))
    return _of_content(_first_tag(tags, len(scan.holdout.rows)), scan.holdout.rows.digest)


def no_language(rows: int) -> pl.Series:
    """The language of rows that say none."""
    return pl.repeat(None, rows, dtype=pl.Null, eager=True)


def rows_of(scan: Scan, human: Mask, synthetic: Mask) -> tuple[Rows, Rows]:
    """At most 2,000 rows of each origin under these masks, drawn as the scan's samples are.

    Repeats count as they do in the whole: how many of a language's distinct rows are rare ones grows with its rows, so
    that distinct rows of a large and of a small table of one law would differ.
    """
    masks = (scan.human, human), (scan.synthetic, synthetic)
    if all(len(rows) == rows.total for rows, _ in masks):
        first, second = (_kept(rows, mask[scan.index.positions(rows.row_id)]) for rows, mask in masks)
        return first, second
    drawn = _sampler(scan).drawn({HUMAN_CODE: human, SYNTHETIC_CODE: synthetic}, ROWS_DRAWN)
    return drawn[HUMAN_CODE], drawn[SYNTHETIC_CODE]


def language_rows(scan: Scan) -> Iterator[Ints]:
    """Ids of the rows that `rows_of` draws for each language that is a part."""
    for one in scan.cached(languages).parts:
        yield from drawn_rows(scan, one.human, one.synthetic)


def drawn_rows(scan: Scan, human: Mask, synthetic: Mask) -> list[Ints]:
    """Ids of the rows that `rows_of` draws under these masks; none where the samples hold all rows."""
    countable = _sampler(scan).is_countable
    sides = (int((scan.index.of(code) & countable).sum()) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    if max(sides) <= sample_size(scan.roles):
        return []
    return _sampler(scan).row_ids({HUMAN_CODE: human, SYNTHETIC_CODE: synthetic}, ROWS_DRAWN)


def _sampler(scan: Scan) -> Sampler:
    return Sampler(scan, scan.roles, scan.index, scan.samples_are_distinct)


def too_few(n_human: int | None, n_synthetic: int | None) -> Inconclusive | None:
    """The result of a language with too few rows of an origin to be judged alone, None where there are enough.

    None as a count: the check does not look at this origin.
    """
    counts = {"human": n_human, "synthetic": n_synthetic}
    missing = {
        origin: ROWS_TO_JUDGE_ALONE - n for origin, n in counts.items() if n is not None and n < ROWS_TO_JUDGE_ALONE
    }
    if not missing:
        return None
    reason = " and ".join(f"{count:,} {origin} rows" for origin, count in missing.items()) + " missing"
    return Inconclusive(reason, RowCounts(n_human, n_synthetic), rows_needed=missing)


def too_few_together(n_human: int, n_synthetic: int) -> Inconclusive | None:
    """As `too_few`, of a count in which a row of either origin is as good as the other's."""
    missing = ROWS_TO_JUDGE_ALONE - n_human - n_synthetic
    return Inconclusive(f"{missing:,} rows missing", RowCounts(n_human, n_synthetic)) if missing > 0 else None


def _columns(roles: Roles) -> dict[str, tuple[str, ...]]:
    if set(TRANSLATION) <= set(roles.bound):
        return {LANGUAGE: TRANSLATION}
    return {role: (role,) for role in (LANGUAGE, LOCALE) if role in roles.bound}


def _tags(frame: pl.DataFrame, wanted: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    return frame.select(
        pl.concat_str([_tag(column) for column in columns], separator=">").alias(kind)
        for kind, columns in wanted.items()
        if set(columns) <= set(frame.columns)
    )


def _first_tag(tags: pl.DataFrame, rows: int) -> pl.Series:
    return tags.to_series(0) if tags.columns else no_language(rows)


def _of_content(tags: pl.Series, digest: Hashes) -> pl.Series:
    if tags.null_count() == len(tags):
        return tags
    tagged = pl.DataFrame({"tag": tags, "digest": digest})
    return tagged.select(pl.col("tag").cast(pl.String).min().over("digest"))["tag"]


def _tag(column: str) -> pl.Expr:
    words = pl.col(column).cast(pl.String).str.strip_chars().str.to_lowercase().str.replace_all("_", "-")
    return pl.when(words != "").then(words)


def _masks(tags: pl.DataFrame, kind: str) -> Iterator[tuple[str, Mask]]:
    """Each tag of a kind with its rows, the most frequent ones first; after thirty of them the rest is only counted."""
    if kind not in tags.columns:
        return
    for word in _by_frequency(tags, kind).head(TAGS_LOOKED_AT).to_list():
        yield word, (tags[kind] == word).fill_null(value=False).to_numpy()


def _unnamed(tags: pl.DataFrame, tagged: list[Language], human: Mask, synthetic: Mask) -> dict[str, Mapping[str, int]]:
    """Per kind, how many tags are nowhere named and how many rows of each origin have them.

    tagged: those among the thirty most frequent that are not named either.
    """
    table: dict[str, Mapping[str, int]] = {}
    for kind in tags.columns:
        frequent = _by_frequency(tags, kind)
        rare = tags[kind].is_in(frequent[TAGS_LOOKED_AT:].implode()).fill_null(value=False).to_numpy()
        own = [one for one in tagged if one.kind == kind]
        counts = {
            "tags": len(frequent[TAGS_LOOKED_AT:]) + len(own),
            "human": int((rare & human).sum()) + sum(one.counts[0] for one in own),
            "synthetic": int((rare & synthetic).sum()) + sum(one.counts[1] for one in own),
        }
        if counts["tags"]:
            table[kind] = counts
    return table


def _rows_without_tag(tags: pl.DataFrame, human: Mask, synthetic: Mask) -> dict[str, Mapping[str, int]]:
    """Per kind, how many rows of each origin have no tag: no part has them, and only the whole counts them."""
    masks = {kind: tags[kind].is_null().to_numpy() for kind in tags.columns}
    counts = {
        kind: {"human": int((blank & human).sum()), "synthetic": int((blank & synthetic).sum())}
        for kind, blank in masks.items()
    }
    return {kind: own for kind, own in counts.items() if any(own.values())}


def _by_frequency(tags: pl.DataFrame, kind: str) -> pl.Series:
    """The tags of a kind, the most frequent one first."""
    return tags[kind].drop_nulls().value_counts().sort(["count", kind], descending=[True, False])[kind]


def _is_counted_on(counts: tuple[int, int], size: int, totals: tuple[int, int]) -> bool:
    shares = (count / max(1, total) for count, total in zip(counts, totals, strict=True))
    return size >= ROWS_TO_JUDGE_ALONE or max(shares) >= SHARE_AT_LEAST


def _counted(some: Iterable[Language]) -> dict[str, Mapping[str, int]]:
    named = list(some)[:NAMED_AT_MOST]
    return {one.name: dict(zip(("human", "synthetic"), one.counts, strict=True)) for one in named}


def _kept(rows: Rows, mask: Mask) -> Rows:
    """The first of these rows under the mask; a sample is in random order."""
    return rows.where(mask & (np.cumsum(mask) <= ROWS_DRAWN))
