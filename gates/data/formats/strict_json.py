"""What DuckDB's parser takes and JSON does not have: a comma after the last value, NaN, infinity, form feeds between values.

Other readers refuse it, or read something else, so that nobody knows which rows were meant.
"""

from __future__ import annotations

from gates.data.sql import literal

# Outside of strings none of these is JSON. Within strings they are rare, so that few values are looked at twice.
_SUSPECT = r"(?i),[ \t\r\n]*[\]}]|[:\[,][ \t\r\n]*[-+]?(?:nan|inf)|[\f\v]"
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'


def is_lax(value: str) -> str:
    """SQL that tells whether a text, which DuckDB takes for JSON, is none. value: SQL of the text as it was written."""
    text = f"CAST({value} AS VARCHAR)"
    without_strings = f"regexp_replace({text}, {literal(_STRING)}, '0', 'g')"
    # CASE has the second look taken at what the first finds, and no more.
    return f"CASE WHEN {_has_suspect(text)} THEN {_has_suspect(without_strings)} ELSE false END"


def _has_suspect(text: str) -> str:
    return f"regexp_matches({text}, {literal(_SUSPECT)})"


def refuse_constant(word: str) -> None:
    """As `parse_constant` of `json.loads`. Raises ValueError: Python reads NaN and infinity as numbers."""
    raise ValueError(f"{word} is no value of JSON; write null where there is none")
