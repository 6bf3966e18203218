"""The law of learning from human and synthetic rows together, fitted to curves of each alone.

Jain, Montanari & Sasoglu, Scaling laws for learning with real and surrogate data, NeurIPS 2024, arXiv 2402.04376, equation 4,
as an outline of it has it: the paper itself was not at hand, so that its constants are unchecked. Both ends agree with the
curves, and for rows of one law it gives them as many rows as there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

if TYPE_CHECKING:
    from gates.data.arrays import Floats

# From what models without a form of their own learn by (Sobolev classes, 2 s / (2 s + d)) to one over the rows, as models with
# one do; what a few points seem to fall by beyond these is their noise, and extrapolates wildly.
EXPONENTS = np.linspace(0.4, 1.0, 13)
# Shares of the weight that synthetic rows may have, to find the best one.
SHARES = np.linspace(0, 0.99, 100)


@dataclass(frozen=True)
class MixtureLaw:
    """Risks in mean loss: human rows alone give floor + human n^-exponent, synthetic ones floor + gap + synthetic m^-exponent.

    gap: what is lost by endless synthetic rows; 0 where they come from the law of the human ones.
    """

    floor: float
    human: float
    gap: float
    synthetic: float
    exponent: float

    def risk_of_human(self, n: float) -> float:
        """The expected loss after n human rows."""
        return float(self.floor + self.human * n**-self.exponent)

    def risk(self, n: float, m: float, share: float | Floats) -> Floats:
        """The expected loss after n human and m synthetic rows, these with a share of the weight in [0, 1]."""
        part = np.asarray(share, dtype=np.float64)
        spread = (
            part**2 * (self.synthetic * m**-self.exponent) ** (1 / self.exponent)
            + (1 - part) ** 2 * (self.human * n**-self.exponent) ** (1 / self.exponent)
        ) ** self.exponent
        risk: Floats = self.floor + spread + part**2 * self.gap
        return risk

    def best_share(self, n: float, m: float) -> float:
        """The share of the weight with which m synthetic rows beside n human ones are expected to lose least."""
        return float(SHARES[np.argmin(self.risk(n, m, SHARES))])

    def worth(self, n: float, m: float) -> float:
        """How many human rows more than n give what m synthetic ones beside them give; inf where no number does."""
        excess = float(self.risk(n, m, self.best_share(n, m))) - self.floor
        if excess <= 0:
            return float("inf")
        return float(max(0.0, (self.human / excess) ** (1 / self.exponent) - n))

    def is_no_match(self, n: float) -> bool:
        """Whether endless synthetic rows alone are worse than n human ones."""
        return bool(self.floor + self.gap > self.risk_of_human(n))


@dataclass(frozen=True)
class Curve:
    """Mean loss after so many rows of one kind. weights: of each point, the more the better it is measured."""

    rows: Floats
    risks: Floats
    weights: Floats


def fitted_law(human: Curve, synthetic: Curve) -> MixtureLaw:
    """The law with one floor and one exponent for both curves, by weighted least squares with no part below nought.

    One exponent for both, and the floor of the human rows below the synthetic ones: four or five points a curve leave no more to be told.
    """
    tried = [(_parts(float(exponent), human, synthetic), float(exponent)) for exponent in EXPONENTS]
    (parts, _), exponent = min(tried, key=lambda one: one[0][1])
    floor, mine, gap, made = (float(part) for part in parts)
    return MixtureLaw(floor, mine, gap, made, exponent)


def _parts(exponent: float, human: Curve, synthetic: Curve) -> tuple[Floats, float]:
    """Floor, fall of the human curve, gap and fall of the synthetic one, and by how much the points miss them."""
    risks = np.r_[human.risks, synthetic.risks]
    root = np.sqrt(np.r_[human.weights, synthetic.weights])
    is_made = np.repeat([0.0, 1.0], [len(human.rows), len(synthetic.rows)])
    fall = np.r_[human.rows, synthetic.rows] ** -exponent
    design = np.column_stack([np.ones(len(risks)), (1 - is_made) * fall, is_made, is_made * fall])
    parts, miss = nnls(design * root[:, None], risks * root)
    return parts, float(miss)
