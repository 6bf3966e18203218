"""A measurement under the demand of one suite entry, as the record that a verdict keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gates.metrics.base.measurement import Limits, Measurement, measured_of, row_counts_of
from gates.metrics.limits.judge import judge
from gates.metrics.limits.wording import Wording
from gates.verdict import CheckId, CheckResult, Outcome, Severity

if TYPE_CHECKING:
    from gates.metrics.base.metric import Metric, Params


@dataclass(frozen=True)
class Demand:
    """What an expectation demands of a metric. params: the metric's own arguments, with their defaults."""

    limits: Limits
    severity: Severity = Severity.CRITICAL
    params: Params = field(default_factory=dict)


def check_result(check_id: CheckId, metric: Metric, measurement: Measurement, demand: Demand) -> CheckResult:
    """The measurement, judged; evidence as JSON has it, NaN and infinity as None. `gates explain` has the whole `fix`."""
    limits = demand.limits
    wording = Wording(_finding(metric, demand.params), metric.unit)
    judged = judge(measurement, limits, demand.severity, undecided=metric.undecided, wording=wording)
    measured, rows = measured_of(judged.measurement), row_counts_of(judged.measurement)
    estimate = measured.estimate if measured else None
    baseline = measured.baseline if measured else None
    return CheckResult(
        id=check_id,
        severity=judged.severity,
        outcome=judged.outcome,
        message=judged.message,
        observed=plain(estimate.value) if estimate else None,
        low=plain(estimate.low) if estimate else None,
        high=plain(estimate.high) if estimate else None,
        baseline=plain(baseline.value) if baseline else None,
        baseline_p95=plain(baseline.p95) if baseline else None,
        min_value=limits.min_value,
        max_value=limits.max_value,
        warn_value=limits.warn_value,
        n_human=plain(rows.human),
        n_synthetic=plain(rows.synthetic),
        rows_needed=plain(judged.rows_needed),
        evidence=plain(judged.evidence),
        fix=_first_sentence(metric.fix) if judged.outcome is Outcome.FAIL else "",
    )


def _finding(metric: Metric, params: Params) -> str:
    finding = metric.finding or f"{metric.expectation} is not met"
    for name, value in params.items():
        finding = finding.replace(f"{{{name}}}", str(value))
    return finding


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".") + "."


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
