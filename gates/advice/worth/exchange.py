"""How many human rows synthetic rows are worth to a model, with an interval, or why that cannot be said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from gates.advice.worth.curves import Point, curve_of
from gates.advice.worth.law import MixtureLaw, fitted_law

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints

# The law is believed where the mixtures that it was not fitted to lie this near to it, as a share of what they lose beyond its
# floor: published pairs lie within ten per cent, and two of ten pairs of census tables 26 and 44 per cent off.
ERROR_AT_MOST = 0.25
# What some thousand tested rows know a loss to: less than this beyond the floor is no measure of an error.
LEAST_EXCESS = 0.005
# A curve of powers is believed one doubling past the rows that were measured, and no farther.
RANGE = 2.0
# Five resamples lie beyond each end of the interval; each fits the law anew.
RESAMPLES = 200
# The law takes human and synthetic rows for independent. Of rows that were made from the human ones both curves are as good,
# and together they teach little more than one of them: half of what the law expects has to be there.
PART_AT_LEAST = 0.5
# As the intervals of checks have it.
CONFIDENCE = 0.95


class RateAnswer(StrEnum):
    """What can be said of an exchange rate."""

    RATE = "rate"
    AT_LEAST = "at least"
    NONE = "none"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True)
class ExchangeRate:
    """Human rows that one synthetic row is worth, beside n human rows, of which m synthetic ones are added.

    value, low, high: rows for a row; nan where nothing can be said. law_error: median relative error on mixtures that the law
    was not fitted to. best_share: of the weight, that the law gives m synthetic rows.
    """

    answer: RateAnswer
    value: float
    low: float
    high: float
    n: int
    m: int
    law_error: float
    law: MixtureLaw
    best_share: float
    reason: str = ""


@dataclass(frozen=True)
class LearningCurves:
    """Points of curves and of mixtures, all with losses on the same test rows. unit: of these."""

    human: tuple[Point, ...]
    synthetic: tuple[Point, ...]
    mixtures: tuple[Point, ...]
    unit: Ints


def law_of(measured: LearningCurves) -> MixtureLaw:
    """The law of these curves; the mixtures have no say in it."""
    return fitted_law(curve_of(measured.human), curve_of(measured.synthetic))


def law_errors(law: MixtureLaw, mixtures: tuple[Point, ...]) -> Floats:
    """How far each mixture's loss lies from the law, as a share of what it loses beyond the law's floor."""
    errors = []
    for point in mixtures:
        expected = float(law.risk(point.human, point.synthetic, point.share))
        errors.append(abs(expected - point.risk) / max(point.risk - law.floor, LEAST_EXCESS))
    return np.array(errors)


def exchange_rate(measured: LearningCurves, seed: int) -> ExchangeRate:
    """The rate beside all human rows of the curve, for half as many synthetic ones, or as many as there are.

    The interval resamples units of test rows and draws of training rows, the same for all points, and fits anew.
    """
    law = law_of(measured)
    n = max(point.human for point in measured.human)
    m = min(n // 2, max(point.synthetic for point in measured.synthetic))
    error = float(np.median(law_errors(law, measured.mixtures)))
    share = law.best_share(n, m)
    nan = float("nan")

    def answer(kind: RateAnswer, reason: str, rate: tuple[float, float, float] = (nan, nan, nan)) -> ExchangeRate:
        return ExchangeRate(kind, *rate, n, m, error, law, share, reason)

    if law.human * n**-law.exponent < LEAST_EXCESS:
        return answer(
            RateAnswer.CANNOT_SAY, "more human rows would change the model too little to count others in them"
        )
    if error > ERROR_AT_MOST and not law.is_no_match(n):
        return answer(
            RateAnswer.CANNOT_SAY, f"the law of mixtures is {error:.0%} off on mixtures that it was not fitted to"
        )
    expected, measured_gain = _gains_of_all(law, measured)
    if expected > LEAST_EXCESS and measured_gain < expected * PART_AT_LEAST and not law.is_no_match(n):
        reason = f"beside all human rows they gain {measured_gain:.4f} where the law expects {expected:.4f}: rows that were made from these add less"
        return answer(RateAnswer.CANNOT_SAY, reason)
    drawn = [_rate(one, n, m) for one in _resampled_laws(measured, seed)]
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = (float(np.percentile(drawn, at)) for at in (tail, 100 - tail))
    if law.is_no_match(n):
        # Both curves say so, whatever becomes of mixtures.
        return answer(
            RateAnswer.NONE, "synthetic rows without end are worse than the human rows that are there", (0.0, low, high)
        )
    value = _rate(law, n, m)
    past = (RANGE - 1) * n / m
    if value >= past:
        return answer(
            RateAnswer.AT_LEAST, "beyond twice the human rows that were measured", (past, min(low, past), past)
        )
    return answer(RateAnswer.RATE, "", (value, min(low, value), max(high, value)))


def _gains_of_all(law: MixtureLaw, measured: LearningCurves) -> tuple[float, float]:
    """What the best mixture of all rows of both kinds is expected to gain over the human ones alone, and what it gained."""
    n = max(point.human for point in measured.human)
    m = max(point.synthetic for point in measured.mixtures)
    alone = next(point.risk for point in measured.human if point.human == n)
    of_all = [point for point in measured.mixtures if (point.human, point.synthetic) == (n, m)]
    expected = law.risk_of_human(n) - min(float(law.risk(n, m, point.share)) for point in of_all)
    return expected, alone - min(point.risk for point in of_all)


def _rate(law: MixtureLaw, n: int, m: int) -> float:
    """Rows for a row, no more than what lies in range."""
    return 0.0 if law.is_no_match(n) else min(law.worth(n, m), (RANGE - 1) * n) / m


def _resampled_laws(measured: LearningCurves, seed: int) -> list[MixtureLaw]:
    rng = np.random.default_rng([seed, 2])
    code = np.unique(measured.unit, return_inverse=True)[1]
    count = int(code.max()) + 1
    times = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)[:, code].astype(np.float64)
    times /= times.sum(axis=1, keepdims=True)
    risks = [[_resampled(point, times, rng) for point in points] for points in (measured.human, measured.synthetic)]
    human, made = (np.column_stack(one) for one in risks)
    return [
        fitted_law(curve_of(measured.human, mine), curve_of(measured.synthetic, theirs))
        for mine, theirs in zip(human, made, strict=True)
    ]


def _resampled(point: Point, times: Floats, rng: np.random.Generator) -> Floats:
    """The mean loss of a point in each resample."""
    losses = times @ point.losses.T
    draws = losses.shape[1]
    chosen = rng.integers(0, draws, (len(times), draws))
    mean: Floats = np.take_along_axis(losses, chosen, axis=1).mean(axis=1)
    return mean
