"""Interpretable numbers per text, for comparing distributions and for naming what distinguishes two origins."""

from __future__ import annotations

import polars as pl

# Type-token ratio falls with length; on a fixed number of tokens it does not.
VARIETY_TOKENS = 100


def text_features(texts: pl.Series) -> pl.DataFrame:
    """One row per text, one float64 column per feature; null and empty texts have 0 words and NaN where a feature is undefined.

    Shares are of characters, in [0, 1]; `length in words` counts runs of non-space characters.
    """
    frame = pl.DataFrame({"text": texts.cast(pl.String).fill_null("")})
    text = pl.col("text")
    characters = text.str.len_chars().cast(pl.Float64)
    words = text.str.count_matches(r"\S+").cast(pl.Float64)
    # A text of line breaks alone has infinitely many of them per word.
    per_word = pl.when(words > 0).then(words).otherwise(float("nan"))
    # A text without a final stop is one sentence.
    sentences = text.str.count_matches(r"[.!?\u3002\uFF01\uFF1F](?:\s|$)").clip(lower_bound=1)
    letters = text.str.count_matches(r"\p{L}").cast(pl.Float64)
    first = text.str.to_lowercase().str.extract_all(r"[\p{L}\p{N}_]+").list.head(VARIETY_TOKENS)
    return frame.select(
        words.alias("length in words"),
        characters.alias("length in characters"),
        (text.str.count_matches(r"\S") / words).alias("mean word length"),
        (words / sentences).alias("mean sentence length in words"),
        (text.str.count_matches("\n").cast(pl.Float64) / per_word).alias("line breaks per word"),
        (text.str.count_matches(r"\p{Lu}") / letters).alias("upper-case share of letters"),
        (text.str.count_matches(r"\p{N}") / characters).alias("digit share"),
        (text.str.count_matches(r"\p{P}") / characters).alias("punctuation share"),
        (text.str.count_matches(",") / words).alias("commas per word"),
        (text.str.count_matches(r"[!?]") / words).alias("question and exclamation marks per word"),
        (text.str.count_matches(r"\p{S}") / characters).alias("symbol share"),
        (text.str.count_matches(r"[^\x00-\x7F]") / characters).alias("non-ASCII share"),
        (first.list.n_unique() / first.list.len()).alias(f"distinct share of the first {VARIETY_TOKENS} tokens"),
    )
