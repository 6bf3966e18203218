"""Whether the arguments of one of our own expectations make sense; the suite reader and the GX classes both ask."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gates.contract.suites.argument_values import allowed_values
from gates.contract.suites.names import NEEDED, SILENT_WITHOUT_VALUES
from gates.errors import did_you_mean
from gates.metrics.base.metric import Metric, Side

if TYPE_CHECKING:
    from collections.abc import Mapping


def limit_names(side: Side) -> tuple[str, ...]:
    if side is Side.MAX:
        return ("max_value", "warn_value")
    return ("min_value", "warn_value") if side is Side.MIN else ("min_value", "max_value", "warn_value")


def problem_with(metric: Metric, kwargs: Mapping[str, object]) -> str:
    """One clause saying what is wrong with the arguments, or "" when nothing is."""
    if "row_condition" in kwargs:
        return "row_condition is not possible here: the metric is measured on the whole scope; use the option slices"
    params = dict(metric.params)
    allowed = (*limit_names(metric.side), *params)
    for name, value in kwargs.items():
        if name not in allowed:
            return f"no argument '{name}' ({did_you_mean(name, allowed)})"
        problem = _limit_problem(name, value) if name not in params else _param_problem(name, value, params[name])
        words = allowed_values(metric, name)
        if not problem and value is not None and words and value not in words:
            problem = f"{name} is {value!r} ({did_you_mean(str(value), words)})"
        if problem:
            return problem
    return _limits_problem(metric.side, kwargs)


def stock_problem(kind: str, kwargs: Mapping[str, object]) -> str:
    """One clause saying why an expectation of Great Expectations' own could never fail, or "".

    Each was measured to pass on data that it should refuse.
    """
    missing = [name for name in NEEDED.get(kind, ()) if kwargs.get(name) is None]
    if missing:
        return f"no {missing[0]}: without it everything passes"
    has_limit = any(kwargs.get(name) is not None for name in ("min_value", "max_value", "quantile_ranges"))
    if kind.endswith("_to_be_between") and not has_limit:
        return "no min_value or max_value: an expectation without a limit can never fail"
    if kwargs.get("mostly", 1) == 0:
        return "mostly is 0: an expectation that asks nothing of any row can never fail"
    if "row_condition" in kwargs and kind in SILENT_WITHOUT_VALUES:
        return "row_condition is not possible here: where no row meets it, everything passes"
    for name, value in kwargs.items():
        if isinstance(value, list) and None in value:
            return (
                f"{name} holds null, with which distinct values all pass: nulls are not looked at anyway, leave it out"
            )
    return ""


def _limit_problem(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f"{name} is {value!r}: expected a finite number"
    return ""


def _limits_problem(side: Side, kwargs: Mapping[str, object]) -> str:
    low, high, warn = (kwargs.get(name) for name in ("min_value", "max_value", "warn_value"))
    required = {Side.MAX: high, Side.MIN: low, Side.BETWEEN: low if low is not None else high}[side]
    if required is None:
        name = {Side.MAX: "max_value", Side.MIN: "min_value", Side.BETWEEN: "min_value or max_value"}[side]
        return f"no {name}: an expectation without a limit can never fail"
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        return f"min_value {low:g} is above max_value {high:g}: nothing can pass"
    if isinstance(warn, int | float):
        if isinstance(high, int | float) and warn > high:
            return f"warn_value {warn:g} is beyond max_value {high:g}: it would never warn before it fails"
        if isinstance(low, int | float) and warn < low:
            return f"warn_value {warn:g} is beyond min_value {low:g}: it would never warn before it fails"
    return ""


def _param_problem(name: str, value: object, default: object) -> str:
    """A parameter takes values of its default's type; one whose default is None takes any plain value."""
    if value is None:
        return "" if default is None else f"{name} is null: expected {_expected(default)}"
    if default is None:
        plain = isinstance(value, str | int | float) or _is_strings(value)
        return "" if plain else f"{name} is {value!r}: expected a word, a number or a list of words"
    if isinstance(default, list | tuple):
        fits = _is_strings(value)
    elif isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(default, bool) and isinstance(value, bool)
    elif isinstance(default, float):
        fits = isinstance(value, int | float) and math.isfinite(value)
    else:
        fits = isinstance(value, type(default))
    return "" if fits else f"{name} is {value!r}: expected {_expected(default)}"


def _is_strings(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _expected(default: object) -> str:
    if isinstance(default, list | tuple):
        return "a list of words"
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, float):
        return "a finite number"
    return "a whole number" if isinstance(default, int) else "a word"
