"""What a metric returns, and the limits it is set against."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.verdict import Severity

PartKind = Literal["generator", "stratum", "language", "locale", "phrase", "twins"]

NOT_COMPUTABLE = (
    "not computable on these rows: no value, or NaN (two rows or groups of each origin at least can be compared)"
)


# What a difference of two equal sums leaves: numbers near one have 16 digits, and sums of many lose the last of them.
_ROUNDING_ERROR = 1e-14


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, low <= value <= high, all in the metric's unit; a rounding error of zero is zero."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            if abs(getattr(self, name)) < _ROUNDING_ERROR:
                object.__setattr__(self, name, 0.0)

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
class RowCounts:
    """How many rows of each origin were looked at; None for an origin that the metric does not look at."""

    human: int | None = None
    synthetic: int | None = None

    def by_origin(self) -> dict[str, int]:
        """The counts of the origins that were looked at."""
        counts = {"human": self.human, "synthetic": self.synthetic}
        return {origin: count for origin, count in counts.items() if count is not None}


@dataclass(frozen=True)
class Baseline:
    """The same number between two sets of human rows.

    p95: its 95th percentile. spread: half its spread between sets; where it exceeds the limit, nothing passes.
    """

    value: float
    p95: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Growth:
    """What more rows would change.

    shrinks: how the interval narrows with n: "root" (1/sqrt n) or "linear" (1/n, zero or few hits).
    limited_by: the origins of which more rows would narrow the interval.
    rows_to_pass: with fewer rows of an origin nothing passes, whatever the number.
    rows_read: of more rows of an origin than this none are read, so that more cannot decide; 0 where there is no bound.
    """

    shrinks: Literal["root", "linear"] = "root"
    limited_by: tuple[str, ...] = ("human", "synthetic")
    rows_to_pass: int = 0
    rows_read: int = 0


@dataclass(frozen=True)
class Part:
    """A metric of one generator, stratum, language, locale, phrase or set of twins, beside that of all rows.

    warns_only: the limit was not made for this part: what it fails warns, whatever the check's severity.
    """

    measurement: Measurement
    kind: PartKind = "generator"
    warns_only: bool = False


@dataclass(frozen=True, kw_only=True)
class _Detailed:
    """What a person reads beside the number.

    note: one clause on what is worst and what to do, for the message.
    parts: the same metric per generator, stratum, language or locale, by names that are unique among all kinds; a part
        that breaks the limit fails the check and is named.
    evidence: what to fix: columns, features, row ids and counts; never row values.
    """

    note: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured(_Detailed):
    """A number that limits can be set against.

    is_count: every row was counted, so a value within the limit passes; only beyond it does the interval decide.
    unread: which rows the number says nothing about, where some were not looked at; nothing passes then.
    unproven: why its interval is no proof, where rows or their groups are too few for one; nothing fails then.
    undecided: the severity that an inconclusive outcome takes here, where it differs from the check's own.
    """

    estimate: Estimate
    rows: RowCounts = RowCounts()
    baseline: Baseline | None = None
    growth: Growth = Growth()
    is_count: bool = False
    unread: str = ""
    unproven: str = ""
    undecided: Severity | None = None


@dataclass(frozen=True)
class Inconclusive(_Detailed):
    """These rows cannot decide, whatever the number; its outcome is `inconclusive`.

    rows_needed: how many more rows of each origin it takes. undecided: as in `Measured`.
    measured: the number that is shown all the same.
    """

    reason: str
    rows: RowCounts = RowCounts()
    rows_needed: Mapping[str, int] = field(default_factory=dict)
    undecided: Severity | None = None
    measured: Measured | None = None

    @classmethod
    def in_spite_of(cls, measured: Measured, reason: str) -> Inconclusive:
        """Nothing is decided, although there is a number to show."""
        return cls(
            reason,
            measured.rows,
            undecided=measured.undecided,
            measured=measured,
            note=measured.note,
            parts=measured.parts,
            evidence=measured.evidence,
        )


@dataclass(frozen=True)
class Failed(_Detailed):
    """The number could not be computed; its outcome is `error`."""

    reason: str = NOT_COMPUTABLE
    rows: RowCounts = RowCounts()


@dataclass(frozen=True)
class NotConfigured:
    """An optional input is not declared. missing: which one. line: what to add to gates.toml, where a line can help."""

    missing: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.missing}; add: {self.line}" if self.line else self.missing


@dataclass(frozen=True)
class ReportOnly:
    """A number that is shown and never judged: what comes of it keeps severity info."""

    measurement: Measurement
    reason: str


# What one metric returns.
Measurement = Measured | NotConfigured | Inconclusive | Failed | ReportOnly


def measured_of(measurement: Measurement) -> Measured | None:
    """The number to show, or None where there is none."""
    if isinstance(measurement, ReportOnly):
        return measured_of(measurement.measurement)
    if isinstance(measurement, Inconclusive):
        return measurement.measured
    return measurement if isinstance(measurement, Measured) else None


def estimate_of(measurement: Measurement) -> Estimate | None:
    """The value to show with its interval, or None where there is none."""
    measured = measured_of(measurement)
    return measured.estimate if measured else None


def row_counts_of(measurement: Measurement) -> RowCounts:
    """How many rows of each origin it looked at."""
    if isinstance(measurement, ReportOnly):
        return row_counts_of(measurement.measurement)
    return RowCounts() if isinstance(measurement, NotConfigured) else measurement.rows


def with_details(
    measurement: Measurement,
    *,
    note: str = "",
    parts: Mapping[str, Part] | None = None,
    evidence: Mapping[str, object] | None = None,
) -> Measurement:
    """`measurement` with this before its note, and these parts and this evidence beside its own.

    What is not configured has none of them.
    """
    if isinstance(measurement, NotConfigured):
        return measurement
    if isinstance(measurement, ReportOnly):
        inner = with_details(measurement.measurement, note=note, parts=parts, evidence=evidence)
        return replace(measurement, measurement=inner)
    return replace(
        measurement,
        note=", ".join(clause for clause in (note, measurement.note) if clause),
        parts={**measurement.parts, **(parts or {})},
        evidence={**measurement.evidence, **(evidence or {})},
    )
