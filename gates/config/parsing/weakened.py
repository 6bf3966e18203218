"""Reads `[[weakened]]`: why a change may let rows pass that failed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gates.config.parsing import validators

if TYPE_CHECKING:
    from gates.config.parsing.problems import Problems

TABLE = "weakened"
_KEYS = ("what", "reason")


@dataclass(frozen=True)
class WeakenedReason:
    """One `[[weakened]]` table. what: the difference, as `gates check --base` names it."""

    what: str
    reason: str


def weakened_of(tables: Any, problems: Problems) -> tuple[WeakenedReason, ...]:
    """Every reason of a parsed configuration. Mistakes go to `problems`; what is wrong is left out."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.add((TABLE,), f"{TABLE} is {validators.toml_name(tables)}, expected tables [[{TABLE}]]")
        return ()
    reasons = []
    for number, table in enumerate(tables):
        before = len(problems.entries)
        for key in _KEYS:
            if key not in table:
                problems.add((TABLE, number), f"{TABLE}: {key} is missing; it needs {' and '.join(_KEYS)}")
        problems.check(table, (TABLE, number), dict.fromkeys(_KEYS, validators.words), f"{TABLE}: ")
        if len(problems.entries) == before:
            reasons.append(WeakenedReason(table["what"], table["reason"]))
    return tuple(reasons)
