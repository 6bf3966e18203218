"""What models lose after ever more rows: of human rows, of synthetic ones, and of mixtures that no curve is fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.advice.worth.law import Curve

if TYPE_CHECKING:
    from gates.advice.worth.examples import Examples
    from gates.data.arrays import Floats, Ints

# Sizes of a curve, as parts of all rows, and how many draws of each: one draw of few rows says little.
PARTS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
DRAWS = (8, 8, 6, 3, 1)
# A model of fewer rows learns the share of each class and nothing else.
SIZE_AT_LEAST = 40
# What the law is held against, and not fitted to: few and many rows of each kind, with shares of the weight that lie apart.
MIXTURE_PARTS = (1 / 4, 1.0)
MIXTURE_SHARES = (0.25, 0.5, 0.75)
MIXTURE_DRAWS = 2


@dataclass(frozen=True)
class Point:
    """One size or mixture. losses: draws x test rows. share: of the weight that synthetic rows have."""

    human: int
    synthetic: int
    share: float
    losses: Floats

    @property
    def risk(self) -> float:
        """The mean loss."""
        return float(self.losses.mean())


def curve_points(examples: Examples, rows: Ints, test: Ints, seed: int, *, is_human: bool) -> tuple[Point, ...]:
    """The losses after ever more of these rows, each size drawn several times; nested draws, so that a curve falls smoothly."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(rows) for _ in range(max(DRAWS))]
    points = []
    for size, draws in sizes(len(rows)).items():
        losses = np.array([examples.losses(order[:size], np.ones(size), test) for order in orders[:draws]])
        points.append(Point(size if is_human else 0, 0 if is_human else size, 0.0 if is_human else 1.0, losses))
    return tuple(points)


def mixture_points(examples: Examples, human: Ints, synthetic: Ints, test: Ints, seed: int) -> tuple[Point, ...]:
    """Losses of mixtures: two sizes of each kind, three shares of the weight, two draws each."""
    rng = np.random.default_rng([seed, 1])
    orders = [(rng.permutation(human), rng.permutation(synthetic)) for _ in range(MIXTURE_DRAWS)]
    points = []
    for n, m in ((round(a * len(human)), round(b * len(synthetic))) for a in MIXTURE_PARTS for b in MIXTURE_PARTS):
        for share in MIXTURE_SHARES:
            weight = share / (1 - share) * n / m
            weights = np.r_[np.ones(n), np.full(m, weight)]
            losses = [examples.losses(np.r_[mine[:n], made[:m]], weights, test) for mine, made in orders]
            points.append(Point(n, m, share, np.array(losses)))
    return tuple(points)


def sizes(rows: int) -> dict[int, int]:
    """The sizes of a curve with the number of draws of each."""
    listed = ((max(SIZE_AT_LEAST, round(part * rows)), draws) for part, draws in zip(PARTS, DRAWS, strict=True))
    return {size: draws for size, draws in listed if size <= rows}


def curve_of(points: tuple[Point, ...], risks: Floats | None = None) -> Curve:
    """The curve through points of one kind. risks: other mean losses of the same points, as of a resample."""
    rows = np.array([float(max(point.human, point.synthetic)) for point in points])
    # A point counts by its draws and by its rows: what draws differ by falls with their size.
    weights = np.array([float(len(point.losses)) for point in points]) * rows / rows.max()
    return Curve(rows, np.array([point.risk for point in points]) if risks is None else risks, weights)
