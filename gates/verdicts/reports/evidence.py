"""A check's evidence in one line: where to look, then how much; never a row's content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import first_few
from gates.verdicts.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

# A line that a person reads to its end; the JSON report has everything.
MOST_CHARACTERS = 200
MOST_ITEMS = 3
# The rows that a fix speaks of.
FIRST = "first_rows"


def evidence_line(evidence: Mapping[str, object]) -> str:
    """`worst columns: age 0.21, income 0.1; rows: 500`, cut between its parts; "" where there is none.

    Rows come first and whatever their length; then lists and tables come before single numbers, because they say where
    to look.
    """
    rest = sorted((item for item in evidence.items() if item[0] != FIRST), key=lambda item: _is_number(item[1]))
    rows = _shown(evidence.get(FIRST, []))
    line = _part(FIRST, rows) if rows else ""
    for key, value in rest:
        text = _shown(value)
        part = _part(key, text) if text else ""
        longer = f"{line}; {part}" if line else part
        if part and len(longer) <= MOST_CHARACTERS:
            line = longer
    return line


def _part(key: str, text: str) -> str:
    return printable(f"{key.replace('_', ' ')}: {text}")


def _shown(value: object) -> str:
    """A value in a few words; none for what one line cannot say, which is tables of tables."""
    if isinstance(value, dict):
        if any(isinstance(item, dict | list) for item in value.values()):
            return _failing(value)
        return first_few((f"{key} {_scalar(item)}" for key, item in value.items()), MOST_ITEMS)
    if isinstance(value, list | tuple):
        if any(isinstance(item, dict | list | tuple) for item in value):
            return ""
        return first_few(map(_scalar, value), MOST_ITEMS)
    return _scalar(value)


def _failing(table: Mapping[str, object]) -> str:
    """Names of the rows of a per-generator table that fail."""
    return first_few((name for name, row in table.items() if isinstance(row, dict) and row.get("fails")), MOST_ITEMS)


def _scalar(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _is_number(value: object) -> bool:
    return not isinstance(value, dict | list | tuple)
