"""What a metric returns, and the limits it is set against."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.verdict import Severity

PartKind = Literal["generator", "stratum", "language", "locale"]


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, low <= value <= high, all in the metric's unit."""

    value: float
    low: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """A number counted over every row: there is nothing to infer."""
        return cls(value, value, value)

    def is_computable(self) -> bool:
        """True when no part of it is NaN or infinite."""
        return all(math.isfinite(part) for part in (self.value, self.low, self.high))

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.value:.4g}"
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True)
class Limits:
    """The limits of one expectation. `warn_value` is the softer limit on the side that has a limit."""

    min_value: float | None = None
    max_value: float | None = None
    warn_value: float | None = None

    def softer(self) -> Limits | None:
        """The same side with `warn_value` as the limit, or None where there is none."""
        if self.warn_value is None:
            return None
        if self.max_value is not None:
            return Limits(max_value=self.warn_value)
        return Limits(min_value=self.warn_value)

    def __str__(self) -> str:
        if self.min_value is None and self.max_value is None:
            return "no limit"
        if self.min_value is None:
            return f"limit {self.max_value:g}"
        if self.max_value is None:
            return f"at least {self.min_value:g}"
        return f"limits {self.min_value:g} to {self.max_value:g}"


@dataclass(frozen=True)
class Measurement:
    """What one metric found.

    estimate: the number the limits are about, or None with `not_asked`, `undecidable` or `failure` saying why.
    not_asked: the optional input that is not declared, and the line to add to gates.toml.
    undecidable: why these rows cannot decide, whatever the number (`inconclusive`).
    failure: why the number could not be computed (`error`).
    reported: why the number is shown and never judged; the outcome keeps severity info.
    note: one clause on what is worst and what to do, for the message.
    parts: the same metric per generator, stratum, language or locale, by names that are unique among all kinds; a part
        that breaks the limit fails the check and is named.
    part_kind: what this is where it is a part of another measurement.
    undecided: the severity that an inconclusive outcome takes here, where it differs from the check's own.
    warns_only: a part for which the limit was not made: what it fails warns, whatever the check's severity.
    rows_to_pass: with fewer rows of an origin nothing passes, whatever the number.
    unread: which rows the number says nothing about, where some were not looked at; nothing passes then.
    noise: half the spread of the metric between people and people; where it exceeds the limit, nothing passes.
    counted: every row was counted, so a value within the limit passes; only beyond it does the interval decide.
    shrinks: how the interval narrows with n: "root" (1/sqrt n) or "linear" (1/n, zero or few hits).
    rows_read: of more rows of an origin than this none are read, so that more cannot decide; 0 where there is no bound.
    limited_by: the origin of which more rows would narrow the interval.
    evidence: what to fix: columns, features, row ids and counts; never row values.
    """

    estimate: Estimate | None = None
    n_human: int | None = None
    n_synthetic: int | None = None
    baseline: float | None = None
    baseline_p95: float | None = None
    note: str = ""
    not_asked: str = ""
    undecidable: str = ""
    failure: str = ""
    reported: str = ""
    parts: Mapping[str, Measurement] = field(default_factory=dict)
    part_kind: PartKind = "generator"
    undecided: Severity | None = None
    warns_only: bool = False
    rows_to_pass: int = 0
    rows_read: int = 0
    unread: str = ""
    noise: float | None = None
    counted: bool = False
    shrinks: Literal["root", "linear"] = "root"
    limited_by: tuple[str, ...] = ("human", "synthetic")
    evidence: Mapping[str, object] = field(default_factory=dict)
