"""Rows as a model learns from them, and what a model that learned from some of them loses on others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import expit

from gates.metrics.comparison.classifiers import Table, Texts

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints, Labels
    from gates.metrics.comparison.classifiers import ClassScores

# No row costs more than -log of this: one row that a model is sure of and wrong about decides no comparison.
LEAST_PROBABILITY = 0.001
# A category that fewer rows have is one of the rest: a coefficient of its own would be its rows' noise.
ROWS_OF_A_CATEGORY = 5
# Leaves are counted in rows and not in weight, so that rows that weigh little would leave a human row a leaf of its own. So
# much weighs against that as twenty human rows do that a model is unsure of, the smallest leaf where all weigh one.
RIDGE = 5.0
# Trees split a number at one of so many places: enough for tables, and a third of the time that 255 take.
PLACES = 64
# As scikit-learn converges on standardised columns of census data, five times over.
ITERATIONS = 200


class Learner(StrEnum):
    """What learns. words: logistic regression on hashed words, the only one for texts."""

    BOOSTING = "boosting"
    LOGISTIC = "logistic"
    WORDS = "words"


@dataclass(frozen=True)
class Linear:
    """A table as a linear model sees it: standardised numbers with a mark where they are missing, a column a category."""

    matrix: Floats

    def class_scores(self, train: Ints, labels: Labels, rows: Ints, weights: Floats | None = None) -> ClassScores:
        """Probabilities of other rows for each class that the training rows have, of which there are two at least."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(max_iter=ITERATIONS).fit(self.matrix[train], labels, sample_weight=weights)
        return model.classes_, np.asarray(model.predict_proba(self.matrix[rows]))


@dataclass(frozen=True)
class Examples(ABC):
    """All rows below each other. unit: rows of one group or of nearly the same text, which are never trained on and tested on.

    metric: what a loss is. guess: what predicts without a model.
    """

    model: Table | Linear | Texts
    unit: Ints
    metric: ClassVar[str]
    guess: ClassVar[str]

    def losses(self, train: Ints, weights: Floats, test: Ints) -> Floats:
        """What a model of the training rows under these weights, 0 leaving a row out, loses on each test row."""
        is_used = weights > 0
        return self._losses(train[is_used], weights[is_used], test)

    @abstractmethod
    def losses_without_model(self, train: Ints, test: Ints) -> Floats:
        """What is lost on each test row by who knows the training rows' labels and nothing that rows say."""

    @abstractmethod
    def subject(self, column: str) -> str:
        """What is learned, as a phrase."""

    @abstractmethod
    def _losses(self, train: Ints, weights: Floats, test: Ints) -> Floats: ...


@dataclass(frozen=True)
class Labelled(Examples):
    """Rows of classes: the log loss, in [0, 6.91]."""

    labels: Labels
    class_count: int
    metric = "log loss"
    guess = "how often each label occurs"

    def subject(self, column: str) -> str:
        """`the label 'income'`."""
        return f"the label '{column}'"

    def losses_without_model(self, train: Ints, test: Ints) -> Floats:
        """By the share of each class."""
        return self._of_shares(train, np.ones(len(train)))[self.labels[test]]

    def _losses(self, train: Ints, weights: Floats, test: Ints) -> Floats:
        """Of one class alone, or none, nothing is learned but the share of each class."""
        labels = self.labels[train]
        present = np.unique(labels)
        if len(present) < 2:  # noqa: PLR2004
            return self._of_shares(train, weights)[self.labels[test]]
        probability = np.zeros((len(test), self.class_count))
        columns, scores = self.model.class_scores(train, labels, test, weights)
        probability[:, columns] = _shares(scores) if isinstance(self.model, Texts) else scores
        return log_losses(probability[np.arange(len(test)), self.labels[test]])

    def _of_shares(self, rows: Ints, weights: Floats) -> Floats:
        """The loss of each class; each counts once more than it is there, so that one that only tested rows have costs no infinity."""
        times = np.bincount(self.labels[rows], weights, minlength=self.class_count) + 1
        return log_losses(times / times.sum())


def log_losses(probability: Floats) -> Floats:
    """Of what came true."""
    losses: Floats = -np.log(np.maximum(probability, LEAST_PROBABILITY))
    return losses


def trees_of(table: Table) -> Table:
    """The same table for trees that rows of small weight do not lead astray."""
    values = table.values.copy()
    for at in np.flatnonzero(~table.categorical):
        values[:, at] = _coarse(values[:, at])
    return replace(table, values=values, ridge=RIDGE)


def linear_of(table: Table) -> Linear:
    """The same table for a linear model."""
    columns = [
        column
        for values, is_category in zip(table.values.T, table.categorical, strict=True)
        for column in (_indicators(values) if is_category else _standardised(values))
    ]
    return Linear(np.column_stack(columns))


def _coarse(values: Floats) -> Floats:
    """Numbers of many values as the middle of the quantiles that they lie between."""
    present = values[~np.isnan(values)]
    if len(np.unique(present)) <= PLACES:
        return values
    edges = np.unique(np.quantile(present, np.linspace(0, 1, PLACES + 1)))
    middles = (edges[1:] + edges[:-1]) / 2
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(middles) - 1)
    coarse: Floats = np.where(np.isnan(values), np.nan, middles[place])
    return coarse


def _standardised(values: Floats) -> list[Floats]:
    missing = np.isnan(values)
    present = values[~missing]
    spread = float(present.std()) or 1.0
    scaled = np.where(missing, 0.0, (values - (present.mean() if len(present) else 0.0)) / spread)
    # A value far out would steer the whole model, as trees are not steered.
    clipped: Floats = np.clip(scaled, -5, 5)
    return [clipped, missing.astype(np.float64)] if missing.any() else [clipped]


def _indicators(codes: Floats) -> list[Floats]:
    values, times = np.unique(codes, return_counts=True)
    return [(codes == value).astype(np.float64) for value in values[times >= ROWS_OF_A_CATEGORY]]


def _shares(scores: Floats) -> Floats:
    """Probabilities of classes of which each was learned against all others."""
    odds = expit(scores)
    shares: Floats = odds / np.maximum(odds.sum(axis=1, keepdims=True), LEAST_PROBABILITY)
    return shares
