"""The verdict as an input dataset of OpenLineage, with the results of its checks as assertions.

A run event, which has a time and an id of its run, takes it among its `inputs`. https://openlineage.io/docs/spec/facets/
"""

from __future__ import annotations

import json

from gates import __version__
from gates.contract.plugins import Report
from gates.verdict import CheckResult, Kind, Outcome, Severity, Verdict
from gates.verdicts.reports.finding_text import measured_text
from gates.verdicts.reports.text import printable

PRODUCER = f"https://pypi.org/project/origin-gates/{__version__}"
SCHEMA = "https://openlineage.io/spec/facets/1-1-0/DataQualityAssertionsDatasetFacet.json#/$defs/DataQualityAssertionsDatasetFacet"
# Data catalogues know a dataset by another name: whoever sends the event puts it here.
NAMESPACE = "gates"
_SEVERITIES = {Severity.CRITICAL: "error", Severity.WARNING: "warn", Severity.INFO: "info"}


def openlineage(verdict: Verdict) -> str:
    """One JSON object; what is not configured is no assertion, and what could not be decided is no success."""
    waived = verdict.waived_ids
    judged = [check for check in verdict.checks if check.outcome is not Outcome.NOT_CONFIGURED]
    facet = {
        "_producer": PRODUCER,
        "_schemaURL": SCHEMA,
        "assertions": [_assertion(check, is_waived=str(check.id) in waived) for check in judged],
    }
    document = {"namespace": NAMESPACE, "name": verdict.dataset, "inputFacets": {"dataQualityAssertions": facet}}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _assertion(check: CheckResult, *, is_waived: bool) -> dict[str, object]:
    """A check as an assertion; one that is waived warns at most, as it does not count."""
    column = check.id.detail.rpartition("/")[0] if check.kind is Kind.SCHEMA else ""
    severity = _SEVERITIES[check.severity]
    measured = measured_text(check)
    return {
        "assertion": check.id.type,
        "name": str(check.id),
        "success": check.outcome is Outcome.PASS,
        "severity": "warn" if is_waived and severity == "error" else severity,
        **({"column": column} if column else {}),
        "description": printable(check.message),
        **({"actual": measured} if measured else {}),
        "params": {"outcome": check.outcome.value, "scope": check.id.scope.value},
    }


REPORT = Report("openlineage", "openlineage.json", openlineage)
