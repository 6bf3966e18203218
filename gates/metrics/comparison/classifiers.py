"""Small, deterministic models that try to tell two sets of rows apart.

scikit-learn is imported where a model is fitted: its import takes a second, and suites are read without any model.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import scipy.sparse as sp

from gates.data.text.hashing import hashed_counts, unit_rows
from gates.metrics.comparison.column_choice import chosen_columns, coarse_codes
from gates.metrics.comparison.encoding import Coded, ColumnKind
from gates.metrics.stats import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import SGDClassifier

    from gates.data.arrays import Floats, Ints, Labels, Mask
    from gates.data.text.tokens import TokenStream

    # The classes, and rows x classes of scores.
    ClassScores = tuple[Labels, Floats]
    # What a fitted model says of rows.
    Scorer = Callable[[Ints], ClassScores]

FOLDS = 3
# scikit-learn's histogram trees take at most 255 categories; rarer levels share one.
CATEGORIES_AT_MOST = 254
HASH_BITS = 15
# Of more than two classes every step grows a tree a class: fewer steps make as many trees in all.
STEPS, STEPS_AT_LEAST = 40, 10
# How trees grow, whatever they predict; small enough for a hundred fits in seconds.
GROWTH: dict[str, Any] = {"learning_rate": 0.15, "max_leaf_nodes": 15, "early_stopping": False, "random_state": 0}
# What a fit costs grows with the columns: of 600 rows, two hundred take a third of a second and four thousand twelve.
COLUMNS_A_FIT = 200


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, models are fitted on one thread: sums over several come out in another order from run to run.

    Fits this small are no slower for it, and where other work keeps the cores busy, threads that wait for each other at
    every split take fifty times as long.
    """
    # The limit reaches the libraries that are loaded, and no others.
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401

    with threads.one_thread():
        yield


@dataclass(frozen=True)
class FittedTable:
    """A model and the columns that it was given."""

    model: HistGradientBoostingClassifier
    columns: Ints

    def scores(self, values: Floats) -> Floats:
        """How much rows, with all columns of the table, look like the later of two classes."""
        scores: Floats = self.model.decision_function(values[:, self.columns])
        return scores


