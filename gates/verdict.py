"""Nouns of a verdict and the pure function that adds check results up to one answer."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA_VERSION = 1

# The digests of everything that was read to reach a verdict.
_INPUTS = ("manifest_sha256", "holdout_sha256", "evaluation_sha256", "md5_manifest_sha256", "promoted_sha256")

# Rows of an origin that is not declared, where rows are counted by origin.
UNDECLARED = "undeclared"
# The evidence of a check that is not configured: the line to add to the dataset's table in gates.toml.
LINE_TO_ADD = "add"
# In what a verdict says of its data: that it was a frame in memory and no file that anybody can look at again.
IN_MEMORY = "in_memory"
# Of such a frame: its data type, and whether that was read from its columns' names, as the call stated none.
JUDGED_AS = "type"
TYPE_GUESSED = "type_guessed"
# How the message of a check ends that an empty partition explains: reports say it once for all of them.
NOTHING_TO_MEASURE = "rows: nothing to measure"


class Scope(StrEnum):
    """Which rows a check sees."""

    HUMAN = "human"
    SYNTHETIC = "synthetic"
    COMBINED = "combined"


class Outcome(StrEnum):
    """What one check found."""

    PASS = "pass"  # noqa: S105 (an outcome)
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_CONFIGURED = "not_asked"

    @property
    def shown(self) -> str:
        """The word for readers; the value is for files and programs."""
        return "not configured" if self is Outcome.NOT_CONFIGURED else self.value


class Severity(StrEnum):
    """How much a check matters; a property of the expectation, never an outcome."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Kind(StrEnum):
    """What ran: a pandera rule on rows, or a Great Expectations expectation on a whole scope."""

    SCHEMA = "schema"
    SUITE = "suite"


class Answer(StrEnum):
    """What all checks of one dataset add up to."""

    PASS = "pass"  # noqa: S105 (an answer)
    WARN = "warn"
    FAIL = "fail"
    NO_VERDICT = "unjudged"

    @property
    def word(self) -> str:
        """What reports for people say; the value is what documents hold."""
        return "no verdict" if self is Answer.NO_VERDICT else self.value


@dataclass(frozen=True, order=True)
class CheckId:
    """`<scope>/<type>[/<column, slice or rule>]`, unique within a plan."""

    scope: Scope
    type: str
    detail: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.scope.value, self.type, self.detail) if part)

    @classmethod
    def parse(cls, text: str) -> CheckId:
        """Inverse of `str`. Raises ValueError when there is no known scope or no type."""
        scope, _, rest = text.partition("/")
        kind, _, detail = rest.partition("/")
        if not kind:
            raise ValueError(f"'{text}' is no check id: expected <scope>/<type>[/<detail>]")
        return cls(Scope(scope), kind, detail)


@dataclass(frozen=True)
class PlannedCheck:
    """One question that the plan promises an answer to."""

    id: CheckId
    severity: Severity
    kind: Kind = Kind.SUITE


