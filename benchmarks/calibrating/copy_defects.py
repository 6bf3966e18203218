"""Rows that repeat another one, copies of people's rows, and rows that lie beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .planting import Rng, changed, chosen, deviation, put, text_column, with_synthetic

if TYPE_CHECKING:
    from .sample import Sample
    from .words import Ints


def repeated(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows that repeat another synthetic row."""
    return with_synthetic(sample, _repeating(sample.synthetic, dose, rng))


def repeated_people(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Human rows (share of these) that repeat another human row."""
    return replace(sample, human=_repeating(sample.human, dose, rng))


def _repeating(frame: pl.DataFrame, dose: float, rng: Rng) -> pl.DataFrame:
    at = chosen(frame.height, dose, rng)
    others = np.setdiff1d(np.arange(frame.height), at)
    sources = others if len(others) else at[:1]
    return put(frame, at, frame[rng.choice(sources, len(at))])


def nearly_repeated(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic texts that repeat another one but for a word in fifty."""
    at, column = chosen(sample.synthetic.height, dose, rng), text_column(sample)
    repeats = _retouched(sample.synthetic[column], at, rng)
    return with_synthetic(sample, changed(sample.synthetic, at, column, lambda _: repeats))


def nearly_repeated_people(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Human texts (share of these) that repeat another one but for a word in fifty."""
    at, column = chosen(sample.human.height, dose, rng), text_column(sample)
    repeats = _retouched(sample.human[column], at, rng)
    return replace(sample, human=changed(sample.human, at, column, lambda _: repeats))


def copied(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows that are copies of human rows."""
    at = chosen(sample.synthetic.height, dose, rng)
    return with_synthetic(
        sample, put(sample.synthetic, at, sample.human[rng.permutation(sample.human.height)[: len(at)]])
    )


def nearly_copied(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows that are human rows with another weight (table) or another word in fifty (texts)."""
    at = chosen(sample.synthetic.height, dose, rng)
    rows = sample.human[rng.permutation(sample.human.height)[: len(at)]]
    if sample.type == "tabular":
        return with_synthetic(sample, put(sample.synthetic, at, rows.with_columns(pl.col("fnlwgt") + 1)))
    column = text_column(sample)
    words = [_retouch(text, rng) for text in rows[column]]
    return with_synthetic(sample, put(sample.synthetic, at, rows.with_columns(pl.Series(column, words))))


def holding_spans(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic texts that hold 60 words in a row of a human text."""
    column = text_column(sample)
    long = [words for text in sample.human[column] if len(words := text.split()) >= 60]

    def hold(texts: pl.Series) -> list[str]:
        sources = rng.integers(len(long), size=len(texts))
        return [f"{text} {' '.join(long[source][:60])}" for text, source in zip(texts, sources, strict=True)]

    return with_synthetic(sample, changed(sample.synthetic, chosen(sample.synthetic.height, dose, rng), column, hold))


def around_people(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows that are human rows whose numbers are a twentieth of a standard deviation off."""
    at = chosen(sample.synthetic.height, dose, rng)
    rows = sample.human[rng.permutation(sample.human.height)[: len(at)]]
    numbers = ("age", "fnlwgt", "hours-per-week")
    noise = [
        (pl.col(name) + pl.Series(rng.normal(0, 0.05 * deviation(sample.human[name]), len(at)))).round().cast(pl.Int64)
        for name in numbers
    ]
    return with_synthetic(sample, put(sample.synthetic, at, rows.with_columns(noise)))


def _retouched(texts: pl.Series, at: Ints, rng: Rng) -> list[str]:
    others = np.setdiff1d(np.arange(len(texts)), at)
    return [_retouch(texts[int(place)], rng) for place in rng.choice(others if len(others) else at[:1], len(at))]


def _retouch(text: str, rng: Rng) -> str:
    words = text.split(" ")
    for place in rng.choice(len(words), max(1, len(words) // 50), replace=False):
        words[place] = f"changed{int(rng.integers(1000))}"
    return " ".join(words)
