"""Texts that give themselves away, and responses that answer another prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .planting import Defect, Rng, changed, chosen, put, text_column, with_synthetic

if TYPE_CHECKING:
    from .sample import Sample

# A phrase that only chat models say.
BOILERPLATE = "As an AI language model, I cannot share personal views. "
STOCK_OPENING = "To begin with it is worth noting that "


def stock_sentences(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Share of all sentences of synthetic texts that come from a stock of thirty."""
    column = text_column(sample)
    stock = [text.split(". ")[0].rstrip(".?!") for text in sample.spare[column].head(30)]

    def restock(text: str) -> str:
        parts = text.split(". ")
        return ". ".join(stock[int(rng.integers(30))] if rng.random() < dose else part for part in parts)

    return with_synthetic(
        sample, sample.synthetic.with_columns(pl.Series(column, [restock(one) for one in sample.synthetic[column]]))
    )


def _prefixed(prefix: str) -> Defect:
    def plant(sample: Sample, dose: float, rng: Rng) -> Sample:
        at = chosen(sample.synthetic.height, dose, rng)
        column = text_column(sample)
        return with_synthetic(
            sample, changed(sample.synthetic, at, column, lambda old: [prefix + text for text in old])
        )

    return plant


leading_space = _prefixed(" ")
boilerplate = _prefixed(BOILERPLATE)
stock_opening = _prefixed(STOCK_OPENING)
announced = _prefixed("Here is what was asked for. ")
misread = _prefixed("It\u00e2\u20ac\u2122s so. ")


def cut_off(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic texts (share of these) that end after two thirds."""
    at, column = chosen(sample.synthetic.height, dose, rng), text_column(sample)
    return with_synthetic(sample, changed(sample.synthetic, at, column, lambda old: [_cut(text) for text in old]))


def _cut(text: str) -> str:
    return text[: len(text) * 2 // 3].rstrip(" .!?\n")


def machine_among_people(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Human texts (share of these) that open as only chat models do."""
    at, column = chosen(sample.human.height, dose, rng), text_column(sample)
    return replace(sample, human=changed(sample.human, at, column, lambda old: [BOILERPLATE + text for text in old]))


def looping(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic texts that say their last twelve words over and over."""

    def loop(texts: pl.Series) -> list[str]:
        return [f"{text} " + " ".join(text.split(" ")[-12:] * 6) for text in texts]

    at = chosen(sample.synthetic.height, dose, rng)
    return with_synthetic(sample, changed(sample.synthetic, at, text_column(sample), loop))


def leaked(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows that hold a text of an evaluation set."""
    assert sample.evaluation is not None
    items = sample.evaluation.to_series(0)
    column = "prompt" if sample.type == "instruction" else "text"
    at = chosen(sample.synthetic.height, dose, rng)
    return with_synthetic(
        sample,
        changed(sample.synthetic, at, column, lambda old: items[rng.integers(len(items), size=len(old))].to_list()),
    )


def misaligned(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic responses that stand beside another row's prompt."""
    at = chosen(sample.synthetic.height, dose, rng)
    column = text_column(sample)
    return with_synthetic(
        sample, changed(sample.synthetic, at, column, lambda old: np.roll(np.array(old, dtype=object), 1).tolist())
    )


def exchanged(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows of which each of the two texts stands in the other's column."""
    at = chosen(sample.synthetic.height, dose, rng)
    names = ("source", "target") if "target" in sample.synthetic.columns else ("prompt", "response")
    swapped = (
        sample.synthetic[at].rename(dict(zip(names, reversed(names), strict=True))).select(sample.synthetic.columns)
    )
    return with_synthetic(sample, put(sample.synthetic, at, swapped))


def preferences_exchanged(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic pairs of which the rejected response stands where the chosen one belongs."""
    at = chosen(sample.synthetic.height, dose, rng)
    exchanged = sample.synthetic[at].with_columns(chosen="rejected", rejected="chosen")
    return with_synthetic(sample, put(sample.synthetic, at, exchanged))


def longer_chosen(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic pairs of which the longer response was taken for its length."""
    at = chosen(sample.synthetic.height, dose, rng)
    rows = sample.synthetic[at]
    longer = pl.col("chosen").str.len_chars() >= pl.col("rejected").str.len_chars()
    swapped = rows.with_columns(
        chosen=pl.when(longer).then("chosen").otherwise("rejected"),
        rejected=pl.when(longer).then("rejected").otherwise("chosen"),
    )
    return with_synthetic(sample, put(sample.synthetic, at, swapped))