@dataclass(frozen=True)
class CheckResult:
    """The positive record that a check ran.

    `observed` with its interval [`low`, `high`] is in the units of the limits `min_value`/`max_value`.
    `baseline` is the same metric between two sets of human rows, `baseline_p95` its 95th percentile.
    `rows_needed` says per origin how many more rows would decide an inconclusive check, `fix` how to fix a failed one.
    """

    id: CheckId
    severity: Severity
    outcome: Outcome
    message: str
    kind: Kind = Kind.SUITE
    observed: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    baseline_p95: float | None = None
    min_value: float | None = None
    max_value: float | None = None
    warn_value: float | None = None
    n_human: int | None = None
    n_synthetic: int | None = None
    rows_needed: Mapping[str, int] | None = None
    # Matrices among it would hide the rest where a result is shown.
    evidence: Mapping[str, object] = field(default_factory=dict, repr=False)
    fix: str = ""

    def to_json(self) -> dict[str, object]:
        """Plain JSON values, floats rounded to 9 significant digits, keys in a fixed order."""
        numbers = {
            name: _rounded(getattr(self, name))
            for name in (
                "observed", "low", "high", "baseline", "baseline_p95", "min_value", "max_value", "warn_value",
                "n_human", "n_synthetic",
            )
        }  # fmt: skip
        return {
            "id": str(self.id),
            "scope": self.id.scope.value,
            "kind": self.kind.value,
            "type": self.id.type,
            "severity": self.severity.value,
            "outcome": self.outcome.value,
            **numbers,
            "rows_needed": dict(self.rows_needed) if self.rows_needed else None,
            "message": self.message,
            "fix": self.fix,
            "evidence": rounded_tree(self.evidence),
        }

    def judged_on(self) -> dict[str, object]:
        """The part of the record that the verdict's digest covers: no observed digits."""
        return {
            "id": str(self.id),
            "severity": self.severity.value,
            "outcome": self.outcome.value,
            "min_value": _rounded(self.min_value),
            "max_value": _rounded(self.max_value),
            "warn_value": _rounded(self.warn_value),
        }


