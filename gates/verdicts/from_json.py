"""The inverse of `Verdict.to_json`: a verdict out of its JSON document, with all that reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gates.verdict import Answer, CheckId, CheckResult, Kind, Outcome, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

_REQUIRED_NUMBERS = ("observed", "min_value", "max_value", "warn_value")
_OPTIONAL_NUMBERS = ("low", "high", "baseline", "baseline_p95", "n_human", "n_synthetic")


def verdict_of(document: Mapping[str, Any]) -> Verdict:
    """The verdict whose `to_json` gives this document.

    Raises ValueError, KeyError, TypeError or AttributeError for what is no such document, or does not have its digest.
    """
    verdict = Verdict(
        dataset=document["dataset"],
        answer=Answer(document["outcome"]),
        checks=[check_of(check) for check in document["checks"]],
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


def check_of(check: Mapping[str, Any]) -> CheckResult:
    """The result of one check. Raises TypeError for a number that is none, and as `verdict_of` does."""
    return CheckResult(
        id=CheckId.parse(check["id"]),
        severity=Severity(check["severity"]),
        outcome=Outcome(check["outcome"]),
        message=str(check["message"]),
        fix=check.get("fix", ""),
        kind=Kind(check["kind"]),
        evidence=evidence if isinstance(evidence := check.get("evidence"), dict) else {},
        rows_needed=check.get("rows_needed"),
        **{name: _number(check[name]) for name in _REQUIRED_NUMBERS},
        **{name: _number(check.get(name)) for name in _OPTIONAL_NUMBERS},
    )


def _number(value: object) -> Any:
    if value is not None and not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value
