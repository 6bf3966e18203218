"""A result of one of Great Expectations' own expectations as a `CheckResult`: numbers and counts, never row values."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from gates.contract.suites.suite import limits_of
from gates.metrics.limits.check_result import plain
from gates.metrics.limits.wording import percent
from gates.verdict import CheckResult, Outcome, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.contract.suites.suite import SuiteEntry
    from gates.metrics.base.measurement import Limits

_DIVERGENCE = "expect_column_kl_divergence_to_be_less_than"
ROW_COUNTS = frozenset({"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"})
# What these observe is the schema, so that it may be shown.
_TYPES = frozenset({
    "expect_column_type_to_be",
    "expect_column_values_to_be_in_type_list",
    "expect_column_values_to_be_of_type",
})  # fmt: skip


def result_without_rows(entry: SuiteEntry) -> CheckResult:
    """What a scope without rows means: Great Expectations would call it a success."""
    if entry.type in ROW_COUNTS:
        return _about(
            entry, Outcome.FAIL, f"There are no rows in the {entry.check_id.scope} scope.",
            observed=0, min_value=_limits(entry).min_value, max_value=_limits(entry).max_value,
        )  # fmt: skip
    message = f"no rows in the {entry.check_id.scope} scope: there is nothing to judge"
    return CheckResult(entry.check_id, entry.severity, Outcome.ERROR, message)


def error_result(entry: SuiteEntry, message: str) -> CheckResult:
    """A check that raised, with the first line of what was raised and without the values in it."""
    first = message.strip().partition("\n")[0]
    # DuckDB and Python quote the value that they could not convert.
    shown = re.sub(r"'.*'", "'…'", first) if re.search("conver(t|sion)", first, re.IGNORECASE) else first
    return CheckResult(entry.check_id, entry.severity, Outcome.ERROR, shown or "raised an error without a message")


def stock_result(entry: SuiteEntry, *, success: bool, result: Mapping[str, Any]) -> CheckResult:
    """The record of one of Great Expectations' own expectations that ran to its end."""
    outcome = Outcome.PASS if success else Outcome.FAIL
    if "element_count" in result:
        return _row_by_row(entry, outcome, result)
    observed = plain(result.get("observed_value"))
    if isinstance(observed, int | float) and not isinstance(observed, bool):
        limits = _limits(entry)
        message = _message(entry, outcome, f"{observed:.6g}, {limits}")
        bounds = {"min_value": limits.min_value, "max_value": limits.max_value}
        return _about(entry, outcome, message, observed=observed, **bounds)
    if observed is None and entry.type == _DIVERGENCE and not success:
        reason = "infinite, because there are values to which the partition gives no weight"
        return _about(entry, outcome, _message(entry, outcome, reason))
    if _is_not_computable(result, observed):
        return error_result(entry, "not computable on these rows (NaN or no value)")
    return _about(entry, outcome, _message(entry, outcome, _observation(entry, outcome, result)))


def _about(entry: SuiteEntry, outcome: Outcome, message: str, **numbers: float | None) -> CheckResult:
    """The record of an entry. numbers: the result's own, by field."""
    fix = _fix(entry, outcome, is_empty=numbers.get("observed") == 0)
    return CheckResult(entry.check_id, entry.severity, outcome, message, fix=fix, **numbers)  # type: ignore[arg-type]


def _limits(entry: SuiteEntry) -> Limits:
    if "value" in entry.kwargs:
        return limits_of({"min_value": entry.kwargs["value"], "max_value": entry.kwargs["value"]})
    return limits_of({"max_value": entry.kwargs.get("threshold")} if entry.type == _DIVERGENCE else entry.kwargs)


