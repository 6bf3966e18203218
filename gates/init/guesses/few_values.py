"""Counts the values of the columns that have but a few: of one of them each value may say who made its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.config.dataset import WITHOUT_VALUE
from gates.data.sql import identifier, literal, select
from gates.init.guesses.origin_words import names_generators

if TYPE_CHECKING:
    from gates.init.guesses.roles_guess import NewRows

# Who makes rows can be counted on two hands, with generators by name a few more.
MOST_ORIGIN_VALUES = 20
_ORIGIN_TYPES = {"VARCHAR", "BOOLEAN", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UTINYINT", "DOUBLE", "FLOAT"}


def few_values(rows: NewRows) -> dict[str, dict[str, int]]:
    """Rows by value of the columns that have but a few values."""
    counted: dict[str, dict[str, int]] = {}
    for name, kind in rows.types.items():
        if kind not in _ORIGIN_TYPES and not kind.startswith("ENUM"):
            continue
        value = f"CAST({identifier(name)} AS VARCHAR)"
        is_generator = names_generators(name)
        shown = f"coalesce({value}, {literal(WITHOUT_VALUE)})" if is_generator else value
        query = select(
            f"{shown}, count(*)", rows.view, f"WHERE {shown} IS NOT NULL GROUP BY 1 LIMIT {MOST_ORIGIN_VALUES + 1}"
        )
        answers = rows.connection.execute(query).fetchall()
        if len(answers) <= MOST_ORIGIN_VALUES:
            counted[name] = {str(row[0]): int(row[1]) for row in answers}
    return counted
