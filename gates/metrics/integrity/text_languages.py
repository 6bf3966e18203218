"""Languages that synthetic texts are in and human ones are not, where no column says which they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import ndtri

from gates.data.text.function_words import guessed_languages
from gates.metrics.base.languages import LANGUAGE, TRANSLATION
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import ratio_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.scan.result import Rows, Scan

# A thousand texts a side show a language that 6 % of them have, and half of short texts show none; fewer than sixty that do say nothing.
ROWS_READ, ROWS_AT_LEAST = 2000, 60
# A medium effect: h = 2 asin sqrt(synthetic) - 2 asin sqrt(human) of .5, 6 % where no human text is in the language, 21 %
# beside 5 % (Cohen, Statistical Power Analysis, 1988, ch. 6).
MEDIUM_EFFECT = 0.5
# One wrong accusation in a thousand columns, because one difference fails the dataset.
CONFIDENCE = 0.998
# Of answers in another language than what they answer five in a hundred more than people give, as of wrong tags.
ANSWERED_OTHERWISE_AT_LEAST = 0.05
# Who asks for a translation names it, or the language that the answer should be in.
TRANSLATES = (
    r"(?i)translat|übersetz|tradu[icz]|tłumacz|vertaal|översätt|oversæt|перев[её]д|перекла[дс]|翻译|翻譯|翻訳|訳し|번역|ترجم"
    r"|\b(?:english|german|french|spanish|italian|portuguese|dutch|russian|chinese|japanese|korean|arabic|latin|polish|turkish|hindi)\b"
    r"|\b(?:auf|en|in|em|på|по-) ?(?:deutsch|englisch|französisch|anglais|allemand|français|inglés|español|inglese|italiano|inglês|português|engels)\b"
)


def differences_in_languages(scan: Scan) -> Iterator[tuple[str, str]]:
    """Columns of texts in another language, each with a message.

    The language of a text is the one whose function words it has, or its script's; rows where none shows are left out.
    """
    is_tagged = {LANGUAGE, *TRANSLATION} & {*scan.roles.bound}
    texts = [name for name in scan.roles.texts if scan.human.frame.schema.get(name) == pl.String]
    if is_tagged or not texts or scan.declared.extends_human_law:
        return
    human, synthetic = (_guessed(scan, rows, texts[0]) for rows in (scan.human, scan.synthetic))
    yield from _more_in_a_language(texts[0], human, synthetic)
    if scan.roles.prompt in scan.human.frame.columns:
        yield from _answered_otherwise(texts[0], human, synthetic)


def _guessed(scan: Scan, rows: Rows, column: str) -> pl.DataFrame:
    """`text` and `prompt`: the languages of the rows of the sample that come first by content; null where none shows."""
    read = rows.frame[np.argsort(rows.digest)[:ROWS_READ]]
    guessed = read.select(text=guessed_languages(read[column]))
    if scan.roles.prompt not in read.columns:
        return guessed
    prompt = read[scan.roles.prompt].cast(pl.String).fill_null("")
    names = pl.when(prompt.str.contains(TRANSLATES)).then(None).otherwise(guessed_languages(prompt))
    return guessed.with_columns(prompt=names)


def _more_in_a_language(column: str, human: pl.DataFrame, synthetic: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """The language in which most of the texts are that synthetic rows have more of."""
    synthetic_names, human_names = (frame["text"].drop_nulls() for frame in (synthetic, human))
    if min(len(synthetic_names), len(human_names)) < ROWS_AT_LEAST:
        return
    counts = [frame.value_counts(name="rows") for frame in (synthetic_names, human_names)]
    both = counts[0].join(counts[1], on="text", how="left").fill_null(0)
    shares = both.select(own=pl.col("rows") / len(synthetic_names), human=pl.col("rows_right") / len(human_names))
    effect = shares.select((2 * pl.col("own").sqrt().arcsin()) - (2 * pl.col("human").sqrt().arcsin())).to_series()
    noise = float(ndtri(0.5 + CONFIDENCE / 2)) * np.sqrt(1 / len(synthetic_names) + 1 / len(human_names))
    more = (
        both.with_columns(shares).filter(effect - noise > MEDIUM_EFFECT).sort("own", "text", descending=[True, False])
    )
    for name, own, other in more.select("text", "own", "human").head(1).iter_rows():
        yield (
            column,
            f"column '{column}' is in {name} in {percent(own)} of synthetic texts and in {percent(other)} of human ones",
        )


def _answered_otherwise(column: str, human: pl.DataFrame, synthetic: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Whether synthetic texts are in another language than their prompts."""
    both = [frame.drop_nulls() for frame in (synthetic, human)]
    if min(frame.height for frame in both) < ROWS_AT_LEAST:
        return
    counts = [(int((frame["text"] != frame["prompt"]).sum()), frame.height) for frame in both]
    if ratio_difference(*counts[0], *counts[1], CONFIDENCE).low > ANSWERED_OTHERWISE_AT_LEAST:
        shares = [percent(hits / rows) for hits, rows in counts]
        yield (
            column,
            f"column '{column}' is in another language than its prompt in {shares[0]} of synthetic rows and in {shares[1]} of human ones",
        )
