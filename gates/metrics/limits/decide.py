"""Where an interval lies beside its limits, and how many more rows would decide.

Effect with an interval, never a p-value alone: the whole interval on the good side passes, on the bad side fails,
across is inconclusive and names how many rows would decide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.metrics.base.measurement import Estimate, Limits, Measured, RowCounts
from gates.metrics.base.metric import Unit
from gates.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

# Numbers that are 0 where synthetic rows are like human ones, or where no row has what is counted.
FROM_ZERO = (Unit.SHARE, Unit.EXTRA_SHARE, Unit.EXTRA_NUMBER)
# Whoever has some rows may find ten times as many, and nobody a thousand times.
ROWS_GROWTH_AT_MOST = 10
# A few rows more move the number itself by more than they narrow its interval, so less than a tenth more is not asked for.
ROWS_GROWTH_AT_LEAST = 1.1
# How many rows would decide is read off the present value, which moves with them: no third digit of it is known.
_DIGITS = 2


@dataclass(frozen=True)
class Decision:
    """The outcome under one pair of limits; where it is undecided, what would decide, in words and in rows."""

    outcome: Outcome
    why: str = ""
    rows_needed: Mapping[str, int] | None = None


def decide(measured: Measured, limits: Limits) -> Decision:
    """The outcome of a number under limits. A count within its limit passes, whatever the interval."""
    estimate = measured.estimate
    if measured.is_count and compare(Estimate.exact(estimate.value), limits) is Outcome.PASS:
        estimate = Estimate.exact(estimate.value)
    outcome = compare(estimate, limits)
    if outcome is Outcome.FAIL and measured.unproven:
        return Decision(Outcome.INCONCLUSIVE, measured.unproven)
    if outcome is Outcome.INCONCLUSIVE:
        needed = rows_needed(measured, limits)
        why = _in_words(needed) or "the estimate lies on the limit: ten times the rows would hardly decide"
        return Decision(outcome, why, needed or None)
    return _reservation(measured, limits) if outcome is Outcome.PASS else Decision(outcome)


def compare(estimate: Estimate, limits: Limits) -> Outcome:
    """PASS, FAIL or INCONCLUSIVE by where the whole interval lies. Limits themselves are on the good side."""
    if limits.max_value is not None and estimate.low > limits.max_value:
        return Outcome.FAIL
    if limits.min_value is not None and estimate.high < limits.min_value:
        return Outcome.FAIL
    over = limits.max_value is not None and estimate.high > limits.max_value
    under = limits.min_value is not None and estimate.low < limits.min_value
    return Outcome.INCONCLUSIVE if over or under else Outcome.PASS


def rows_needed(measured: Measured, limits: Limits) -> dict[str, int]:
    """How many more rows per origin would move the interval off the limit, at the present value.

    Empty where ten times the rows would not, because the value sits so near the limit, or where no more rows are read.
    """
    estimate = measured.estimate
    growth = 1.0
    for limit in (limits.min_value, limits.max_value):
        if limit is None or not estimate.low <= limit <= estimate.high:
            continue
        reach = estimate.high - estimate.value if estimate.value <= limit else estimate.value - estimate.low
        distance = abs(estimate.value - limit)
        ratio = reach / max(distance, reach * 1e-9)
        needed = ratio if measured.growth.shrinks == "linear" else ratio**2
        growth = max(growth, needed)
    more = asked_for(_more_rows(measured, growth), measured.rows)
    rows, rows_read = measured.rows.by_origin(), measured.growth.rows_read
    is_beyond = any(rows[origin] + count > rows_read for origin, count in more.items())
    return {} if rows_read and is_beyond else more


def asked_for(needed: Mapping[str, int], rows: RowCounts) -> dict[str, int]:
    """The rows that a message may ask for: none where one origin would need more than ten times what it has."""
    present = rows.by_origin()
    is_within_reach = all(
        count <= (ROWS_GROWTH_AT_MOST - 1) * present.get(origin, 0) for origin, count in needed.items()
    )
    return dict(needed) if is_within_reach else {}


def shows_nothing(measured: Measured, limits: Limits, unit: Unit) -> bool:
    """Whether an undecided number is itself within its limits, or its interval reaches what human rows have."""
    estimate = measured.estimate
    reaches_human_rows = unit in FROM_ZERO and limits.max_value is not None and estimate.low <= 0
    return reaches_human_rows or compare(Estimate.exact(estimate.value), limits) is Outcome.PASS


def _reservation(measured: Measured, limits: Limits) -> Decision:
    """A pass, or what stands against it although the interval lies within the limits."""
    spread = measured.baseline.spread if measured.baseline else None
    if spread is not None and limits.max_value is not None and spread > limits.max_value:
        growth = (spread / max(limits.max_value, spread * 1e-3)) ** 2
        needed = asked_for(_more_rows(measured, growth), measured.rows)
        why = _joined("human rows differ among themselves by more than the limit", _in_words(needed))
        return Decision(Outcome.INCONCLUSIVE, why, needed or None)
    if measured.unread:
        return Decision(Outcome.INCONCLUSIVE, "so nothing passes")
    least = measured.growth.rows_to_pass
    needed = {origin: least - n for origin, n in measured.rows.by_origin().items() if n < least}
    if needed:
        needed = asked_for(needed, measured.rows)
        return Decision(Outcome.INCONCLUSIVE, _joined("too few rows to show it", _in_words(needed)), needed or None)
    return Decision(Outcome.PASS)


def _in_words(needed: Mapping[str, int]) -> str:
    more = " and ".join(f"{count:,} more {origin} rows" for origin, count in needed.items())
    return f"about {more} would decide" if more else ""


def _joined(*clauses: str) -> str:
    return "; ".join(clause for clause in clauses if clause)


def _more_rows(measured: Measured, growth: float) -> dict[str, int]:
    """How many more rows make n `growth` times as large, for the origins that limit the measurement; at least a tenth more."""
    rows, share = measured.rows.by_origin(), max(growth, ROWS_GROWTH_AT_LEAST) - 1
    return {origin: _about(rows[origin] * share) for origin in measured.growth.limited_by if rows.get(origin)}


def _about(count: float) -> int:
    """A number of rows with the digits that an estimate of it has, rounded up: 26,077 is 27,000, and 42 is 42."""
    whole = math.ceil(round(count, 6))
    unit: int = 10 ** max(0, len(str(whole)) - _DIGITS)
    return -(-whole // unit) * unit