def _row_by_row(entry: SuiteEntry, outcome: Outcome, result: Mapping[str, Any]) -> CheckResult:
    """Observed is the share of unexpected values among those present; its limit follows from `mostly`."""
    rows, missing = int(result["element_count"] or 0), int(result.get("missing_count") or 0)
    present = rows - missing
    if present == 0:
        what = "every value is null" if rows else "no row meets the row condition"
        message = f"{what}: there is nothing to judge"
        return CheckResult(entry.check_id, entry.severity, Outcome.INCONCLUSIVE, message)
    unexpected = int(result.get("unexpected_count") or 0)
    mostly = entry.kwargs.get("mostly", 1)
    # 1 - .95 is .0500…044.
    limit = round(1 - mostly, 12) if isinstance(mostly, int | float) else None
    share = unexpected / present
    text = f"{unexpected:,} of {present:,} values ({percent(share)}) are unexpected"
    if limit is not None:
        text += f"; at most {100 * limit:g} % may" if limit else "; none may"
    if missing:
        text += f"; {missing:,} more are null"
    return _about(entry, outcome, _message(entry, outcome, text), observed=share, max_value=limit)


def _is_not_computable(result: Mapping[str, Any], observed: Any) -> bool:
    if "observed_value" not in result or "unexpected_count" in result or "missing_count" in result:
        return False
    values = observed.get("values", [0]) if isinstance(observed, dict) else [observed]
    return any(value is None or (isinstance(value, float) and math.isnan(value)) for value in values)


def _message(entry: SuiteEntry, outcome: Outcome, text: str) -> str:
    """The text; of what failed behind a sentence on what is wrong."""
    if outcome is Outcome.PASS:
        return text
    if entry.type in ROW_COUNTS:
        wrong = "too few" if _is_minimum(entry) else "not the right number of"
        return f"There are {wrong} {_rows_of(entry)}: {text}."
    return f"{_subject(entry)} does not meet the expectation '{_expected(entry)}': {text}."


def _is_minimum(entry: SuiteEntry) -> bool:
    return isinstance(entry.kwargs.get("min_value"), int) and entry.kwargs.get("max_value") is None


def _rows_of(entry: SuiteEntry) -> str:
    scope = entry.check_id.scope
    return "rows" if scope is Scope.COMBINED else f"{scope} rows"


def _subject(entry: SuiteEntry) -> str:
    if "column" in entry.kwargs:
        return f"The column '{entry.kwargs['column']}'"
    columns = [entry.kwargs[name] for name in ("column_A", "column_B") if name in entry.kwargs]
    columns = columns or _as_list(entry.kwargs.get("column_list"))
    return f"The set of columns {', '.join(map(str, columns))}" if columns else f"The {entry.check_id.scope} scope"


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _expected(entry: SuiteEntry) -> str:
    """`values to be between` of expect_column_values_to_be_between."""
    words = entry.type.removeprefix("expect_").replace("_", " ")
    return re.sub(r"^(column pair|multicolumn|column) ", "", words)


def _fix(entry: SuiteEntry, outcome: Outcome, *, is_empty: bool = False) -> str:
    if outcome is not Outcome.FAIL:
        return ""
    scope = entry.check_id.scope
    if entry.type in ROW_COUNTS and _is_minimum(entry):
        instead = f"lower `min_value` in the {scope} suite where fewer will do."
        if is_empty and scope is Scope.HUMAN:
            instead = (
                "write `reference` into gates.toml where the set is to hold synthetic rows alone: a path of human rows "
                "to compare with, or false where there are none."
            )
        return f"Add {_rows_of(entry)} (at least {entry.kwargs['min_value']:,}), or {instead}"
    return f"Correct the rows, or the expectation in the {scope} suite where it asks too much."


def _observation(entry: SuiteEntry, outcome: Outcome, result: Mapping[str, Any]) -> str:
    if entry.type in _TYPES:
        return f"the type is {result['observed_value']}"
    counts = [
        f"{int(result[name]):,} {word} values"
        for name, word in (("unexpected_count", "unexpected"), ("missing_count", "missing"))
        if result.get(name)
    ]
    if counts:
        return " and ".join(counts)
    mismatched = plain((result.get("details") or {}).get("mismatched"))
    if isinstance(mismatched, dict):
        return "columns " + "; ".join(f"{kind}: {', '.join(map(str, names))}" for kind, names in mismatched.items())
    if isinstance(mismatched, list):
        return "columns differ from position " + str(mismatched[0]["Expected Column Position"])
    return "as expected" if outcome is Outcome.PASS else "not as expected"
