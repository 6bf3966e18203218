"""Texts: sound rows, and what breaks each row rule."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.contract.data_types.broken_cells import of_taught_text, of_text
from tests.contract.laws import LABELS, ROWS, labels, sentence, word, words

# A sixth of the texts are remarks too short to count as copies.
MANY = 3800


def rows(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Of six texts one is a short remark, which people make again and again, and label alike."""
    count = MANY if count == ROWS else count
    remark = np.where(rng.random(count) < 1 / 6, rng.integers(0, 300, count), -1)
    texts = [
        sentence(parts) if number < 0 else f"{word(number).capitalize()} {word(number + 300)} {word(number + 600)}."
        for parts, number in zip(words(rng, count, 28), remark.tolist(), strict=True)
    ]
    grades = np.array(labels(rng, count))
    grades[remark >= 0] = np.array(LABELS)[remark[remark >= 0] % 10 // 4]
    return pl.DataFrame({"text": texts, "label": grades})


RULES = {**of_text("text"), **of_taught_text("text")}
