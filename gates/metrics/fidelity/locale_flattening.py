"""Whether locales of one language differ as much in synthetic texts as in human ones, or speak in one voice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import scipy.sparse as sp

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.data.text.hashing import hashed_counts, unit_rows
from gates.metrics.base.languages import (
    LANGUAGE,
    LOCALE,
    ROWS_TO_JUDGE_ALONE,
    drawn_rows,
    language_tags,
    rows_of,
    too_few,
)
from gates.metrics.base.measurement import Inconclusive, Measurement, NotConfigured, Part, RowCounts, with_details
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.base.text_samples import tokens_of
from gates.metrics.comparison.paired_draws import DRAW_COUNT, Draw, draws, percentile_ratio
from gates.metrics.limits.wording import percent
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gates.data.arrays import Floats, Hashes, Ints, Mask
    from gates.data.scan.result import Rows, Scan

# Ten locales make 45 pairs and take two seconds; smaller ones are named as not looked at. An even number, so that no
# language is left with one locale.
LOCALES_AT_MOST = 10
TEXTS_PER_DRAW = 1000
# 4,096 columns: on essays the ratio lies within .01 of that with 32,768, and sums over a draw stay small.
HASH_BITS = 12
EVIDENCE_PAIRS = 5


@dataclass(frozen=True)
class _Texts:
    """The texts of one locale and origin: words as vectors of length 1, and the group of each text."""

    words: sp.csr_matrix
    group: Hashes

    def cloud(self, rows: Ints) -> _Cloud:
        """Mean and inner spread of these texts."""
        words = self.words[rows]
        total = np.asarray(words.sum(axis=0), dtype=np.float64).ravel()
        _, code, sizes = np.unique(self.group[rows], return_inverse=True, return_counts=True)
        grouped = sp.csr_matrix((np.ones(len(rows)), (code, np.arange(len(rows)))), shape=(len(sizes), len(rows)))
        within_groups = float(((grouped @ words).data ** 2).sum())
        pairs = len(rows) ** 2 - int((sizes**2).sum())
        own = (float(total @ total) - within_groups) / pairs if pairs else float("nan")
        return _Cloud(total / len(rows), own)


@dataclass(frozen=True)
class _Cloud:
    """mean: of the vectors. own: mean product of two texts of different groups, which is the mean's squared length without bias."""

    mean: Floats
    own: float

    def squared_distance(self, other: _Cloud) -> float:
        """Unbiased squared maximum mean discrepancy with the linear kernel; below 0 by chance where there is none.

        Gretton et al., A Kernel Two-Sample Test, JMLR 13 (2012), lemma 6, without pairs of texts of one group.
        """
        return self.own + other.own - 2 * float(self.mean @ other.mean)


