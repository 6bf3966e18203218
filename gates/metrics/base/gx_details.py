"""A judgement as the plain values of a GX result, and back again as a `CheckResult`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gates.metrics.base.measurement import measured_of, row_counts_of
from gates.verdict import CheckResult, Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.base.judge import Judgement
    from gates.metrics.base.measurement import Limits
    from gates.verdict import CheckId


def details_of(judged: Judgement, limits: Limits) -> dict[str, Any]:
    """Everything a `CheckResult` needs, as JSON values; NaN and infinity become None."""
    measured = measured_of(judged.measurement)
    estimate = measured.estimate if measured else None
    baseline = measured.baseline if measured else None
    rows = row_counts_of(judged.measurement)
    return {
        "outcome": judged.outcome.value,
        "severity": judged.severity.value,
        "message": judged.message,
        "observed": plain(estimate.value) if estimate else None,
        "low": plain(estimate.low) if estimate else None,
        "high": plain(estimate.high) if estimate else None,
        "baseline": plain(baseline.value) if baseline else None,
        "baseline_p95": plain(baseline.p95) if baseline else None,
        "min_value": limits.min_value,
        "max_value": limits.max_value,
        "warn_value": limits.warn_value,
        "n_human": plain(rows.human),
        "n_synthetic": plain(rows.synthetic),
        "rows_needed": plain(judged.rows_needed),
        "evidence": plain(judged.evidence),
    }


def result_of(check_id: CheckId, details: Mapping[str, Any]) -> CheckResult:
    """The check result that these details came from."""
    rest = {name: value for name, value in details.items() if name not in {"outcome", "severity"}}
    return CheckResult(id=check_id, severity=Severity(details["severity"]), outcome=Outcome(details["outcome"]), **rest)


def plain(value: Any) -> Any:
    """`value` as JSON has it: numpy scalars as Python's, sets sorted, keys as words, NaN and infinity as None."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    return str(value)
