"""Single features that tell the origin, strongest first: what to look at, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.comparison.classifiers import Table, auc
from gates.metrics.comparison.encoding import Coded, ColumnKind

if TYPE_CHECKING:
    from gates.data.arrays import Floats

# A word that fewer distinct rows carry is an accident of the sample.
ROWS_AT_LEAST = 10
# Enough to rank features; a ranking needs no more precision.
ROWS_AT_MOST = 2000
# Columns that are shuffled, those first that tell most by themselves: each costs a look at all rows tested.
SHUFFLED_AT_MOST = 50
SHUFFLES = 2


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


def telling_in_model(model: Table, human: Coded, synthetic: Coded, seed: int) -> dict[str, float]:
    """Per column, the AUC that a model of all columns loses when the column is shuffled, in [0, .5].

    Of wide tables the columns are shuffled that the model sees, those first that tell most by themselves.
    Finds what tells only together with other columns. Breiman, Machine Learning 45 (2001) 5-32, section 10.
    """
    alone = telling_columns(human, synthetic) if len(model.names) > SHUFFLED_AT_MOST else {}
    size = min(len(human), len(synthetic), ROWS_AT_MOST)
    half = size // 2
    # Samples stand in the order of a hash, so that the first rows are random rows.
    train = np.concatenate([np.arange(half), len(human) + np.arange(half)])
    tested = np.concatenate([np.arange(half, size), len(human) + np.arange(half, size)])
    fitted = model.fit(train, (train >= len(human)).astype(np.int8))
    names = sorted((model.names[at] for at in fitted.columns), key=lambda name: -alone.get(name, 0.0))
    places = {name: at for at, name in enumerate(model.names)}
    values, labels = model.values[tested], (tested >= len(human)).astype(np.int8)
    whole = auc(fitted.scores(values), labels)
    rng = np.random.default_rng(seed)
    lost = {}
    for name in names[:SHUFFLED_AT_MOST]:
        column = places[name]
        kept = values[:, column].copy()
        areas = []
        for _ in range(SHUFFLES):
            values[:, column] = rng.permutation(kept)
            areas.append(auc(fitted.scores(values), labels))
        values[:, column] = kept
        lost[name] = whole - float(np.mean(areas))
    return lost


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
