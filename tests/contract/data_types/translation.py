"""Translations: sound rows, and what breaks each row rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.contract.data_types.broken_cells import WORDS, of_text, of_type, saying_the_same, with_cell
from tests.contract.laws import domains, labels, sentence, word, words

if TYPE_CHECKING:
    import numpy as np

    from tests.contract.sound_datasets import Dataset


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    sources = words(rng, count, 22)
    names = [f"{word(int(number)).capitalize()} {int(year)}" for number, year in rng.integers(100, 1700, (count, 2))]
    return pl.DataFrame({
        "source": [f"{sentence(parts)[:-1]} {name}." for parts, name in zip(sources, names, strict=True)],
        "target": [f"{sentence([f'{part}en' for part in parts])[:-1]} {name}."
                   for parts, name in zip(sources, names, strict=True)],
        "source_language": ["en"] * count,
        "target_language": ["de"] * count,
        "domain": domains(rng, count),
        "label": labels(rng, count),
    })  # fmt: skip


def without_a_placeholder(dataset: Dataset) -> Dataset:
    """A source has one that its translation lacks."""
    return with_cell("source", "Delete {name} and what belongs to it")(dataset)


RULES = {
    **of_text("source"),
    **of_text("target"),
    "target/differs-from-source": saying_the_same("target", "source"),
    "target/length-ratio": with_cell("target", "so " * 1000),
    "target/keeps-numbers": with_cell("target", WORDS),
    "target/keeps-placeholders": without_a_placeholder,
    "source_language/bcp-47": with_cell("source_language", "english"),
    "source_language/not-blank": with_cell("source_language", " "),
    "source_language/type": of_type("source_language", pl.Int64),
    "target_language/bcp-47": with_cell("target_language", "german"),
    "target_language/not-blank": with_cell("target_language", " "),
    "target_language/type": of_type("target_language", pl.Int64),
    "target_language/differs-from-source-language": saying_the_same("target_language", "source_language"),
}
