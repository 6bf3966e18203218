"""The pure rule that sets a measurement against limits, all rows together and part by part."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gates.errors import first_few
from gates.metrics.base.measurement import (
    NOT_COMPUTABLE,
    Failed,
    Inconclusive,
    Limits,
    Measured,
    Measurement,
    NotConfigured,
    Part,
    PartKind,
    ReportOnly,
    estimate_of,
    row_counts_of,
)
from gates.metrics.base.metric import Unit
from gates.metrics.limits.decide import Decision, asked_for, decide, shows_nothing
from gates.metrics.limits.wording import Wording
from gates.verdict import LINE_TO_ADD, Outcome, Severity
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

# Which of the evidence's tables the parts of a kind stand in.
PART_TABLES: Mapping[PartKind, str] = {
    "generator": "generators",
    "stratum": "strata",
    "phrase": "phrases",
    "twins": "twins",
    "language": "languages",
    "locale": "locales",
}
# A message names this many undecided languages; the evidence has all.
UNDECIDED_NAMED = 3


@dataclass(frozen=True)
class Judgement:
    """A measurement set against limits.

    lead: what is wrong or undecided, as a sentence; "" where the clauses say all. clauses: the rest of the message.
    why: what an interval leaves open, in words. evidence: the measurement's, with tables of its parts.
    """

    outcome: Outcome
    severity: Severity
    measurement: Measurement
    clauses: tuple[str, ...]
    lead: str = ""
    rows_needed: Mapping[str, int] | None = None
    why: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What a person reads; of a number within its limits it is short."""
        text = "; ".join(clause for clause in self.clauses if clause)
        return f"{self.lead}: {text}." if self.lead else text


@dataclass(frozen=True)
class _Judge:
    """Limits, what a broken one weighs, and how it is worded. undecided: the severity of what cannot be decided."""

    limits: Limits
    severity: Severity
    undecided: Severity | None
    wording: Wording


def judge(
    measurement: Measurement,
    limits: Limits,
    severity: Severity,
    *,
    undecided: Severity | None = None,
    wording: Wording | None = None,
) -> Judgement:
    """The outcome of a measurement under limits; a part that breaks them decides where the whole does not.

    A part that its rows cannot decide leaves the outcome as it is, which speaks of all rows together: a language's own
    `inconclusive` stands in the evidence with the rows that it needs, and its name in the message.
    undecided: the severity that an inconclusive outcome takes, where it differs from the check's own.
    """
    return _judge(measurement, _Judge(limits, severity, undecided, wording or Wording()))


def _judge(measurement: Measurement, by: _Judge) -> Judgement:
    if isinstance(measurement, ReportOnly):
        reported = _judge(measurement.measurement, replace(by, severity=Severity.INFO, undecided=None))
        clauses = (*reported.clauses, f"reported only: {measurement.reason}")
        return replace(reported, severity=Severity.INFO, clauses=clauses)
    whole = _judge_one(measurement, by)
    if isinstance(measurement, NotConfigured) or not measurement.parts:
        return whole
    parts = measurement.parts
    judged = {name: _judge_part(part, by) for name, part in parts.items()}
    failing = {name: one for name, one in judged.items() if _fails(one)}
    worst = max(
        failing, key=lambda name: (_weight(failing[name]), _excess(failing[name].measurement, by.limits)), default=""
    )
    shown = whole
    if worst and _weight(whole) < _weight(failing[worst]):
        shown = _named(failing[worst], part_name(worst, parts[worst]))
    own = estimate_of(whole.measurement)
    is_everything = len(parts) == 1 and own is not None and own == estimate_of(next(iter(parts.values())).measurement)
    return _with_tables(shown, judged, parts, by.limits, is_named=not is_everything)


def _named(judged: Judgement, name: str) -> Judgement:
    """The judgement of a part, whose message says which part it is."""
    if judged.lead:
        return replace(judged, lead=f"{judged.lead}, {name}")
    return replace(judged, clauses=(f"{name}: {judged.clauses[0]}", *judged.clauses[1:]))


def part_name(name: str, part: Part) -> str:
    """What a message calls a part: `generator 'a'`, `language 'de'`."""
    return f"{part.kind} '{shortened(name.removeprefix(f'{part.kind}='))}'"


def _weight(judged: Judgement) -> int:
    """How much an outcome weighs in a verdict: what could not be computed, then what blocks, then what warns."""
    if judged.outcome is Outcome.ERROR:
        return 4
    if judged.severity is Severity.CRITICAL and judged.outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        return 3 if judged.outcome is Outcome.FAIL else 2
    return 1 if judged.outcome is Outcome.FAIL else 0


def _judge_part(part: Part, by: _Judge) -> Judgement:
    if not part.warns_only:
        return _judge(part.measurement, by)
    # A limit that was not made for a part warns of it already.
    severity = Severity.WARNING if by.severity is Severity.CRITICAL else by.severity
    return _judge(part.measurement, replace(by, limits=replace(by.limits, warn_value=None), severity=severity))


