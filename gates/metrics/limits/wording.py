"""How an outcome is worded: what is wrong in a sentence, then the numbers, then the limit.

`Synthetic rows copy human rows: 42 of 1,400 (3.0 %) equal a human row; at most 0.1 % may.`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.metrics.base.metric import Unit

if TYPE_CHECKING:
    from gates.metrics.base.measurement import Limits, Measured

_PARTICIPLES = {"may": "allowed", "should": "expected", "must": "required"}
# One row in a hundred thousand; what is less comes of intervals that end next to zero.
_LEAST_PERCENT = 0.001


@dataclass(frozen=True)
class Wording:
    """finding: what is wrong where the limit is broken, a sentence without its full stop. unit: of number and limits."""

    finding: str = "The number is beyond its limit"
    unit: Unit = Unit.NUMBER

    def question(self) -> str:
        """The start of a message on what could not be decided."""
        return f"Undecided whether {self.finding[:1].lower()}{self.finding[1:]}"

    def number(self, value: float) -> str:
        """The value in its unit: `3.0 %`, `12`, `0.031`."""
        if self.unit is Unit.COUNT:
            return f"{value:,.0f}"
        return percent(value) if self.unit in (Unit.SHARE, Unit.EXTRA_SHARE) else f"{value:.3g}"

    def measured(self, measured: Measured) -> str:
        """The number in words: `measured 0.246 beyond the baseline of 0.505`."""
        return f"measured {self.number(measured.estimate.value)}{self._beyond(measured)}"

    def interval(self, measured: Measured) -> str:
        """The interval in words, of a number that is none by itself too."""
        estimate = measured.estimate
        if estimate.low == estimate.high:
            return self.measured(measured)
        return f"the interval is {self.number(estimate.low)} to {self.number(estimate.high)}{self._beyond(measured)}"

    def _beyond(self, measured: Measured) -> str:
        if self.unit is not Unit.EXTRA_NUMBER or measured.baseline is None:
            return ""
        return f" beyond the baseline of {self.number(measured.baseline.value)}"

    def rule(self, measured: Measured, limits: Limits) -> str:
        """What the limits allow, on the side that is broken or nearer."""
        is_over = limits.min_value is None or (
            limits.max_value is not None and measured.estimate.value > (limits.min_value + limits.max_value) / 2
        )
        limit = limits.max_value if is_over else limits.min_value
        if limit is None:
            return "there is no limit"
        soft = limits.warn_value
        if soft is None:
            return self._rule(measured, limit, "may" if is_over else "must", is_over=is_over)
        expected = self._rule(measured, soft, "should", is_over=is_over)
        return f"{expected}, {self._rule(measured, limit, 'may' if is_over else 'must', is_over=is_over)}"

    def _rule(self, measured: Measured, limit: float, verb: str, *, is_over: bool) -> str:
        bound = "at most" if is_over else "at least"
        is_none = is_over and not limit
        if self.unit in (Unit.NUMBER, Unit.EXTRA_NUMBER, Unit.COUNT):
            shown = "none" if is_none and self.unit is Unit.COUNT else f"{bound} {limit:g}"
            return f"{shown} {_PARTICIPLES[verb]}"
        if is_none and self.unit is not Unit.EXTRA_SHARE:
            return f"none {verb}"
        has_baseline = measured.baseline is None or measured.baseline.value > 0
        more = " more" if self.unit is Unit.EXTRA_SHARE and has_baseline else ""
        return f"{bound} {100 * limit:g} %{more} {verb}"


def percent(share: float) -> str:
    """A share in percent: `3.0 %`, `0.12 %`; one that is hardly there in words, as no exponent is read at a glance."""
    value = 100 * share
    if 0 < abs(value) < _LEAST_PERCENT:
        return f"under {_LEAST_PERCENT:g} %" if value > 0 else "0.0 %"
    return f"{value:.1f} %" if abs(value) >= 1 or not value else f"{value:.2g} %"