@dataclass(frozen=True)
class _Locale:
    """One locale with rows enough in both origins. draws: three clouds per draw: human, other human, synthetic."""

    language: str
    word: str
    counts: tuple[int, int]
    clouds: list[tuple[_Cloud, _Cloud, _Cloud]]

    def too_few_groups(self) -> tuple[str, ...]:
        """The origins of which some draw has texts of one group only, and no two to be compared."""
        if len(self.clouds) < DRAW_COUNT:
            return (f"human texts of {self.word}",)
        human, others, made = np.isfinite(np.array([[cloud.own for cloud in clouds] for clouds in self.clouds])).T
        sides = {"human": human & others, "synthetic": made}
        return tuple(f"{origin} texts of {self.word}" for origin, are_finite in sides.items() if not are_finite.all())


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Distance between the locales of a language among synthetic texts over that among human ones; 1 means kept, 0 one voice.

    The distance is the root of the mean squared discrepancy of hashed words over all pairs of locales of one language
    with 300 rows of both origins. A part per language.
    """
    if not scan.roles.texts:
        return NotConfigured("the dataset has no texts, in which locales could differ")
    if LOCALE not in scan.roles.bound:
        return NotConfigured("no locale column is configured", 'columns = { locale = "…" }')
    counts = scan.cached(_counts)
    several = counts.filter(pl.len().over(LANGUAGE) > 1)
    if several.is_empty():
        return NotConfigured("no language has rows of two locales: there is nothing between locales to keep")
    taken = _compared(counts)
    if taken.is_empty():
        return _too_few(several)
    by_language = defaultdict(list)
    for number, (language, word) in enumerate(taken.select(LANGUAGE, LOCALE).iter_rows()):
        by_language[language].append(_locale(scan, language, word, scan.seed + number))
    whole = _compare(by_language.values())
    left_out = counts.join(taken, on=[LANGUAGE, LOCALE], how="anti").select(LOCALE, "human", "synthetic")
    sizes = {word: {"human": human, "synthetic": made} for word, human, made in left_out.iter_rows()}
    own = sorted(by_language.items()) if len(by_language) > 1 else []
    parts = {f"{LANGUAGE}={language}": Part(_compare([locales]), "language") for language, locales in own}
    return with_details(whole, parts=parts, evidence={"locales_not_compared": sizes})


def locale_rows(scan: Scan) -> Iterator[Ints]:
    """Ids of the rows that `measure` draws for each locale that is compared."""
    if scan.roles.texts and LOCALE in scan.roles.bound:
        for language, word in _compared(scan.cached(_counts)).select(LANGUAGE, LOCALE).iter_rows():
            yield from drawn_rows(scan, *_masks(scan, language, word))


def _compared(counts: pl.DataFrame) -> pl.DataFrame:
    """The locales with rows enough whose language has another one, as many as are looked at."""
    enough = counts.filter(pl.min_horizontal("human", "synthetic") >= ROWS_TO_JUDGE_ALONE)
    return _taken(enough.filter(pl.len().over(LANGUAGE) > 1))


def _tagged(scan: Scan) -> pl.DataFrame:
    """Locale and language per row; without a declared language the tag's first part is it (en of en-gb)."""
    tags = scan.cached(language_tags)
    first = pl.col(LOCALE).str.split("-").list.first()
    language = pl.when(pl.col(LOCALE).str.contains("-")).then(first).otherwise(pl.lit("any"))
    declared = pl.coalesce(pl.col(LANGUAGE), language) if LANGUAGE in tags.columns else language
    return tags.select(LOCALE, declared.alias(LANGUAGE))


def _counts(scan: Scan) -> pl.DataFrame:
    """Rows by language and locale, those first that have most in both origins."""
    table = _tagged(scan).with_columns(pl.Series("origin", scan.index.origin)).drop_nulls(LOCALE)
    counted = table.group_by(LANGUAGE, LOCALE).agg(
        human=(pl.col("origin") == HUMAN_CODE).sum(), synthetic=(pl.col("origin") == SYNTHETIC_CODE).sum()
    )
    least = pl.min_horizontal("human", "synthetic")
    return counted.sort(least, LANGUAGE, LOCALE, descending=[True, False, False])


def _taken(together: pl.DataFrame) -> pl.DataFrame:
    """At most ten of these locales, in their order: the two largest of as many languages as have room, then the largest.

    Languages come in the order of their second locale, because a pair is known as well as its smaller one.
    """
    numbered = together.with_row_index("number")
    rank = pl.int_range(pl.len()).over(LANGUAGE)
    second = pl.col("number").gather(1).first().over(LANGUAGE)
    place = pl.when(rank < 2).then(second).otherwise(pl.col("number") + together.height)  # noqa: PLR2004  # a pair
    return numbered.sort(place, maintain_order=True).head(LOCALES_AT_MOST).sort("number").drop("number")


def _too_few(counts: pl.DataFrame) -> Measurement:
    """Undecided, with what the two largest locales of a language lack to be compared."""
    nearest = counts.filter(pl.col(LANGUAGE) == counts[LANGUAGE][0]).head(2)
    lacking = [(row[LOCALE], too_few(row["human"], row["synthetic"])) for row in nearest.iter_rows(named=True)]
    words = [f"{locale}: {few.reason}" for locale, few in lacking if few]
    reason = f"two locales of one language with {ROWS_TO_JUDGE_ALONE} rows of each origin can be compared; {'; '.join(words)}"
    n_human, n_synthetic = (int(nearest[origin].to_numpy().min()) for origin in ("human", "synthetic"))
    fewest = too_few(n_human, n_synthetic)
    return replace(fewest, reason=reason) if fewest else Inconclusive(reason, RowCounts(n_human, n_synthetic))


