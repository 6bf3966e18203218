"""Pairs of responses of which one was chosen, as a model learns from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from gates.advice.worth.examples import Examples, log_losses

if TYPE_CHECKING:
    import scipy.sparse as sp

    from gates.data.arrays import Floats, Ints

# On unit-long differences of words. With a weaker ridge 700 pairs of people lose more than 100 do, as a model is sure of
# what it has by heart, and rows chosen by a coin seem to gain, as they take the sureness from it (PandaLM, hh-rlhf).
_INVERSE_RIDGE = 0.1


@dataclass(frozen=True)
class Paired(Examples):
    """Pairs: the log loss of the response that was chosen, in [0, 6.91].

    more: pairs x features, of which the chosen response has more than the rejected one.
    Bradley & Terry, Biometrika 39 (1952) 324-345.
    """

    more: sp.csr_matrix
    metric = "log loss"
    guess = "a coin does"

    def subject(self, column: str) -> str:  # noqa: ARG002
        """`which response was chosen`."""
        return "which response was chosen"

    def losses_without_model(self, train: Ints, test: Ints) -> Floats:  # noqa: ARG002
        """By a coin."""
        return np.full(len(test), np.log(2))

    def _losses(self, train: Ints, weights: Floats, test: Ints) -> Floats:
        from sklearn.linear_model import LogisticRegression

        if len(train) < 2:  # noqa: PLR2004
            return self.losses_without_model(train, test)
        # Every other pair the other way round: without an intercept that changes nothing, and a classifier asks for two classes.
        way = np.where(np.arange(len(train)) % 2, 1.0, -1.0)
        model = LogisticRegression(C=_INVERSE_RIDGE, fit_intercept=False)
        model.fit(self.more[train].multiply(way[:, None]).tocsr(), way > 0, sample_weight=weights)
        return log_losses(expit(self.more[test] @ model.coef_.ravel()))
