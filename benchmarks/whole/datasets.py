"""The rows that are judged: a table whose columns depend on each other, and texts of words as frequent as in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.gating import Dataset
from benchmarks.text import documents

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS, CATEGORIES, LEVELS, FACTORS = 8, 7, 6, 4
WORDS, EVALUATION_TEXTS = 180, 2000
PEERS = ("human", "synthetic")


def rows_of_table(count: int, rng: np.random.Generator, loadings: np.ndarray) -> pl.DataFrame:
    """Numbers and categories that follow from four hidden factors and noise."""
    hidden = rng.normal(size=(count, FACTORS)) @ loadings + rng.normal(size=(count, NUMBERS + CATEGORIES)) * 0.7
    numbers = {f"number_{at}": np.round(np.exp(hidden[:, at] / 2), 3) for at in range(NUMBERS)}
    edges = np.quantile(hidden[:, NUMBERS:], np.arange(1, LEVELS) / LEVELS)
    codes = np.digitize(hidden[:, NUMBERS:], edges)
    categories = {f"category_{at}": np.array(list("abcdef"))[codes[:, at]] for at in range(CATEGORIES)}
    return pl.DataFrame({**numbers, **categories})


def write_table(root: Path, count: int) -> None:
    """15 columns of two draws of one law, and a holdout a fifth as large."""
    rng = np.random.default_rng(1)
    loadings = rng.normal(size=(FACTORS, NUMBERS + CATEGORIES))
    human, synthetic, holdout = (rows_of_table(size, rng, loadings) for size in (count, count, count // 5))
    _write(root, Dataset("tabular", human, synthetic, 'label = "category_0"', holdout=holdout))


def write_texts(root: Path, count: int) -> None:
    """Texts of 180 words, one in fifty of which nearly repeats another, and 2,000 evaluation texts."""
    texts = documents(2 * count, WORDS).texts
    human, synthetic = (pl.DataFrame({"text": texts[at::2]}) for at in (0, 1))
    evaluation = pl.DataFrame({"text": documents(EVALUATION_TEXTS, WORDS, 2).texts})
    _write(root, Dataset("text", human, synthetic, evaluation=evaluation))


def _write(root: Path, dataset: Dataset) -> None:
    """A project of gates, and the two tables as the peers read them."""
    root.mkdir(parents=True)
    dataset.write(root)
    for name, frame in zip(PEERS, (dataset.human, dataset.synthetic), strict=True):
        frame.write_parquet(root / f"{name}.parquet")