def _judge_one(measurement: Measured | NotConfigured | Inconclusive | Failed, by: _Judge) -> Judgement:
    match measurement:
        case NotConfigured(line=line):
            evidence = {LINE_TO_ADD: line} if line else {}
            clauses = (str(measurement),)
            return Judgement(Outcome.NOT_CONFIGURED, by.severity, measurement, clauses, evidence=evidence)
        case Failed(reason, note=note):
            judged = Judgement(Outcome.ERROR, by.severity, measurement, (reason, note))
        case Inconclusive(reason, rows, undecided=undecided, note=note):
            needed = asked_for(measurement.rows_needed, rows)
            severity = undecided or by.undecided or by.severity
            # Without a number there is nothing to warn of, unless the metric says so.
            if severity is Severity.WARNING and not undecided and not measurement.measured:
                severity = Severity.INFO
            lead = by.wording.question()
            judged = Judgement(Outcome.INCONCLUSIVE, severity, measurement, (reason, note), lead, needed or None)
        case Measured():
            judged = _judge_number(measurement, by)
    return replace(judged, evidence=measurement.evidence)


def _judge_number(measured: Measured, by: _Judge) -> Judgement:
    estimate, limits, note = measured.estimate, by.limits, (measured.note, measured.unread)
    if not estimate.is_computable():
        return Judgement(Outcome.ERROR, by.severity, measured, (NOT_COMPUTABLE, *note))
    hard = replace(limits, warn_value=None)
    decision = decide(measured, hard)
    if decision.outcome is not Outcome.PASS:
        undecided = measured.undecided or by.undecided or by.severity
        severity = (
            by.severity if decision.outcome is Outcome.FAIL else _open(undecided, measured, hard, by.wording.unit)
        )
        return _broken(measured, hard, decision, replace(by, severity=severity))
    softer = limits.softer()
    decision = decide(measured, softer) if softer else decision
    if decision.outcome is not Outcome.PASS:
        severity = Severity.INFO if by.severity is Severity.INFO else Severity.WARNING
        if decision.outcome is Outcome.INCONCLUSIVE and softer:
            severity = _open(severity, measured, softer, by.wording.unit)
        return _broken(measured, limits, decision, replace(by, severity=severity))
    return Judgement(Outcome.PASS, by.severity, measured, (f"{estimate}, {limits}", *note))


def _open(severity: Severity, measured: Measured, limits: Limits, unit: Unit) -> Severity:
    """What an undecided number weighs: nothing to warn of where all rows were read and it shows nothing.

    Sound rows would warn at most sizes, and people would learn to read over warnings. Critical ones leave no verdict.
    """
    is_quiet = shows_nothing(measured, limits, unit) and not measured.unread
    return Severity.INFO if severity is Severity.WARNING and is_quiet else severity


def _broken(measured: Measured, limits: Limits, decision: Decision, by: _Judge) -> Judgement:
    """What fails or cannot be decided, with the limits that it is about."""
    wording, rule = by.wording, by.wording.rule(measured, limits)
    number = wording.interval(measured)
    if decision.outcome is Outcome.FAIL:
        is_told = measured.note and wording.unit not in (Unit.NUMBER, Unit.EXTRA_NUMBER)
        number = "" if is_told else wording.measured(measured)
    lead = wording.finding if decision.outcome is Outcome.FAIL else wording.question()
    clauses = (measured.note, ", ".join(part for part in (number, rule) if part), measured.unread, decision.why)
    return Judgement(decision.outcome, by.severity, measured, clauses, lead, decision.rows_needed, decision.why)


def _excess(measurement: Measurement, limits: Limits) -> float:
    estimate = estimate_of(measurement)
    if estimate is None:
        return -math.inf
    if limits.max_value is not None:
        return estimate.value - limits.max_value
    return (limits.min_value or 0.0) - estimate.value


def _with_tables(
    judgement: Judgement, judged: Mapping[str, Judgement], parts: Mapping[str, Part], limits: Limits, *, is_named: bool
) -> Judgement:
    """The judgement with a table of its parts per kind, worst first, and the names of those that fail or are undecided.

    is_named: not where one generator made all rows, so that it fails where they do.
    """
    order = sorted(judged, key=lambda name: (-_excess(judged[name].measurement, limits), name))
    tables: dict[str, dict[str, object]] = {}
    for name in order:
        tables.setdefault(PART_TABLES[parts[name].kind], {})[name] = _part_row(judged[name])
    failing = [name for name in order if is_named and _fails(judged[name])]
    languages = [name for name in sorted(order) if parts[name].kind in ("language", "locale")]
    named = ("failing alone: " + ", ".join(map(shortened, failing)) if failing else "", *_undecided(judged, languages))
    return replace(judgement, clauses=(*judgement.clauses, *named), evidence={**judgement.evidence, **tables})


def _fails(one: Judgement) -> bool:
    return one.outcome in (Outcome.FAIL, Outcome.ERROR)


def _undecided(judged: Mapping[str, Judgement], languages: list[str]) -> tuple[str, str]:
    """The languages and locales that are undecided by themselves, as the end of a message: the evidence has their rows.

    Those without a number have too few rows to be measured at all; the interval of the others lies across the limit.
    """
    names = [name for name in languages if judged[name].outcome is Outcome.INCONCLUSIVE]
    unmeasured = [name for name in names if estimate_of(judged[name].measurement) is None]
    across = [name for name in names if name not in unmeasured]
    return _listed("too few rows to judge alone", unmeasured), _listed("undecided alone", across)


def _listed(what: str, names: list[str]) -> str:
    if not names:
        return ""
    return f"{what}: {first_few((name.partition('=')[2] for name in names), UNDECIDED_NAMED)}"


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
        "note": "; ".join(clause for clause in (note, judged.why) if clause),
    }
