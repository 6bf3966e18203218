"""The inverse of `Verdict.to_json`: a verdict out of its JSON document, with all that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gates.verdict import Answer, CheckId, CheckResult, Kind, Outcome, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS = (
    "observed", "low", "high", "baseline", "baseline_p95", "min_value", "max_value", "warn_value",
    "n_human", "n_synthetic", "rows_needed",
)  # fmt: skip


def verdict_of(document: Mapping[str, Any]) -> Verdict:
    """The verdict whose `to_json` gives this document.

    Raises ValueError, KeyError, TypeError or AttributeError for what is no such document, or does not have its digest.
    """
    verdict = Verdict(
        dataset=document["dataset"],
        answer=Answer(document["outcome"]),
        checks=[_check(check) for check in document["checks"]],
        rows=document["rows"],
        data=document["data"],
        contract=document["contract"],
        loosened=document["loosened"],
        waived=document["waived"],
        is_partial=document["partial"],
        columns=document.get("columns", {}),
    )
    if verdict.digest() != document["digest"]:
        raise ValueError(f"the verdict on '{verdict.dataset}' does not have the digest it claims")
    return verdict


def _check(check: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        id=CheckId.parse(check["id"]),
        severity=Severity(check["severity"]),
        outcome=Outcome(check["outcome"]),
        message=check["message"],
        fix=check.get("fix", ""),
        kind=Kind(check["kind"]),
        evidence=check["evidence"],
        **{name: check[name] for name in _NUMBERS},
    )
