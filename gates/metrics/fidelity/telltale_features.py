"""Single features that tell the origin, strongest first: what to look at, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.stats.classifiers import Table, auc
from gates.metrics.stats.encoding import Coded, ColumnKind

if TYPE_CHECKING:
    from gates.data.arrays import Floats

# A word that fewer distinct rows carry is an accident of the sample.
ROWS_AT_LEAST = 10
# Enough to rank features; a ranking needs no more precision.
ROWS_AT_MOST = 2000


def telling_columns(human: Coded, synthetic: Coded) -> dict[str, float]:
    """Per column, the AUC that it alone gives, in [.5, 1]; a category by the likelihood ratio of its levels."""
    areas = {}
    labels = np.concatenate([np.zeros(len(human), dtype=np.int8), np.ones(len(synthetic), dtype=np.int8)])
    if not len(human) or not len(synthetic):
        return {}
    for feature in human.features:
        sides = human.codes[feature.name], synthetic.codes[feature.name]
        scores = np.concatenate(sides).astype(np.float64)
        if feature.kind is ColumnKind.CATEGORICAL:
            mine, theirs = (np.bincount(side, minlength=feature.size) / len(side) for side in sides)
            scores = (theirs - mine)[np.concatenate(sides)] / np.maximum(mine + theirs, 1e-12)[np.concatenate(sides)]
        area = auc(scores, labels)
        areas[feature.name] = max(area, 1 - area)
    return areas


def telling_in_model(model: Table, human: int, synthetic: int, seed: int) -> dict[str, float]:
    """Per column, the AUC that a model of all columns loses when the column is shuffled, in [0, .5].

    Finds what tells only together with other columns. Breiman, Machine Learning 45 (2001) 5-32, section 10.
    """
    from sklearn.inspection import permutation_importance

    size = min(human, synthetic, ROWS_AT_MOST)
    half = size // 2
    # Samples stand in the order of a hash, so that the first rows are random rows.
    train = np.concatenate([np.arange(half), human + np.arange(half)])
    tested = np.concatenate([np.arange(half, size), human + np.arange(half, size)])
    labels = (train >= human).astype(np.int8)
    fitted = model.fit(train, labels)
    lost = permutation_importance(
        fitted,
        model.values[tested],
        (tested >= human).astype(np.int8),
        scoring="roc_auc",
        n_repeats=2,
        random_state=seed % 2**32,
    )
    return {name: float(value) for name, value in zip(model.names, lost.importances_mean, strict=True)}


def telling_words(human: pl.Series, synthetic: pl.Series) -> dict[str, float]:
    """Per word in at least ten texts, the AUC that its presence gives, in [.5, 1]."""
    mine, theirs = (side.drop_nulls().head(ROWS_AT_MOST) for side in (human, synthetic))
    if mine.is_empty() or theirs.is_empty():
        return {}
    counts = _presence(mine).join(_presence(theirs), on="word", how="full", coalesce=True).fill_null(0)
    counts = counts.filter(pl.col("texts") + pl.col("texts_right") >= ROWS_AT_LEAST)
    shares: list[Floats] = [
        counts["texts"].to_numpy() / len(mine),
        counts["texts_right"].to_numpy() / len(theirs),
    ]
    area = 0.5 + np.abs(shares[1] - shares[0]) / 2
    return {f"the word '{word}'": float(value) for word, value in zip(counts["word"].to_list(), area, strict=True)}


def _presence(texts: pl.Series) -> pl.DataFrame:
    words = texts.str.to_lowercase().str.extract_all(r"\w+").list.unique()
    return (
        words.explode()
        .drop_nulls()
        .rename("word")
        .value_counts(name="texts")
        .with_columns(pl.col("texts").cast(pl.Int64))
    )