@dataclass(frozen=True)
class Table:
    """Rows as a model sees them: one matrix over the two sides, categories marked. ridge: on the leaves of trees."""

    values: Floats
    names: tuple[str, ...]
    categorical: Mask
    ridge: float = 0.0

    @property
    def is_wide(self) -> bool:
        """Whether a fit sees some of the columns only."""
        return len(self.names) > COLUMNS_A_FIT

    def class_scores(self, train: Ints, labels: Labels, rows: Ints, weights: Floats | None = None) -> ClassScores:
        """Scores of other rows for each class that the training rows have, of which there are two at least."""
        return self.scorer(train, labels, weights)(rows)

    def scorer(self, train: Ints, labels: Labels, weights: Floats | None = None) -> Scorer:
        """The class scores of any rows, from one fit."""
        fitted = self.fit(train, labels, weights)

        def scores(rows: Ints) -> ClassScores:
            chosen = self.values[np.ix_(rows, fitted.columns)]
            return fitted.model.classes_, np.asarray(fitted.model.predict_proba(chosen))

        return scores

    def fit(self, rows: npt.NDArray[np.intp], labels: Labels, weights: Floats | None = None) -> FittedTable:
        """Gradient-boosted trees, small enough for a hundred fits in seconds.

        Of a wide table they see those columns that tell the labels of these rows apart best by themselves, and as many
        that were drawn once, whatever they tell. No other row has a say in that: what is chosen on rows that are tested
        tells them apart by chance (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 7.10.2).
        """
        from sklearn.ensemble import HistGradientBoostingClassifier

        columns = self.columns_for(rows, labels)
        model = HistGradientBoostingClassifier(
            max_iter=max(STEPS_AT_LEAST, STEPS * 2 // len(np.unique(labels))),
            l2_regularization=self.ridge,
            categorical_features=self.categorical[columns],
            **GROWTH,
        )
        return FittedTable(model.fit(self.to_fit(rows, columns), labels, weights), columns)

    def columns_for(self, rows: Ints, labels: Labels) -> Ints:
        """The columns that a fit on these rows sees."""
        return chosen_columns(self._coarse[rows], labels, COLUMNS_A_FIT) if self.is_wide else self._all

    def to_fit(self, rows: Ints, columns: Ints) -> Floats:
        """These rows and columns as trees take them."""
        values: Floats = self.values[np.ix_(rows, columns)]
        # scikit-learn bins no column without a value, as the others of a sparse one may leave it; a constant splits nothing.
        values[:, np.isnan(values).all(axis=0)] = 0.0
        return values

    @property
    def _all(self) -> Ints:
        return np.arange(len(self.names))

    @cached_property
    def _coarse(self) -> npt.NDArray[np.int8]:
        """Once for all fits."""
        return coarse_codes(self.values, self.categorical)


@dataclass(frozen=True)
class Texts:
    """Texts as a model sees them: hashed words and word pairs beside interpretable features."""

    matrix: sp.csr_matrix

    def class_scores(self, train: Ints, labels: Labels, rows: Ints, weights: Floats | None = None) -> ClassScores:
        """Scores of other rows for each class that the training rows have, of which there are two at least."""
        return self.scorer(train, labels, weights)(rows)

    def scorer(self, train: Ints, labels: Labels, weights: Floats | None = None) -> Scorer:
        """The class scores of any rows, from one fit."""
        model = self.fit(train, labels, weights)

        def scores(rows: Ints) -> ClassScores:
            decided = np.asarray(model.decision_function(self.matrix[rows]))
            return model.classes_, decided if decided.ndim > 1 else np.column_stack([-decided, decided])

        return scores

    def fit(self, rows: npt.NDArray[np.intp], labels: Labels, weights: Floats | None = None) -> SGDClassifier:
        """Logistic regression by averaged stochastic gradient descent, one model a class against the others."""
        from sklearn.linear_model import SGDClassifier

        model = SGDClassifier(loss="log_loss", alpha=1e-4, max_iter=8, tol=None, average=True, random_state=0)
        return model.fit(self.matrix[rows], labels, sample_weight=weights)


def table_of(human: Coded, *others: Coded) -> Table:
    """All sides below each other, human rows first; its features are those of the human side."""
    columns = []
    sides = (human, *others)
    for feature in human.features:
        if feature.kind is ColumnKind.NUMERIC:
            columns.append(np.concatenate([side.frame[feature.name].to_numpy() for side in sides]))
            continue
        columns.append(_ranks(pl.concat([side.frame[feature.name] for side in sides])))
    names = tuple(feature.name for feature in human.features)
    categorical = np.array([feature.kind is ColumnKind.CATEGORICAL for feature in human.features])
    return Table(np.column_stack(columns), names, categorical)


def _ranks(levels: pl.Series) -> Floats:
    """Each level's place by how many rows of all sides have it; the rarer ones share the last.

    Levels that one side lacks are told apart like all others: under one code they would give away the other side, however
    rare each of them is.
    """
    counts = levels.value_counts(name="rows").sort(["rows", levels.name], descending=[True, False], nulls_last=True)
    ranked = counts.with_columns(rank=pl.int_range(pl.len()).clip(0, CATEGORIES_AT_MOST).cast(pl.Float64))
    ranks: Floats = (
        levels.to_frame()
        .join(ranked, on=levels.name, how="left", nulls_equal=True, maintain_order="left")["rank"]
        .to_numpy()
    )
    return ranks


def texts_of(stream: TokenStream, *sides: Coded) -> Texts:
    """Hashed uni- and bigrams (lower case, L2 norm) and standardised features; the tokens are those of the sides in order."""
    from sklearn.preprocessing import StandardScaler

    hashed = unit_rows(hashed_counts(stream, HASH_BITS, (1, 2)))
    values = np.concatenate([side.frame.select(_numeric(side)).to_numpy() for side in sides])
    # A tenth of a standard deviation a unit: the features inform the model and do not drown the words.
    scaled = np.clip(np.nan_to_num(StandardScaler().fit_transform(values)), -5, 5) * 0.1
    return Texts(sp.hstack([hashed, sp.csr_matrix(scaled)], format="csr"))


def auc(scores: Floats, labels: Labels) -> float:
    """Probability that a row labelled 1 scores higher than one labelled 0, ties counting half.

    Mann & Whitney, Annals of Mathematical Statistics 18 (1947) 50-60.
    """
    from scipy.stats import rankdata

    ones = int(labels.sum())
    zeros = len(labels) - ones
    ranks = rankdata(scores)
    return float((ranks[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def _numeric(side: Coded) -> list[str]:
    return [feature.name for feature in side.features if feature.kind is ColumnKind.NUMERIC]
