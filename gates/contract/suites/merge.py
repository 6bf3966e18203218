"""A dataset's own suite on top of the built-in ones: it may tighten and add freely, loosen only with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.contract.suites.suite import ROW_FAILURES, Suite, SuiteEntry, unmentioned_rule
from gates.errors import SuiteError
from gates.verdict import CheckId, Severity
from gates.visible_text import has_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


ORIGINS = "expect_origins_to_be_declared"
ROW_COUNT = "expect_table_row_count_to_be_between"

_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
# Arguments whose direction is known: +1 where a larger value is looser, -1 where a smaller one is. None is no limit.
_DIRECTION = {"max_value": 1, "min_value": -1, "mostly": -1, "threshold": 1}
# Sets: a larger set is looser in the first kind, a smaller one in the second.
_ALLOWING = frozenset({"expect_column_values_to_be_in_set", "expect_column_distinct_values_to_be_in_set"})
_FORBIDDING = frozenset({
    "expect_column_values_to_not_be_in_set",
    "expect_column_distinct_values_to_contain_set",
})  # fmt: skip


@dataclass(frozen=True)
class Merged:
    """The expectations that count, in a fixed order, and one line per loosened one: `<id> <what> <old> -> <new> (why)`."""

    entries: tuple[SuiteEntry, ...]
    loosened: tuple[str, ...]


def merge(
    built_in: Sequence[Suite], own: Suite | None, is_rule_of_type: Callable[[str], bool] = lambda _: False
) -> Merged:
    """All expectations of one scope: later built-in suites replace earlier ones, the dataset's own comes last.

    is_rule_of_type: whether a row rule is one that the data type brings along: no row may break it, mentioned or not.
    Raises SuiteError with file and line when the own suite loosens a check without `meta.reason`, or replaces one that
    nobody may replace.
    """
    merged: dict[CheckId, SuiteEntry] = {}
    for suite in built_in:
        merged.update({entry.check_id: entry for entry in suite.expectations})
    loosened: list[str] = []
    for entry in own.expectations if own else ():
        present = merged.get(entry.check_id)
        rule = str(entry.kwargs.get("rule"))
        if present is None and entry.type == ROW_FAILURES and is_rule_of_type(rule):
            present = unmentioned_rule(entry.check_id.scope, rule)
        if present is not None:
            loosened += _replacement(present, entry)
        merged[entry.check_id] = replace(entry, is_own=True)
    return Merged(tuple(merged.values()), tuple(loosened))


def _replacement(present: SuiteEntry, entry: SuiteEntry) -> list[str]:
    changes = looser_by(present, entry)
    than = present.place if present.path else f"the limit that {present.kwargs['rule']} has by itself"
    if not changes:
        return []
    if entry.type == ORIGINS or (entry.type == ROW_COUNT and _is_the_row_count(present)):
        raise SuiteError(
            f"{entry.place}: {entry.check_id} cannot be replaced by a looser one; "
            'to ask for more, add a check of your own with "meta": {"rule": "…"}'
        )
    reason = reason_of(entry)
    if reason is None:
        raise SuiteError(
            f"{entry.place}: {entry.check_id} is looser than {than} ({'; '.join(changes)}); "
            'say why with "meta": {"reason": "…"}'
        )
    return [f"{entry.check_id} {change} ({reason})" for change in changes]


def reason_of(entry: SuiteEntry) -> str | None:
    """Why the entry is as it is, in words that somebody can read; None where it does not say."""
    reason = entry.meta.get("reason")
    return reason.strip() if isinstance(reason, str) and has_words(reason) else None


def _is_the_row_count(entry: SuiteEntry) -> bool:
    return entry.severity is Severity.CRITICAL and not entry.meta.get("rule")


def looser_by(present: SuiteEntry, entry: SuiteEntry) -> list[str]:
    """What the replacement loosens, each as `<what> <old> -> <new>`; what cannot be shown to be as strict counts."""
    changes = []
    if _RANK[entry.severity] < _RANK[present.severity]:
        changes.append(f"severity {present.severity.value} -> {entry.severity.value}")
    for name in sorted({*present.kwargs, *entry.kwargs}):
        old, new = present.kwargs.get(name), entry.kwargs.get(name)
        if old != new and not _is_as_strict(name, present, entry):
            changes.append(f"{name} {_shown(old)} -> {_shown(new)}")
    return changes


def _is_as_strict(name: str, present: SuiteEntry, entry: SuiteEntry) -> bool:
    old, new = present.kwargs.get(name), entry.kwargs.get(name)
    if name == "value_set":
        return _is_stricter_set(entry.type, old, new)
    if name in {"strict_min", "strict_max"}:
        return new is True
    if name == "warn_value":
        if old is None:
            return True
        direction = _DIRECTION["max_value" if present.kwargs.get("max_value") is not None else "min_value"]
    elif name in _DIRECTION:
        direction = _DIRECTION[name]
        # Absent, `mostly` means all values and a limit means none.
        old, new = (1.0 if value is None and name == "mostly" else value for value in (old, new))
    else:
        return False
    if old is None:
        return True
    return isinstance(old, int | float) and isinstance(new, int | float) and (new - old) * direction <= 0


def _is_stricter_set(kind: str, old: object, new: object) -> bool:
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    if kind in _ALLOWING:
        return all(value in old for value in new)
    return kind in _FORBIDDING and all(value in new for value in old)


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
