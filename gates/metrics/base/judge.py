"""The pure rule that sets a measurement against limits.

Effect with an interval, never a p-value alone: the whole interval on the good side passes, on the bad side fails,
across is inconclusive and names how many rows would decide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.metrics.base.measurement import Estimate, Limits, Measurement, PartKind
from gates.verdict import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

# An estimate so near its limit that it would take more than a thousand times the rows will hardly be decided by rows.
ROWS_GROWTH_AT_MOST = 1000
# Which of the evidence's tables the parts of a kind stand in.
PART_TABLES: Mapping[PartKind, str] = {
    "generator": "generators",
    "stratum": "strata",
    "language": "languages",
    "locale": "locales",
}
# A message names this many undecided languages; the evidence has all.
UNDECIDED_NAMED = 3


@dataclass(frozen=True)
class Judgement:
    """A measurement set against limits. why: the end of the message, on what an interval leaves open."""

    outcome: Outcome
    severity: Severity
    message: str
    measurement: Measurement
    rows_needed: Mapping[str, int] | None = None
    why: str = ""


def judge(
    measurement: Measurement, limits: Limits, severity: Severity, *, undecided: Severity | None = None
) -> Judgement:
    """The outcome of a measurement under limits; a part that breaks them decides where the whole does not.

    A part that its rows cannot decide leaves the outcome as it is, which speaks of all rows together: a language's own
    `inconclusive` stands in the evidence with the rows that it needs, and its name in the message.
    undecided: the severity that an inconclusive outcome takes, where it differs from the check's own.
    """
    if measurement.reported:
        severity, undecided = Severity.INFO, None
    whole = _judge_one(measurement, limits, severity, undecided)
    judged = {name: _judge_one(part, limits, severity, undecided) for name, part in measurement.parts.items()}
    failing = {name: one for name, one in judged.items() if _fails(one)}
    worst = max(
        failing, key=lambda name: (_weight(failing[name]), _excess(failing[name].measurement, limits)), default=""
    )
    if not worst or _weight(whole) >= _weight(failing[worst]):
        return _with_parts(whole, judged, limits)
    named = replace(failing[worst], message=f"{spoken_name(worst, measurement.parts[worst])}: {failing[worst].message}")
    return _with_parts(named, judged, limits)


def spoken_name(name: str, part: Measurement) -> str:
    """What a message calls a part: `generator 'a'`, `language 'de'`."""
    return f"{part.part_kind} '{name.removeprefix(f'{part.part_kind}=')}'"


def _weight(judged: Judgement) -> int:
    """How much an outcome weighs in a verdict: what could not be computed, then what blocks, then what warns."""
    if judged.outcome is Outcome.ERROR:
        return 4
    if judged.severity is Severity.CRITICAL and judged.outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        return 3 if judged.outcome is Outcome.FAIL else 2
    return 1 if judged.outcome is Outcome.FAIL else 0


def _judge_one(measurement: Measurement, limits: Limits, severity: Severity, undecided: Severity | None) -> Judgement:
    if measurement.warns_only and severity is Severity.CRITICAL:
        severity = Severity.WARNING
    note = "".join(f"; {clause}" for clause in (measurement.note, measurement.unread, measurement.reported) if clause)
    estimate = measurement.estimate
    undecided = measurement.undecided or undecided
    spoken = _unmeasured(measurement)
    if spoken or estimate is None:
        outcome, message = spoken or (Outcome.ERROR, "no value")
        own = severity if outcome is not Outcome.INCONCLUSIVE else undecided or severity
        missing = _rows_missing(measurement) if outcome is Outcome.INCONCLUSIVE else None
        return Judgement(outcome, own, message + note, measurement, missing or None)
    if measurement.counted and compare(Estimate.exact(estimate.value), limits) is Outcome.PASS:
        estimate = Estimate.exact(estimate.value)
    outcome, why, needed = _against(measurement, estimate, limits)
    if outcome is not Outcome.PASS:
        own = severity if outcome is Outcome.FAIL else undecided or severity
        return Judgement(outcome, own, f"{estimate}, {limits}{note}{why}", measurement, needed, why)
    # A limit that was not made for a part warns of it already.
    softer = None if measurement.warns_only else limits.softer()
    if softer:
        outcome, why, needed = _against(measurement, estimate, softer)
        if outcome is not Outcome.PASS:
            own = Severity.INFO if severity is Severity.INFO else Severity.WARNING
            text = f"{estimate}, warns beyond {limits.warn_value:g} ({limits}){note}{why}"
            return Judgement(outcome, own, text, measurement, needed, why)
    return Judgement(outcome, severity, f"{estimate}, {limits}{note}", measurement)


def _against(
    measurement: Measurement, estimate: Estimate, limits: Limits
) -> tuple[Outcome, str, Mapping[str, int] | None]:
    """The outcome under one pair of limits; where it is undecided, what would decide, in words and in rows."""
    outcome = compare(estimate, limits)
    if outcome is Outcome.INCONCLUSIVE:
        needed = rows_needed(measurement, limits)
        return (
            outcome,
            _in_words(needed) or "; the estimate lies on the limit, and more rows will hardly decide",
            needed or None,
        )
    noise = measurement.noise
    if outcome is Outcome.PASS and noise is not None and limits.max_value is not None and noise > limits.max_value:
        needed = _more_rows(measurement, (noise / max(limits.max_value, noise * 1e-3)) ** 2)
        why = "; people differ among themselves by more than the limit" + _in_words(needed)
        return Outcome.INCONCLUSIVE, why, needed
    if outcome is Outcome.PASS and measurement.unread:
        return Outcome.INCONCLUSIVE, "; so nothing passes", None
    needed = _rows_missing(measurement)
    if outcome is Outcome.PASS and needed:
        return Outcome.INCONCLUSIVE, "; too few rows to show it" + _in_words(needed), needed
    return outcome, "", None


def _rows_missing(measurement: Measurement) -> dict[str, int]:
    """How many rows each origin lacks for anything to pass."""
    counts = {"human": measurement.n_human, "synthetic": measurement.n_synthetic}
    least = measurement.rows_to_pass
    return {origin: least - n for origin, n in counts.items() if n is not None and n < least}


def _unmeasured(measurement: Measurement) -> tuple[Outcome, str] | None:
    """Why there is no number to judge, or None where there is one."""
    if measurement.failure:
        return Outcome.ERROR, measurement.failure
    if measurement.not_asked:
        return Outcome.NOT_ASKED, measurement.not_asked
    if measurement.undecidable:
        return Outcome.INCONCLUSIVE, measurement.undecidable
    if measurement.estimate is None or not measurement.estimate.is_computable():
        return (
            Outcome.ERROR,
            "not computable on these rows: no value, or NaN (two rows or groups of each origin at least can be compared)",
        )
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

    Empty where no number of rows would, because the value sits on the limit or no more rows are read.
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
        ratio = reach / max(distance, reach * 1e-9)
        needed = ratio if measurement.shrinks == "linear" else ratio**2
        if needed > ROWS_GROWTH_AT_MOST:
            return {}
        growth = max(growth, needed)
    more = _more_rows(measurement, growth)
    counts = {"human": measurement.n_human or 0, "synthetic": measurement.n_synthetic or 0}
    is_beyond = any(counts[origin] + rows > measurement.rows_read for origin, rows in more.items())
    return {} if measurement.rows_read and is_beyond else more


def _more_rows(measurement: Measurement, growth: float) -> dict[str, int]:
    """How many more rows make n `growth` times as large, for the origins that limit the measurement."""
    counts = {"human": measurement.n_human, "synthetic": measurement.n_synthetic}
    present = {origin: counts[origin] or 0 for origin in measurement.limited_by}
    return {origin: max(1, math.ceil(n * (growth - 1))) for origin, n in present.items() if n}


def _excess(measurement: Measurement, limits: Limits) -> float:
    estimate = measurement.estimate
    if estimate is None:
        return -math.inf
    if limits.max_value is not None:
        return estimate.value - limits.max_value
    return (limits.min_value or 0.0) - estimate.value


def _with_parts(judgement: Judgement, judged: Mapping[str, Judgement], limits: Limits) -> Judgement:
    """The judgement with a table of its parts per kind, worst first, and the names of those that fail or are undecided."""
    if not judged:
        return judgement
    order = sorted(judged, key=lambda name: (-_excess(judged[name].measurement, limits), name))
    tables: dict[str, dict[str, object]] = {}
    for name in order:
        tables.setdefault(PART_TABLES[judged[name].measurement.part_kind], {})[name] = _part_row(judged[name])
    failing = [name for name in order if _fails(judged[name])]
    message = judgement.message + ("; fails for " + ", ".join(failing) if failing else "") + _undecided(judged, order)
    evidence = {**judgement.measurement.evidence, **tables}
    return replace(judgement, message=message, measurement=replace(judgement.measurement, evidence=evidence))


def _fails(one: Judgement) -> bool:
    return one.outcome in (Outcome.FAIL, Outcome.ERROR)


def _undecided(judged: Mapping[str, Judgement], order: list[str]) -> str:
    """The languages and locales that are undecided by themselves, as the end of a message: the evidence has their rows.

    Those without a number have too few rows to be measured at all; the interval of the others lies across the limit.
    """
    names = [
        name
        for name in sorted(order)
        if judged[name].outcome is Outcome.INCONCLUSIVE and judged[name].measurement.part_kind in ("language", "locale")
    ]
    unmeasured = [name for name in names if judged[name].measurement.estimate is None]
    across = [name for name in names if name not in unmeasured]
    return _listed("too few rows to judge alone", unmeasured) + _listed("undecided alone", across)


def _listed(what: str, names: list[str]) -> str:
    if not names:
        return ""
    rest = f" and {len(names) - UNDECIDED_NAMED} more" if len(names) > UNDECIDED_NAMED else ""
    return f"; {what}: {', '.join(name.partition('=')[2] for name in names[:UNDECIDED_NAMED])}{rest}"


def _part_row(judged: Judgement) -> dict[str, object]:
    part = judged.measurement
    estimate = part.estimate
    rows = {"human": part.n_human, "synthetic": part.n_synthetic}
    note = part.note or part.undecidable or part.failure
    return {
        "observed": None if estimate is None else estimate.value,
        "low": None if estimate is None else estimate.low,
        "high": None if estimate is None else estimate.high,
        "rows": {origin: count for origin, count in rows.items() if count is not None},
        "outcome": judged.outcome.value,
        "fails": _fails(judged),
        "rows_needed": judged.rows_needed,
        "note": f"{note}{judged.why}".removeprefix("; "),
    }
