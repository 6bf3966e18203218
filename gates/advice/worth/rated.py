"""Rows with a number, such as how good they were judged, as a model learns from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gates.advice.worth.examples import RIDGE, Examples
from gates.metrics.comparison.classifiers import GROWTH, STEPS, Table, Texts

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints

# Squared errors have a curvature of one a row, log losses of a quarter at most: this counts as many rows as it does there.
_RIDGE = 4 * RIDGE
# Quarters of the numbers, by which a wide table's columns are chosen.
_QUARTERS = (0.25, 0.5, 0.75)
# On words and columns of about unit size: one row's worth a coefficient.
_LINEAR_RIDGE = 1.0


@dataclass(frozen=True)
class Rated(Examples):
    """Rows of numbers: the squared error of their rank among human rows, as a multiple of its variance there, in [0, some 12].

    ranks: in [0, 1], so that neither the unit of a number nor a few far ones decide. Rows from `human` positions set the scale.
    """

    ranks: Floats
    human: Ints
    metric = "squared error"
    guess = "their mean"

    def subject(self, column: str) -> str:
        """`the rank of 'score' among human rows`."""
        return f"the rank of '{column}' among human rows"

    def losses_without_model(self, train: Ints, test: Ints) -> Floats:
        """By the mean."""
        return self._errors(np.full(len(test), self.ranks[train].mean()), test)

    def _losses(self, train: Ints, weights: Floats, test: Ints) -> Floats:
        return self._errors(self._predicted(train, weights, test), test)

    def _errors(self, predicted: Floats, test: Ints) -> Floats:
        errors: Floats = (np.clip(predicted, 0, 1) - self.ranks[test]) ** 2 / self._variance
        return errors

    @cached_property
    def _variance(self) -> float:
        return float(self.ranks[self.human].var())

    def _predicted(self, train: Ints, weights: Floats, test: Ints) -> Floats:
        from sklearn.ensemble import HistGradientBoostingRegressor
        from sklearn.linear_model import Ridge

        ranks = self.ranks[train]
        if not isinstance(self.model, Table):
            matrix = self.model.matrix
            solver = "lsqr" if isinstance(self.model, Texts) else "cholesky"
            line = Ridge(_LINEAR_RIDGE, solver=solver).fit(matrix[train], ranks, sample_weight=weights)
            return np.asarray(line.predict(matrix[test]))
        quarter = np.searchsorted(np.quantile(ranks, _QUARTERS), ranks).astype(np.int8)
        columns = self.model.columns_for(train, quarter)
        trees = HistGradientBoostingRegressor(
            max_iter=STEPS, l2_regularization=_RIDGE, categorical_features=self.model.categorical[columns], **GROWTH
        )
        trees.fit(self.model.to_fit(train, columns), ranks, weights)
        return np.asarray(trees.predict(self.model.values[np.ix_(test, columns)]))


def ranks_among(numbers: Floats, human: Floats) -> Floats:
    """The place of each number among those of human rows, in [0, 1]; equal ones share the middle of theirs."""
    ordered = np.sort(human)
    below, up_to = (np.searchsorted(ordered, numbers, side=side) for side in ("left", "right"))
    ranks: Floats = (below + up_to) / (2 * len(ordered))
    return ranks
