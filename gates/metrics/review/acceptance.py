"""Acceptance sampling by attributes: how many rows of a lot to review, and how many of them may be rejected.

A share of rejected rows stands for what it would be if every row of the lot were reviewed. Plans are computed and no table
is copied. Guenther, Journal of Quality Technology 1 (1969) 85-97; Wetherill & Brown, Statistical Process Control, 1991, ch. 12.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, gammaln

from gates.errors import UsageError

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints

# A count that is a whole number but for the last bits of a product.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Risks:
    """What a plan promises, all in (0, 1).

    aql: a lot with this share of rows that should be rejected is good, and rejected with at most `producer`.
    ltpd: one with this share is bad, and accepted with at most `consumer`. Raises UsageError where aql is not below ltpd.
    """

    aql: float = 0.01
    ltpd: float = 0.05
    producer: float = 0.05
    consumer: float = 0.10

    def __post_init__(self) -> None:
        if not 0 < self.aql < self.ltpd < 1:
            raise UsageError(f"AQL {self.aql:g} and LTPD {self.ltpd:g}: expected 0 < AQL < LTPD < 1")
        if not (0 < self.producer < 1 and 0 < self.consumer < 1 and self.producer + self.consumer < 1):
            raise UsageError(
                f"risks {self.producer:g} and {self.consumer:g}: expected each in (0, 1), and less than 1 together"
            )

    def scaled(self, factor: float) -> Risks:
        """The same qualities with both risks times a factor."""
        return replace(self, producer=self.producer * factor, consumer=self.consumer * factor)

    def good_share(self, lot: int | None) -> float:
        """The largest share of rows to reject that a good lot has; of a finite one that of whole rows."""
        return self.aql if lot is None else math.floor(self.aql * lot + _ROUNDING) / lot

    def bad_share(self, lot: int | None) -> float:
        """The smallest share of rows to reject that a bad lot has; of a finite one that of whole rows."""
        return self.ltpd if lot is None else rows_of_share(self.ltpd, lot) / lot


def rows_of_share(share: float, lot: int) -> int:
    """The fewest rows that are this share of a lot or more."""
    return math.ceil(share * lot - _ROUNDING)


@dataclass(frozen=True)
class SinglePlan:
    """Review `size` rows, accept the lot where at most `acceptance` of them are rejected.

    lot: how many rows the sample is drawn from without replacement; None for a lot without end.
    """

    size: int
    acceptance: int
    lot: int | None = None

    def accepted(self, share: float) -> float:
        """The probability to accept a lot with this share of rows to reject: the operating characteristic.

        Of a finite lot the share is that of whole rows, rounded to the nearest.
        """
        if self.acceptance >= self.size:
            return 1.0
        if self.lot is None:
            return float(bdtr(self.acceptance, self.size, share))
        return hypergeometric_cdf(self.acceptance, self.lot, round(share * self.lot), self.size)


def single_plan(risks: Risks, lot: int | None = None) -> SinglePlan:
    """The smallest plan that keeps both risks: binomial without a lot, hypergeometric for a lot of a size, at least 1.

    For each acceptance number the fewest rows that keep the consumer's risk are taken; the first number that keeps the
    producer's risk too is the answer, as more rows or a smaller number would break one of both (Guenther 1969). To review
    the whole of a lot keeps both.
    """
    acceptance = 0
    while True:
        size = _fewest_rows(acceptance, risks, lot)
        plan = SinglePlan(size, acceptance, lot)
        if accepted_when_good(plan, risks) >= 1 - risks.producer:
            return plan
        acceptance += 1


def accepted_when_good(plan: SinglePlan, risks: Risks) -> float:
    """The probability to accept a lot that is just good."""
    return plan.accepted(risks.good_share(plan.lot))


def accepted_when_bad(plan: SinglePlan, risks: Risks) -> float:
    """The probability to accept a lot that is just bad."""
    return plan.accepted(risks.bad_share(plan.lot))


def hypergeometric_cdf(hits: int, lot: int, marked: int, drawn: int) -> float:
    """The probability that at most `hits` of `drawn` rows are marked, where `marked` of all rows of the lot are."""
    fewest, most = max(0, drawn - (lot - marked)), min(marked, drawn)
    if hits >= most:
        return 1.0
    if hits < fewest:
        return 0.0
    numbers = np.arange(fewest, hits + 1)
    logarithms = _log_choose(marked, numbers) + _log_choose(lot - marked, drawn - numbers)
    return min(1.0, float(np.exp(logarithms - _log_choose(lot, np.asarray(drawn))).sum()))


def _log_choose(total: int, chosen: Ints) -> Floats:
    logarithm: Floats = gammaln(total + 1) - gammaln(chosen + 1) - gammaln(total - chosen + 1)
    return logarithm


def _fewest_rows(acceptance: int, risks: Risks, lot: int | None) -> int:
    """The fewest rows at which a bad lot is accepted with no more than the consumer's risk; by halving, as it falls with each row."""

    def is_enough(size: int) -> bool:
        return accepted_when_bad(SinglePlan(size, acceptance, lot), risks) <= risks.consumer

    high = acceptance + 1
    while lot is None and not is_enough(high):
        high *= 2
    low, high = acceptance, high if lot is None else lot
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
