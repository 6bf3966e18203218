"""Nouns of a suite file, and what follows from one expectation's arguments: its id, its limits, its parameters."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.metrics.base.measurement import Limits
from gates.metrics.catalogue import BY_NAME
from gates.metrics.limits.check_result import Demand
from gates.verdict import CheckId, Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.base.metric import Metric

LIMITS = ("min_value", "max_value", "warn_value")
ROW_FAILURES = "expect_row_failure_ratio_to_be_less_than"
# Where no suite says how many rows may break a rule.
_UNMENTIONED = {"reason": "a rule that a person wrote holds in every row"}


@dataclass(frozen=True)
class SuiteEntry:
    """One expectation of a suite file. `path` and `line` say where it is written, for messages.

    is_own: whether that is a suite of the dataset, and none that is shipped with its type.
    """

    check_id: CheckId
    type: str
    kwargs: Mapping[str, object]
    severity: Severity = Severity.CRITICAL
    meta: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    line: int = 0
    is_own: bool = False

    @property
    def place(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Suite:
    """The expectations of one scope as one file has them, in the file's order; their check ids are unique."""

    name: str
    path: str
    scope: Scope
    expectations: tuple[SuiteEntry, ...]


def expectation_id(check_id: CheckId) -> str:
    """The id under which Great Expectations knows a check; its results are matched by it, never by position."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"gates:{check_id}"))


def unmentioned_rule(scope: Scope, rule: str, severity: Severity = Severity.CRITICAL) -> SuiteEntry:
    """The limit on a row rule that no suite mentions."""
    kwargs = {**params_of(BY_NAME[ROW_FAILURES], {"rule": rule}), "max_value": 0.0}
    return SuiteEntry(CheckId(scope, ROW_FAILURES, rule), ROW_FAILURES, kwargs, severity, _UNMENTIONED)


def limits_of(kwargs: Mapping[str, object]) -> Limits:
    """The limits among an expectation's arguments."""
    numbers = {name: _number(kwargs.get(name)) for name in LIMITS}
    return Limits(**numbers)


def demand_of(metric: Metric, entry: SuiteEntry) -> Demand:
    """What the entry demands of the metric that its expectation puts limits on."""
    return Demand(limits_of(entry.kwargs), entry.severity, params_of(metric, entry.kwargs))


def params_of(metric: Metric, kwargs: Mapping[str, object]) -> dict[str, object]:
    """The metric's parameters: what the arguments say, else the defaults, spelled one way whoever wrote them."""
    return {name: _like_default(kwargs.get(name, default), default) for name, default in metric.params}


def measurement_key(expectation: str, params: Mapping[str, object]) -> str:
    """What a measurement is stored under: two expectations with other limits and equal parameters share it."""
    return f"{expectation} {json.dumps(dict(params), sort_keys=True, ensure_ascii=False)}"


def check_id_of(
    scope: Scope, kind: str, kwargs: Mapping[str, object], meta: Mapping[str, object], metric: Metric | None
) -> CheckId:
    """`<scope>/<type>[/<detail>]`: the rule's name, else the columns, else the metric's telling parameters.

    A parameter counts with its default too, so that writing the default out names the same check.
    """
    if meta.get("rule"):
        return CheckId(scope, kind, str(meta["rule"]))
    if metric is not None:
        params = params_of(metric, kwargs)
        parts = [_spelled(params[name]) for name in metric.detail]
        return CheckId(scope, kind, "/".join(part for part in parts if part))
    columns = kwargs.get("column") or kwargs.get("column_list")
    if not columns and "column_A" in kwargs:
        columns = [kwargs["column_A"], kwargs.get("column_B")]
    return CheckId(scope, kind, _spelled(columns))


def _spelled(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(_spelled(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _like_default(value: object, default: object) -> object:
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