def _locale(scan: Scan, language: str, word: str, seed: int) -> _Locale:
    human, synthetic = rows_of(scan, *_masks(scan, language, word))
    human_texts, synthetic_texts = _texts(scan, human), _texts(scan, synthetic)

    def clouds(draw: Draw) -> tuple[_Cloud, _Cloud, _Cloud]:
        return human_texts.cloud(draw.human_a), human_texts.cloud(draw.human_b), synthetic_texts.cloud(draw.synthetic)

    drawn = draws(human, synthetic, seed, at_most=TEXTS_PER_DRAW)
    return _Locale(language, word, (len(human), len(synthetic)), [clouds(draw) for draw in drawn])


def _masks(scan: Scan, language: str, word: str) -> tuple[Mask, Mask]:
    """The human and the synthetic rows of a locale."""
    tags = _tagged(scan)
    own = ((tags[LANGUAGE] == language) & (tags[LOCALE] == word)).fill_null(value=False).to_numpy()
    return own & scan.index.of(HUMAN_CODE), own & scan.index.of(SYNTHETIC_CODE)


def _texts(scan: Scan, rows: Rows) -> _Texts:
    return _Texts(unit_rows(hashed_counts(tokens_of(scan, rows.row_id), HASH_BITS)), rows.group)


def _compare(languages: Iterable[list[_Locale]]) -> Measurement:
    """The ratio over all pairs of locales within each language."""
    pairs = [pair for locales in languages for pair in combinations(locales, 2)]
    compared = {locale.word: locale.counts for pair in pairs for locale in pair}
    rows = RowCounts(*(min(side) for side in zip(*compared.values(), strict=True)))
    grouped = sorted({reason for pair in pairs for locale in pair for reason in locale.too_few_groups()})
    if grouped:
        reason = f"the distance of locales is measured between texts of different groups; too few groups: {', '.join(grouped)}"
        # Rows there are enough: a generator that always says the same is one group.
        return Inconclusive(reason, rows, undecided=Severity.WARNING)
    apart = {f"{one.word} and {other.word}": _apart(one, other) for one, other in pairs}
    human, others, made = np.mean(list(apart.values()), axis=0).T
    evidence = {"most_flattened": _most_flattened(apart)}
    if min(human.min(), others.min()) <= 0:
        reason = "human texts of these locales differ in their words by no more than chance, so that nothing can be flattened"
        return Inconclusive(reason, rows, undecided=Severity.INFO, evidence=evidence)
    ratios = np.sqrt(np.maximum(made, 0) / human), np.sqrt(others / human)
    measured = percentile_ratio(*ratios, rows)
    name, first = next(iter(evidence["most_flattened"].items()))
    note = f"{name} lie {percent(first)} as far apart as human texts of the two do"
    return replace(measured, note=note, evidence=evidence)


def _apart(one: _Locale, other: _Locale) -> Floats:
    """Squared distances of two locales, a row per draw: human, other human, synthetic."""
    drawn = zip(one.clouds, other.clouds, strict=False)
    return np.array([[a.squared_distance(b) for a, b in zip(mine, theirs, strict=True)] for mine, theirs in drawn])


def _most_flattened(apart: Mapping[str, Floats]) -> dict[str, float]:
    """The ratio of the pairs that human texts tell apart, smallest first."""
    ratios = {}
    for name, squared in apart.items():
        human, made = np.median(squared[:, 0]), np.median(squared[:, 2])
        if human > 0:
            ratios[name] = float(np.sqrt(max(0.0, made) / human))
    return dict(sorted(ratios.items(), key=lambda item: (item[1], item[0]))[:EVIDENCE_PAIRS])


METRIC = Metric(
    expectation="expect_locale_distance_ratio_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Synthetic texts do not differ between locales as human texts do",
    asks="Do the locales of a language differ in synthetic texts as they do in human ones?",
    why=(
        "Generators write everybody's texts in one voice, mostly that of the locale they were trained on most: tags say four countries and "
        "the words say one. Every locale by itself may look human, and what is lost lies between them."
    ),
    source=(
        "Agarwal et al., AI Suggestions Homogenize Writing Toward Western Styles, CHI 2025; Padmakumar & He, Does Writing with "
        "Language Models Reduce Content Diversity?, ICLR 2024; Gretton et al., A Kernel Two-Sample Test, JMLR 13 (2012)"
    ),
    fix=(
        "Seed the generator with human texts of the locales that lie too close, locale by locale, and ask for their words rather than for a "
        "translation; keep human rows there until the ratio rises."
    ),
    languages_together="the languages and locales are compared with each other",
    reads="language and locale of every row, and 2,000 texts of each of ten locales and origin",
    rows=locale_rows,
)
