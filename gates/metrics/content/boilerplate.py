"""Whether synthetic texts carry what chat models say about themselves instead of content, or begin and end in one phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import ndtri

from gates.data.text.marks.markers import BOILERPLATE, STOCK_PHRASES
from gates.metrics.base.measurement import Baseline, Measured, Measurement, Part, RowCounts, with_details
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.content.marker_ratio import excess_of_marks
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import CONFIDENCE, ratio_difference

if TYPE_CHECKING:
    from gates.data.scan.result import Rows, Scan
    from gates.verdict import Scope

PHRASE_WORDS = 5
# A text of fewer words is hardly more than its phrase, and short answers coincide.
WORDS_AT_LEAST = 10
# People have phrases too, which no list knows. From a medium effect on they count: h = 2 asin sqrt(synthetic) - 2 asin
# sqrt(human) of .5, 6 % where no human text begins so, 21 % beside 5 % (Cohen, Statistical Power Analysis, 1988, ch. 6).
MEDIUM_EFFECT = 0.5
SHOWN_AT_MOST = 5
_PLACES = {"at the start": pl.element().head(PHRASE_WORDS), "at the end": pl.element().tail(PHRASE_WORDS)}


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of distinct synthetic texts with a refusal, self-reference or stock phrase, minus the human share.

    Beside it a part for each opening or ending that many synthetic texts share and human ones do not.
    """
    whole = excess_of_marks(scan, BOILERPLATE, STOCK_PHRASES)
    return with_details(whole, parts=stock_phrases(scan)) if scan.roles.texts else whole


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


METRIC = Metric(
    expectation="expect_boilerplate_ratio_to_be_less_than",
    measure=measure,
    side=Side.MAX,
    finding="Synthetic texts refuse, or speak as a chatbot",
    unit=Unit.EXTRA_SHARE,
    asks="Do synthetic texts refuse, speak as a language model, or open like a chat?",
    why=(
        "A refusal in the data teaches the model to refuse, and a chat preamble becomes part of every answer. The phrases "
        "are ones that people hardly write; their share among human rows is subtracted. Announcements (`Here is ...`), "
        "offers of help and declining it as people do (`Sorry, I can't help you`) count where their share differs from the human one by more than a small effect, and so do the same five words at the start or end of many texts, "
        "from a medium effect on."
    ),
    source=(
        "Share of distinct rows, Newcombe's hybrid score interval for a difference (1998, method 10); small effects: Cohen, Statistical "
        "Power Analysis, 1988, ch. 6 (h = .2)"
    ),
    fix="Drop or regenerate these rows, and keep the model's answer without its preamble.",
    cached="marks",
)
