"""Openings and endings that many synthetic texts share word for word and human texts do not: known from the data, not from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import ndtri

from gates.metrics.base.measurement import Baseline, Measured, Part, RowCounts
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import CONFIDENCE, ratio_difference

if TYPE_CHECKING:
    from gates.data.scan.result import Rows, Scan

PHRASE_WORDS = 5
# A text of fewer words is hardly more than its phrase, and short answers coincide.
WORDS_AT_LEAST = 10
# People have phrases too, which no list knows. From a medium effect on they count: h = 2 asin sqrt(synthetic) - 2 asin
# sqrt(human) of .5, 6 % where no human text begins so, 21 % beside 5 % (Cohen, Statistical Power Analysis, 1988, ch. 6).
MEDIUM_EFFECT = 0.5
SHOWN_AT_MOST = 5
_PLACES = {"at the start": pl.element().head(PHRASE_WORDS), "at the end": pl.element().tail(PHRASE_WORDS)}


def stock_phrases(scan: Scan) -> dict[str, Part]:
    """A part for each phrase that begins or ends synthetic texts oftener than human ones, with the share beyond these.

    The first or last five words of texts of ten words and more of the sample. The bounds are those of as many looks as there are
    distinct phrases (Bonferroni), since any of them might have been the one.
    """
    human, synthetic = (_words(scan, rows) for rows in (scan.human, scan.synthetic))
    if not len(human) or not len(synthetic):
        return {}
    parts: dict[str, Part] = {}
    for place in _PLACES:
        counts = _counted(synthetic, place).join(_counted(human, place), on="phrase", how="left").fill_null(0)
        looks = 2 * counts.height
        noise = float(ndtri(1 - (1 - CONFIDENCE) / 2 / looks)) * np.sqrt(1 / len(human) + 1 / len(synthetic))
        ours, theirs = (
            2 * (pl.col(name) / rows).sqrt().arcsin()
            for name, rows in (("texts", len(synthetic)), ("texts_right", len(human)))
        )
        stock = counts.filter(ours - theirs - noise > MEDIUM_EFFECT).sort("texts", "phrase", descending=[True, False])
        for phrase, hits, human_hits in stock.head(SHOWN_AT_MOST).iter_rows():
            parts[f'"{phrase}" {place}'] = Part(
                Measured(
                    ratio_difference(hits, len(synthetic), human_hits, len(human), 1 - (1 - CONFIDENCE) / looks),
                    RowCounts(len(human), len(synthetic)),
                    baseline=Baseline(human_hits / len(human)),
                    note=f"{percent(hits / len(synthetic))} of synthetic texts have it, {percent(human_hits / len(human))} of human ones",
                ),
                "phrase",
            )
    return parts


def _words(scan: Scan, rows: Rows) -> pl.Series:
    texts = rows.frame[scan.roles.texts[0]].cast(pl.String).drop_nulls().str.to_lowercase()
    words = texts.str.extract_all(r"[\p{L}\p{M}\p{N}]+")
    return words.filter(words.list.len() >= WORDS_AT_LEAST)


def _counted(words: pl.Series, place: str) -> pl.DataFrame:
    """How many texts have each phrase."""
    return words.list.eval(_PLACES[place]).list.join(" ").rename("phrase").value_counts(name="texts")