@dataclass(frozen=True)
class Verdict:
    """Every planned check's result for one dataset version under one contract version.

    is_partial: only some of the planned checks were run, so that this is no verdict on the dataset.
    columns: `read_as`, what columns hold that are written as text; `not_compared`, the others that no check compares, with why.
    """

    dataset: str
    answer: Answer
    checks: Sequence[CheckResult]
    rows: Mapping[str, int]
    data: Mapping[str, object]
    contract: Mapping[str, object]
    loosened: Sequence[str] = ()
    waived: Sequence[Mapping[str, str]] = ()
    is_partial: bool = False
    columns: Mapping[str, object] = field(default_factory=dict)

    @property
    def outcome(self) -> Answer:
        """The answer under the name that documents have for it."""
        return self.answer

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the critical checks that failed and count: why the answer is a fail."""
        waived = self.waived_ids
        critical = (check for check in self.checks if check.severity is Severity.CRITICAL)
        ids = (str(check.id) for check in critical if check.outcome is Outcome.FAIL)
        return tuple(name for name in ids if name not in waived)

    @property
    def waived_ids(self) -> frozenset[str]:
        """Ids of the checks that do not count."""
        return frozenset(waiver["check"] for waiver in self.waived)

    def check(self, check_id: str) -> CheckResult:
        """The result under this id. Raises KeyError when no such check was planned."""
        for result in self.checks:
            if str(result.id) == check_id:
                return result
        raise KeyError(check_id)

    def to_json(self) -> dict[str, object]:
        """The verdict as its versioned JSON document (gates/verdicts/reports/verdict.schema.json)."""
        return {
            "schema_version": SCHEMA_VERSION,
            "dataset": self.dataset,
            "outcome": self.answer.value,
            "partial": self.is_partial,
            "digest": self.digest(),
            "checks": [check.to_json() for check in self.checks],
            "rows": dict(self.rows),
            "data": dict(self.data),
            "columns": rounded_tree(dict(self.columns)),
            "contract": dict(self.contract),
            "loosened": list(self.loosened),
            "waived": [dict(waiver) for waiver in self.waived],
        }

    def digest(self) -> str:
        """sha256 over outcomes, limits and inputs; observed digits do not count."""
        return verdict_digest(self.to_digestible())

    def to_digestible(self) -> dict[str, object]:
        """What the digest covers, as plain JSON values."""
        return {
            "schema_version": SCHEMA_VERSION,
            "dataset": self.dataset,
            "outcome": self.answer.value,
            "checks": [check.judged_on() for check in self.checks],
            "rows": dict(self.rows),
            "data": {name: self.data.get(name) for name in _INPUTS},
            "contract": self.contract.get("sha256"),
            "loosened": list(self.loosened),
            "waived": [dict(waiver) for waiver in self.waived],
        }


def digest_of_report(report: Mapping[str, object]) -> str:
    """The digest that a verdict read back from JSON must carry.

    Raises KeyError, TypeError or AttributeError when the document is not a verdict.
    """
    names = ("id", "severity", "outcome", "min_value", "max_value", "warn_value")
    checks = report["checks"]
    data, contract = report["data"], report["contract"]
    return verdict_digest({
        "schema_version": report["schema_version"],
        "dataset": report["dataset"],
        "outcome": report["outcome"],
        "checks": [{name: check[name] for name in names} for check in checks],  # type: ignore[attr-defined]
        "rows": report["rows"],
        "data": {name: data.get(name) for name in _INPUTS},  # type: ignore[attr-defined]
        "contract": contract.get("sha256"),  # type: ignore[attr-defined]
        "loosened": report["loosened"],
        "waived": report["waived"],
    })  # fmt: skip


def verdict_digest(digestible: Mapping[str, object]) -> str:
    """sha256 of canonical JSON: sorted keys, no spaces, NaN refused."""
    text = json.dumps(digestible, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def conclude(
    planned: Sequence[PlannedCheck],
    results: Iterable[CheckResult],
    *,
    waived: frozenset[str] = frozenset(),
    inconclusive_blocks: bool = True,
) -> tuple[Answer, list[CheckResult]]:
    """Answer of a verdict, and one result per planned check in the plan's order.

    A planned check without a result becomes `error`, and so does a result that was not planned; an empty plan is
    `unjudged`. Waived checks keep their outcome and do not count.
    """
    by_id: dict[CheckId, CheckResult] = {}
    surplus: list[CheckResult] = []
    promised = {plan.id: plan for plan in planned}
    for result in results:
        if result.id in promised and result.id not in by_id:
            by_id[result.id] = result
        else:
            surplus.append(
                _error(result.id, result.severity, result.kind, "reported but not planned, or reported twice")
            )
    complete = [
        by_id.get(plan.id) or _error(plan.id, plan.severity, plan.kind, "planned but not reported") for plan in planned
    ] + surplus
    counted = [result for result in complete if str(result.id) not in waived]
    return _answer(counted if planned else [], inconclusive_blocks=inconclusive_blocks), complete


def exit_code(answer: Answer, *, strict: bool = False) -> int:
    """0 passed, 1 failed, 3 no verdict (2 is wrong usage, click's own)."""
    if answer is Answer.WARN:
        return 1 if strict else 0
    return {Answer.PASS: 0, Answer.FAIL: 1, Answer.NO_VERDICT: 3}[answer]


def _answer(results: Sequence[CheckResult], *, inconclusive_blocks: bool) -> Answer:
    configured = [result for result in results if result.outcome is not Outcome.NOT_CONFIGURED]
    critical = [result.outcome for result in configured if result.severity is Severity.CRITICAL]
    if Outcome.FAIL in critical:
        return Answer.FAIL
    undecided = inconclusive_blocks and Outcome.INCONCLUSIVE in critical
    if not configured or undecided or any(result.outcome is Outcome.ERROR for result in configured):
        return Answer.NO_VERDICT
    if any(result.severity is not Severity.INFO and result.outcome is not Outcome.PASS for result in configured):
        return Answer.WARN
    return Answer.PASS


def _error(check_id: CheckId, severity: Severity, kind: Kind, message: str) -> CheckResult:
    return CheckResult(check_id, severity, Outcome.ERROR, message, kind)


def _rounded(value: float | None) -> float | None:
    """Nine significant digits: parallel sums differ beyond them from run to run. NaN and infinity become None."""
    if value is None or isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    return float(f"{value:.9g}")


def rounded_tree(value: object) -> object:
    """`value` with every float in it rounded and every mapping and sequence made plain."""
    if isinstance(value, float):
        return _rounded(value)
    if isinstance(value, dict):
        return {str(key): rounded_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded_tree(item) for item in value]
    return value
