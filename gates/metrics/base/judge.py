"""The pure rule that sets a measurement against limits, all rows together and part by part."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gates.metrics.base.decide import decide
from gates.metrics.base.measurement import (
    NOT_COMPUTABLE,
    Failed,
    Inconclusive,
    Measured,
    NotConfigured,
    ReportOnly,
    estimate_of,
    row_counts_of,
)
from gates.verdict import LINE_TO_ADD, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.base.measurement import Limits, Measurement, Part, PartKind

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
    """A measurement set against limits.

    why: the end of the message, on what an interval leaves open. evidence: the measurement's, with tables of its parts.
    """

    outcome: Outcome
    severity: Severity
    message: str
    measurement: Measurement
    rows_needed: Mapping[str, int] | None = None
    why: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)


def judge(
    measurement: Measurement, limits: Limits, severity: Severity, *, undecided: Severity | None = None
) -> Judgement:
    """The outcome of a measurement under limits; a part that breaks them decides where the whole does not.

    A part that its rows cannot decide leaves the outcome as it is, which speaks of all rows together: a language's own
    `inconclusive` stands in the evidence with the rows that it needs, and its name in the message.
    undecided: the severity that an inconclusive outcome takes, where it differs from the check's own.
    """
    if isinstance(measurement, ReportOnly):
        reported = judge(measurement.measurement, limits, Severity.INFO)
        return replace(reported, severity=Severity.INFO, message=f"{reported.message}; {measurement.reason}")
    whole = _judge_one(measurement, limits, severity, undecided)
    if isinstance(measurement, NotConfigured) or not measurement.parts:
        return whole
    parts = measurement.parts
    judged = {name: _judge_part(part, limits, severity, undecided) for name, part in parts.items()}
    failing = {name: one for name, one in judged.items() if _fails(one)}
    worst = max(
        failing, key=lambda name: (_weight(failing[name]), _excess(failing[name].measurement, limits)), default=""
    )
    shown = whole
    if worst and _weight(whole) < _weight(failing[worst]):
        shown = replace(failing[worst], message=f"{part_name(worst, parts[worst])}: {failing[worst].message}")
    return _with_tables(shown, judged, parts, limits)


def part_name(name: str, part: Part) -> str:
    """What a message calls a part: `generator 'a'`, `language 'de'`."""
    return f"{part.kind} '{name.removeprefix(f'{part.kind}=')}'"


def _weight(judged: Judgement) -> int:
    """How much an outcome weighs in a verdict: what could not be computed, then what blocks, then what warns."""
    if judged.outcome is Outcome.ERROR:
        return 4
    if judged.severity is Severity.CRITICAL and judged.outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        return 3 if judged.outcome is Outcome.FAIL else 2
    return 1 if judged.outcome is Outcome.FAIL else 0


def _judge_part(part: Part, limits: Limits, severity: Severity, undecided: Severity | None) -> Judgement:
    if not part.warns_only:
        return judge(part.measurement, limits, severity, undecided=undecided)
    # A limit that was not made for a part warns of it already.
    own = Severity.WARNING if severity is Severity.CRITICAL else severity
    return judge(part.measurement, replace(limits, warn_value=None), own, undecided=undecided)


def _judge_one(
    measurement: Measured | NotConfigured | Inconclusive | Failed,
    limits: Limits,
    severity: Severity,
    undecided: Severity | None,
) -> Judgement:
    match measurement:
        case NotConfigured(line=line):
            evidence = {LINE_TO_ADD: line} if line else {}
            return Judgement(Outcome.NOT_CONFIGURED, severity, str(measurement), measurement, evidence=evidence)
        case Failed(reason):
            judged = Judgement(Outcome.ERROR, severity, _clauses(reason, measurement.note), measurement)
        case Inconclusive(reason, undecided=own):
            message = _clauses(reason, measurement.note)
            needed = measurement.rows_needed or None
            judged = Judgement(Outcome.INCONCLUSIVE, own or undecided or severity, message, measurement, needed)
        case Measured():
            judged = _judge_number(measurement, limits, severity, measurement.undecided or undecided or severity)
    return replace(judged, evidence=measurement.evidence)


def _judge_number(measured: Measured, limits: Limits, severity: Severity, undecided: Severity) -> Judgement:
    estimate, note = measured.estimate, _clauses("", measured.note, measured.unread)
    if not estimate.is_computable():
        return Judgement(Outcome.ERROR, severity, f"{NOT_COMPUTABLE}{note}", measured)
    decision = decide(measured, limits)
    if decision.outcome is not Outcome.PASS:
        own = severity if decision.outcome is Outcome.FAIL else undecided
        text = f"{estimate}, {limits}{note}{decision.why}"
        return Judgement(decision.outcome, own, text, measured, decision.rows_needed, decision.why)
    softer = limits.softer()
    decision = decide(measured, softer) if softer else decision
    if decision.outcome is not Outcome.PASS:
        own = Severity.INFO if severity is Severity.INFO else Severity.WARNING
        text = f"{estimate}, warns beyond {limits.warn_value:g} ({limits}){note}{decision.why}"
        return Judgement(decision.outcome, own, text, measured, decision.rows_needed, decision.why)
    return Judgement(Outcome.PASS, severity, f"{estimate}, {limits}{note}", measured)


def _clauses(*clauses: str) -> str:
    """The clauses as the parts of one message; after an empty first one they are its end."""
    return clauses[0] + "".join(f"; {clause}" for clause in clauses[1:] if clause)


def _excess(measurement: Measurement, limits: Limits) -> float:
    estimate = estimate_of(measurement)
    if estimate is None:
        return -math.inf
    if limits.max_value is not None:
        return estimate.value - limits.max_value
    return (limits.min_value or 0.0) - estimate.value


def _with_tables(
    judgement: Judgement, judged: Mapping[str, Judgement], parts: Mapping[str, Part], limits: Limits
) -> Judgement:
    """The judgement with a table of its parts per kind, worst first, and the names of those that fail or are undecided."""
    order = sorted(judged, key=lambda name: (-_excess(judged[name].measurement, limits), name))
    tables: dict[str, dict[str, object]] = {}
    for name in order:
        tables.setdefault(PART_TABLES[parts[name].kind], {})[name] = _part_row(judged[name])
    failing = [name for name in order if _fails(judged[name])]
    spoken = [name for name in sorted(order) if parts[name].kind in ("language", "locale")]
    message = judgement.message + ("; fails for " + ", ".join(failing) if failing else "") + _undecided(judged, spoken)
    return replace(judgement, message=message, evidence={**judgement.evidence, **tables})


def _fails(one: Judgement) -> bool:
    return one.outcome in (Outcome.FAIL, Outcome.ERROR)


def _undecided(judged: Mapping[str, Judgement], languages: list[str]) -> str:
    """The languages and locales that are undecided by themselves, as the end of a message: the evidence has their rows.

    Those without a number have too few rows to be measured at all; the interval of the others lies across the limit.
    """
    names = [name for name in languages if judged[name].outcome is Outcome.INCONCLUSIVE]
    unmeasured = [name for name in names if estimate_of(judged[name].measurement) is None]
    across = [name for name in names if name not in unmeasured]
    return _listed("too few rows to judge alone", unmeasured) + _listed("undecided alone", across)


def _listed(what: str, names: list[str]) -> str:
    if not names:
        return ""
    rest = f" and {len(names) - UNDECIDED_NAMED} more" if len(names) > UNDECIDED_NAMED else ""
    return f"; {what}: {', '.join(name.partition('=')[2] for name in names[:UNDECIDED_NAMED])}{rest}"


def _part_row(judged: Judgement) -> dict[str, object]:
    part = judged.measurement
    estimate = estimate_of(part)
    note = "" if isinstance(part, NotConfigured | ReportOnly) else part.note
    if not note and isinstance(part, Inconclusive | Failed):
        note = part.reason
    return {
        "observed": None if estimate is None else estimate.value,
        "low": None if estimate is None else estimate.low,
        "high": None if estimate is None else estimate.high,
        "rows": row_counts_of(part).by_origin(),
        "outcome": judged.outcome.value,
        "fails": _fails(judged),
        "rows_needed": judged.rows_needed,
        "note": f"{note}{judged.why}".removeprefix("; "),
    }
