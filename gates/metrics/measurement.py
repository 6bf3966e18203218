"""What a metric returns, and the pure rule that sets it against limits.

Effect with an interval, never a p-value alone: the whole interval on the good side passes, on the bad side fails,
across is inconclusive and names how many rows would decide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from gates.verdict import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    parts: the same metric per generator; a part that breaks the limit fails the check and is named.
    noise: half the spread of the metric between people and people; where it exceeds the limit, nothing passes.
    counted: every row was counted, so a value within the limit passes; only beyond it does the interval decide.
    shrinks: how the interval narrows with n: "root" (1/sqrt n) or "linear" (1/n, zero or few hits).
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
    noise: float | None = None
    counted: bool = False
    shrinks: Literal["root", "linear"] = "root"
    limited_by: tuple[str, ...] = ("human", "synthetic")
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """A measurement set against limits."""

    outcome: Outcome
    severity: Severity
    message: str
    measurement: Measurement
    rows_needed: Mapping[str, int] | None = None


def judge(
    measurement: Measurement, limits: Limits, severity: Severity, *, undecided: Severity | None = None
) -> Judgement:
    """The outcome of a measurement under limits; the worst generator decides where one fails alone.

    undecided: the severity that an inconclusive outcome takes, where it differs from the check's own.
    """
    if measurement.reported:
        severity, undecided = Severity.INFO, None
    whole = _judge_one(measurement, limits, severity, undecided)
    failing: dict[str, Judgement] = {}
    for name, part in measurement.parts.items():
        judged = _judge_one(part, limits, severity, undecided)
        if judged.outcome is Outcome.FAIL:
            failing[name] = judged
    if not failing or whole.outcome is Outcome.ERROR:
        return _with_parts(whole, measurement, failing, limits)
    if whole.outcome is Outcome.FAIL and whole.severity is severity:
        return _with_parts(whole, measurement, failing, limits)
    hardest = [name for name, judged in failing.items() if judged.severity is severity] or list(failing)
    worst = max(hardest, key=lambda name: _excess(failing[name].measurement, limits))
    named = replace(failing[worst], message=f"generator '{worst}': {failing[worst].message}")
    return _with_parts(named, measurement, failing, limits)


def _judge_one(measurement: Measurement, limits: Limits, severity: Severity, undecided: Severity | None) -> Judgement:
    note = "".join(f"; {clause}" for clause in (measurement.note, measurement.reported) if clause)
    estimate = measurement.estimate
    spoken = _unmeasured(measurement)
    if spoken or estimate is None:
        outcome, message = spoken or (Outcome.ERROR, "no value")
        own = severity if outcome is not Outcome.INCONCLUSIVE else undecided or severity
        return Judgement(outcome, own, message + note, measurement)
    if measurement.counted and compare(Estimate.exact(estimate.value), limits) is Outcome.PASS:
        estimate = Estimate.exact(estimate.value)
    outcome = compare(estimate, limits)
    text = f"{estimate}, {limits}{note}"
    softer = limits.softer()
    if outcome is Outcome.PASS and _is_drowned(measurement, limits):
        needed = _rows_to_quieten(measurement, limits)
        text += f"; people differ among themselves by more than the limit{_in_words(needed)}"
        return Judgement(Outcome.INCONCLUSIVE, undecided or severity, text, measurement, needed)
    if outcome is Outcome.INCONCLUSIVE:
        needed = rows_needed(measurement, limits)
        text += _in_words(needed) or "; the estimate sits on the limit"
        return Judgement(outcome, undecided or severity, text, measurement, needed or None)
    if outcome is Outcome.PASS and softer and compare(estimate, softer) is Outcome.FAIL:
        own = Severity.INFO if severity is Severity.INFO else Severity.WARNING
        text = f"{estimate}, warns beyond {limits.warn_value:g} ({limits}){note}"
        return Judgement(Outcome.FAIL, own, text, measurement)
    return Judgement(outcome, severity, text, measurement)


def _unmeasured(measurement: Measurement) -> tuple[Outcome, str] | None:
    """Why there is no number to judge, or None where there is one."""
    if measurement.failure:
        return Outcome.ERROR, measurement.failure
    if measurement.not_asked:
        return Outcome.NOT_ASKED, measurement.not_asked
    if measurement.undecidable:
        return Outcome.INCONCLUSIVE, measurement.undecidable
    if measurement.estimate is None or not measurement.estimate.is_computable():
        return Outcome.ERROR, "not computable on these rows (NaN or no value)"
    return None


def _in_words(needed: Mapping[str, int]) -> str:
    more = " and ".join(f"{count:,} more {origin} rows" for origin, count in needed.items())
    return f"; about {more} would decide" if more else ""


def compare(estimate: Estimate, limits: Limits) -> Outcome:
    """PASS, FAIL or INCONCLUSIVE by where the whole interval lies. Limits themselves are on the good side."""
    if limits.max_value is not None and estimate.low > limits.max_value:
        return Outcome.FAIL
    if limits.min_value is not None and estimate.high < limits.min_value:
        return Outcome.FAIL
    over = limits.max_value is not None and estimate.high > limits.max_value
    under = limits.min_value is not None and estimate.low < limits.min_value
    return Outcome.INCONCLUSIVE if over or under else Outcome.PASS


def rows_needed(measurement: Measurement, limits: Limits) -> dict[str, int]:
    """How many more rows per origin would move the interval off the limit, at the present value.

    Empty where no number of rows would, because the value sits on the limit.
    """
    estimate = measurement.estimate
    if estimate is None:
        return {}
    growth = 1.0
    for limit in (limits.min_value, limits.max_value):
        if limit is None or not estimate.low <= limit <= estimate.high:
            continue
        reach = estimate.high - estimate.value if estimate.value <= limit else estimate.value - estimate.low
        distance = abs(estimate.value - limit)
        if distance <= reach * 1e-3:
            return {}
        ratio = reach / distance
        growth = max(growth, ratio if measurement.shrinks == "linear" else ratio**2)
    counts = {"human": measurement.n_human, "synthetic": measurement.n_synthetic}
    present = {origin: counts[origin] or 0 for origin in measurement.limited_by}
    return {origin: max(1, math.ceil(n * (growth - 1))) for origin, n in present.items() if n}


def _is_drowned(measurement: Measurement, limits: Limits) -> bool:
    return measurement.noise is not None and limits.max_value is not None and measurement.noise > limits.max_value


def _rows_to_quieten(measurement: Measurement, limits: Limits) -> dict[str, int]:
    growth = ((measurement.noise or 0.0) / (limits.max_value or 1.0)) ** 2
    counts = {"human": measurement.n_human, "synthetic": measurement.n_synthetic}
    return {origin: max(1, math.ceil(n * (growth - 1))) for origin, n in counts.items() if n}


def _excess(measurement: Measurement, limits: Limits) -> float:
    estimate = measurement.estimate
    if estimate is None:
        return -math.inf
    if limits.max_value is not None:
        return estimate.value - limits.max_value
    return (limits.min_value or 0.0) - estimate.value


def _with_parts(
    judged: Judgement, measurement: Measurement, failing: Mapping[str, Judgement], limits: Limits
) -> Judgement:
    if not measurement.parts:
        return judged
    order = sorted(measurement.parts, key=lambda name: (-_excess(measurement.parts[name], limits), name))
    table = {name: _part_row(measurement.parts[name], fails=name in failing) for name in order}
    evidence = {**judged.measurement.evidence, "generators": table}
    message = judged.message
    if failing:
        message += "; fails for " + ", ".join(name for name in order if name in failing)
    return replace(judged, message=message, measurement=replace(judged.measurement, evidence=evidence))


def _part_row(part: Measurement, *, fails: bool) -> dict[str, object]:
    estimate = part.estimate
    return {
        "observed": None if estimate is None else estimate.value,
        "low": None if estimate is None else estimate.low,
        "high": None if estimate is None else estimate.high,
        "rows": part.n_synthetic,
        "fails": fails,
        "note": part.note or part.undecidable or part.failure,
    }
