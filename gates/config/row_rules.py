"""Names of row rules, known without data and without pandera."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Stands in a rule's id where a column's name stands otherwise: the rule looks at several columns of a row.
WHOLE_ROW = "row"

TYPE, PRESENT, NOT_NULL = "type", "present", "not-null"
RANGE, VOCABULARY, INTEGER_VALUED, FINITE = "range", "vocabulary", "integer-valued", "finite"
PATTERN = "pattern"
DECLARED_COLUMNS = "declared-columns"

_UNSAFE = re.compile(r"[%/\s\x00-\x1f\x7f]")


@dataclass(frozen=True)
class RowRule:
    """One rule that every row has to keep.

    id: `<column>/<rule>`, the same whatever the order of columns and checks in the schema.
    description: what is expected of the value, "a value from 17 to 90".
    """

    id: str
    description: str


def rule_id(column: str, rule: str) -> str:
    """`<column>/<rule>`; percent signs, slashes, white space and control characters of the column are %-escaped.

    The last slash therefore always parts column and rule, and the id is one word in a terminal.
    """
    return f"{_UNSAFE.sub(_percent, column)}/{rule}"


def slug(name: str) -> str:
    """`name` in lower case with hyphens, as rule names are written; "" where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())
