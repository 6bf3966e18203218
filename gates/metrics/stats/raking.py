"""Weights with which a sample has the declared share of every level of every dimension, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.errors import MetricError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.arrays import Floats, Ints

# Shares are declared to three places at best; a tenth of that is as good as exact.
TOLERANCE = 1e-4
# Consistent margins converge within tens of rounds; where a thousand do not suffice, the margins contradict the sample.
ROUNDS_AT_MOST = 1000


@dataclass(frozen=True)
class Margin:
    """The declared shares of one dimension, and the level of each kind of row.

    shares: by level, sum 1. level: by kind of row, position of its level in `shares`. names: of the levels.
    """

    dimension: str
    shares: Floats
    level: Ints
    names: Sequence[str]


class UnreachableError(MetricError):
    """No weights give the sample the declared shares; the message says why."""


def rake(times: Floats, margins: Sequence[Margin]) -> Floats:
    """The weight of one row of each kind, mean 1 over all rows: iterative proportional fitting.

    times: how many rows there are of each kind. Raises UnreachableError where a level with a declared share has no row, or
    where the dimensions contradict each other on these rows.
    Deming & Stephan, Annals of Mathematical Statistics 11 (1940) 427-444.
    """
    total = times.sum()
    for margin in margins:
        _refuse_empty_levels(times, margin)
    weighted = times.astype(np.float64)
    for _ in range(ROUNDS_AT_MOST):
        for margin in margins:
            present = _present(weighted, margin)
            factor = np.divide(margin.shares * total, present, out=np.zeros_like(present), where=present > 0)
            weighted = weighted * factor[margin.level]
        if all(np.abs(_present(weighted, margin) / total - margin.shares).max() < TOLERANCE for margin in margins):
            return np.divide(weighted, times, out=np.zeros_like(weighted), where=times > 0)
    dimensions = " and ".join(f"'{margin.dimension}'" for margin in margins)
    raise UnreachableError(
        f"no weights give the shares of {dimensions} together: rows of some combinations are missing"
    )


def design_effect(times: Floats, weights: Floats) -> float:
    """By how many times weighting widens the variance of a mean, at least 1: n sum(w^2) / (sum w)^2.

    Kish, Survey Sampling, 1965, section 11.7.
    """
    return float(times.sum() * (times * weights**2).sum() / (times * weights).sum() ** 2)


def _present(weighted: Floats, margin: Margin) -> Floats:
    present: Floats = np.bincount(margin.level, weights=weighted, minlength=len(margin.shares)).astype(np.float64)
    return present


def _refuse_empty_levels(times: Floats, margin: Margin) -> None:
    present = _present(times, margin)
    for name, share, rows in zip(margin.names, margin.shares, present, strict=True):
        if share > 0 and not rows:
            raise UnreachableError(f"{margin.dimension}={name} has no row: no weighting makes up for it")
