"""Names, numbers and families of checks as the page writes them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gates.metrics.base.metric import Unit
from gates.metrics.catalogue import BY_NAME
from gates.metrics.limits.wording import Wording
from gates.verdict import CheckResult, Outcome
from gates.verdicts.reports.finding_text import short_name
from gates.verdicts.reports.page.drawing.markup import Markup, name_in_lines, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

# By the wing of `gates.metrics` that measures; stock expectations and plugins' metrics have none.
_FAMILIES: Mapping[str, str] = {
    "integrity": "Integrity and origin",
    "copies": "Copies and contamination",
    "fidelity": "Fidelity to human rows",
    "labels": "Labels and utility",
    "groups": "Groups and rare slices",
    "temporal": "Order in time",
    "content": "Content of texts",
    "annotation": "Annotators",
    "history": "Against earlier versions",
    "review": "Reviewed by people",
}
_ROW_RULES, _TABLES, _OWN = "Row rules", "Tables", "Own checks"
FAMILIES = (_ROW_RULES, _TABLES, *_FAMILIES.values(), _OWN)
_ROW_RULE_TYPE = "expect_row_failure_ratio_to_be_less_than"
# A sign beside each word, here and in the style sheet: colour alone tells nothing to who cannot see it, or prints in grey.
_SIGNS = {
    Outcome.PASS: "✓", Outcome.FAIL: "✕", Outcome.INCONCLUSIVE: "?", Outcome.ERROR: "!", Outcome.NOT_CONFIGURED: "\N{EN DASH}",
}  # fmt: skip


@cache
def family(check_type: str) -> str:
    """What a check is about, by the type of its expectation."""
    if check_type == _ROW_RULE_TYPE:
        return _ROW_RULES
    metric = BY_NAME.get(check_type)
    if metric is not None:
        wing = metric.measure.__module__.removeprefix("gates.metrics.").partition(".")[0]
        return _FAMILIES.get(wing, _OWN)
    return _TABLES if check_type.startswith(("expect_table_", "expect_column")) else _OWN


def number(check: CheckResult, value: float | None) -> str:
    """A number in the check's unit, "none" where there is none."""
    if value is None:
        return "none"
    metric = BY_NAME.get(check.id.type)
    if metric is None or (metric.unit is not Unit.COUNT and isinstance(value, int) and abs(value) > 1):
        return f"{value:,.6g}"
    return Wording(unit=metric.unit).number(value)


def interval(check: CheckResult) -> str:
    """`1.5 % to 3.9 %`, "" for a number that is exact."""
    if check.low is None or check.high is None or check.low == check.high:
        return ""
    return f"{number(check, check.low)} to {number(check, check.high)}"


def limits(check: CheckResult) -> str:
    """`at most 0.1 %`, `at least 30`, `0.3 to 0.7`."""
    low, high = check.min_value, check.max_value
    if low is not None and high is not None:
        return f"{number(check, low)} to {number(check, high)}"
    if high is not None:
        return f"at most {number(check, high)}"
    return "none" if low is None else f"at least {number(check, low)}"


def title(check: CheckResult) -> str:
    """What the check is called, its first letter a capital."""
    name = short_name(check)
    return name[:1].upper() + name[1:]


def question(check: CheckResult) -> str:
    """What the check asks; of stock expectations and plugins' checks what it is called."""
    metric = BY_NAME.get(check.id.type)
    return metric.asks if metric else title(check)


def heading(check: CheckResult, anchor: str | None) -> Markup:
    """The rows and the title of a check, and a link where more of it is on the page."""
    named = name_in_lines(f"{check.id.scope.value}: {title(check)}")
    return tag("a", named, href=f"#{anchor}") if anchor else named


def badge(outcome: Outcome, *more: str) -> Markup:
    """The outcome as its word, before which the style sheet puts its sign."""
    return tag("span", " · ".join((outcome.shown, *more)), class_=f"badge {outcome.value}")


def sign(outcome: Outcome) -> str:
    """One letter for an outcome."""
    return _SIGNS[outcome]
