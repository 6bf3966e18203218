"""Verdicts as SARIF 2.1.0, which GitHub's code scanning and editors read: a run per dataset, a result per finding.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from gates.contract.plugins import Report
from gates.verdict import Answer, CheckResult, Outcome, Severity
from gates.verdicts.reports.located_verdict import Located, Place, Unjudged, of_one
from gates.verdicts.reports.text import printable
from gates.verdicts.reports.weaker_gate import ID, TITLE, WeakerGate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.metrics.base.metric import Metric

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_WEAKENED = "weakened-gate"


def sarif(judged: Sequence[Located], unjudged: Sequence[Unjudged] = ()) -> str:
    """A JSON document of failures: checks that failed or could not be computed, waived ones as suppressed results.

    What is undecided is no result; where it leaves a dataset without a verdict, it is a notification of the run.
    """
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [*map(_run, judged), *map(_failed_run, unjudged)]}
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


def with_change(text: str, weaker: Sequence[WeakerGate]) -> str:
    """The document led by a run of what the change takes away; what it gives a reason for is suppressed."""
    rule = {"id": _WEAKENED, "shortDescription": {"text": TITLE}}
    run = {
        "tool": {"driver": {"name": "gates", "rules": [rule]}},
        "automationDetails": {"id": f"gates/{ID}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": [_weakened(one) for one in weaker],
    }
    log = json.loads(text)
    log["runs"].insert(0, run)
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


def _weakened(one: WeakerGate) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": _WEAKENED,
        "ruleIndex": 0,
        "level": "error" if one.reason is None else "warning",
        "message": {"text": _text(f"{TITLE}: {one.sentence}; {one.advice}")},
        "locations": [_location(one.place, one.what, "resource")],
        "partialFingerprints": _fingerprints(one.what),
    }
    if one.reason is not None:
        result["suppressions"] = [{"kind": "external", "justification": printable(one.reason)}]
    return result


def _run(located: Located) -> dict[str, object]:
    verdict = located.verdict
    kinds = sorted({check.id.type for check in verdict.checks})
    driver: dict[str, object] = {"name": "gates", "rules": [_rule(kind, located.metrics) for kind in kinds]}
    version = verdict.contract.get("gates")
    if version:
        driver["version"] = str(version)
    return {
        "tool": {"driver": driver},
        # Code scanning keeps one run per id, and would let one dataset's run replace another's.
        "automationDetails": {"id": f"gates/{printable(located.name)}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(located)],
        "results": [
            _result(located, check, kinds.index(check.id.type))
            for check in verdict.checks
            if check.outcome in (Outcome.FAIL, Outcome.ERROR)
        ],
        "properties": {"verdict": verdict.answer.value, "digest": verdict.digest(), "rows": dict(verdict.rows)},
    }


def _invocation(located: Located) -> dict[str, object]:
    invocation: dict[str, object] = {"executionSuccessful": located.verdict.answer is not Answer.NO_VERDICT}
    undecided = [
        {"level": str(located.weight(check)), "message": {"text": _text(f"{check.id}: {located.message(check)}")}}
        for check in located.verdict.checks
        if check.outcome is Outcome.INCONCLUSIVE and check.severity is Severity.CRITICAL
    ]
    return {**invocation, **({"toolExecutionNotifications": undecided} if undecided else {})}


def _failed_run(one: Unjudged) -> dict[str, object]:
    """A run that says that it came to no result, and why."""
    notification = {"level": "error", "message": {"text": printable(one.why)}}
    return {
        "tool": {"driver": {"name": "gates"}},
        "automationDetails": {"id": f"gates/{printable(one.name)}/"},
        "invocations": [{"executionSuccessful": False, "toolExecutionNotifications": [notification]}],
        "results": [],
    }


def _rule(kind: str, metrics: Mapping[str, Metric] | None) -> dict[str, object]:
    # Loads every metric.
    from gates.contract.explain import explanation

    try:
        explained = explanation(kind) if metrics is None else explanation(kind, metrics)
    except KeyError:
        # A result that was not planned is reported too.
        return {"id": kind}
    return {
        "id": kind,
        "shortDescription": {"text": explained.asks},
        "fullDescription": {"text": explained.why},
        "help": {"text": f"{explained.fix}\n\nSource: {explained.source}"},
    }


def _result(located: Located, check: CheckResult, rule: int) -> dict[str, object]:
    place = located.place(check)
    name = f"{located.name}: {check.id}"
    result: dict[str, object] = {
        "ruleId": check.id.type,
        "ruleIndex": rule,
        "level": str(located.weight(check)),
        "message": {"text": _text(f"{name}: {located.message(check)}{f'; fix: {check.fix}' if check.fix else ''}")},
        "locations": [_location(place, name, "check")],
        "partialFingerprints": _fingerprints(name),
        "properties": {"outcome": check.outcome.value, "severity": check.severity.value, "scope": check.id.scope.value},
    }
    reasons = [waiver["reason"] for waiver in located.verdict.waived if waiver["check"] == str(check.id)]
    if reasons:
        result["suppressions"] = [{"kind": "external", "justification": printable(reasons[0])}]
    return result


def _location(place: Place, name: str, kind: str) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path), "uriBaseId": _ROOT},
            "region": {"startLine": place.line},
        },
        "logicalLocations": [{"fullyQualifiedName": printable(name), "kind": kind}],
    }


def _fingerprints(name: str) -> dict[str, str]:
    """Many checks share the line of their dataset's table; code scanning tells results apart by the first of these."""
    fingerprint = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return {"primaryLocationLineHash": fingerprint, "gatesCheckId/v1": fingerprint}


def _text(text: str) -> str:
    """One line in which no link can be embedded (SARIF, 3.11.6)."""
    return printable(text).replace("](", "] (")


# Code scanning picks files out of a folder by the ending `.sarif`.
REPORT = Report("sarif", "sarif", of_one(sarif), sarif, is_document=True, with_change=with_change)
