"""Recognises a data type by what its columns are called and hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.data_types import COMPLETIONS, DATA_TYPES, MESSAGES, data_type
from gates.config.types.declaration import ColumnNames, DataType, ValueKind
from gates.data.conversations.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping


_NUMBER = r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)"
# What a column of text that holds transcripts has in place of its SQL type; messages as JSON have that of the lists.
TRANSCRIPT = "TRANSCRIPT"
TYPE_BY_SHAPE: Mapping[Shape, str] = {
    Shape.MESSAGES: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
    Shape.PAIRS: "VARCHAR[][]",
    Shape.TRANSCRIPT: TRANSCRIPT,
}
_MESSAGES = r"STRUCT\(((?=.*\brole\b)(?=.*\bcontent\b)|(?=.*\bfrom\b)(?=.*\bvalue\b)).*\)\[\]|VARCHAR\[\]\[\]"
# The SQL types that suit.
_PATTERNS: Mapping[ValueKind, str] = {
    ValueKind.TEXT: rf"VARCHAR|{TRANSCRIPT}|{_MESSAGES}",
    ValueKind.NUMBER: _NUMBER,
    ValueKind.TIME: rf"(DATE|TIMESTAMP.*|VARCHAR|{_NUMBER})",
    ValueKind.SINGLE_VALUE: rf"(VARCHAR|BOOLEAN|ENUM.*|UUID|DATE|TIMESTAMP.*|{_NUMBER})",
    ValueKind.MESSAGES: _MESSAGES,
    ValueKind.SCORED: r"STRUCT\((?=.*\b(response|content|text|completion)\b)(?=.*\b(overall_score|score|rating)\b).*\)\[\]",
}
# A type's own roles may stand beside them; with more columns than these that have no role, it is a table that happens
# to have such names. No table has conversations, or an answer that was rejected.
MOST_OTHER_COLUMNS = 5


@dataclass(frozen=True)
class Recognition:
    """A type whose required roles all have a column. others: further types of which that holds.

    read_out: what is read out of columns that hold conversations, "" where none does.
    """

    type: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()
    read_out: str = ""

    @property
    def mapping(self) -> dict[str, str]:
        """What `columns` of gates.toml has to say: roles whose column is called something else."""
        return {role: column for role, column in self.columns.items() if role != column}

    @property
    def guess(self) -> str:
        """Why it has this type."""
        required = data_type(self.type).required_roles
        roles = [role for role in (*required, MESSAGES, COMPLETIONS) if role in self.columns]
        named = ", ".join(f"'{self.columns[role]}'" for role in roles)
        also = f", and would suit {' or '.join(self.others)} as well" if self.others else ""
        return f"{'columns' if len(roles) > 1 else 'column'} {named} read{'' if len(roles) > 1 else 's'} as {self.type}{also}{self.read_out}"


def recognise(types: Mapping[str, str]) -> Recognition | None:
    """The data type of columns, given with their SQL types, by their names; None where no type's roles are all there."""
    matches = [(kind, columns) for kind in _guessed() if (columns := _columns(kind, types)) is not None]
    if not matches:
        return None
    kind, columns = matches[0]
    return Recognition(
        kind.name, columns, tuple(other.name for other, _ in matches[1:]), _read_out(kind, columns, types)
    )


def _guessed() -> list[DataType]:
    """Types that are known by their columns: the one that asks for most roles first, then the one with most texts."""
    kinds = [kind for kind in map(data_type, DATA_TYPES) if kind.recognised_by]
    return sorted(kinds, key=lambda kind: (len(kind.required_roles), len(kind.texts)), reverse=True)


def _columns(kind: DataType, types: Mapping[str, str]) -> dict[str, str] | None:
    """Column by role; None where a required role has none, or too many columns have no role."""
    by_role = {
        role: column for role, known_as in kind.recognised_by.items() if (column := _first(known_as, types)) is not None
    }
    if MESSAGES in kind.roles and MESSAGES not in by_role and "response" not in by_role:
        # Whatever it is called, a lone column of conversations is one.
        conversations = [name for name, kind_of_column in types.items() if re.fullmatch(_MESSAGES, kind_of_column)]
        by_role |= {MESSAGES: conversations[0]} if len(conversations) == 1 else {}
    derived = _derived(kind, by_role, types)
    if any(role not in by_role and role not in derived for role in kind.required_roles):
        return None
    others = [name for name in types if name not in by_role.values() and name not in kind.named_roles]
    is_sure = MESSAGES in by_role or COMPLETIONS in by_role or "rejected" in by_role
    return by_role if is_sure or len(others) <= MOST_OTHER_COLUMNS else None


def _derived(kind: DataType, by_role: Mapping[str, str], types: Mapping[str, str]) -> tuple[str, ...]:
    """The roles that are read out of conversations where no column has them."""
    if MESSAGES in by_role and "response" not in by_role:
        return kind.derived
    if COMPLETIONS in by_role and "chosen" not in by_role:
        return ("chosen", "rejected")
    has_dialogue = "chosen" in by_role and types[by_role["chosen"]] != "VARCHAR"
    return ("prompt",) if has_dialogue and kind.prompt == "prompt" else ()


def _read_out(kind: DataType, columns: Mapping[str, str], types: Mapping[str, str]) -> str:
    derived = [role for role in _derived(kind, columns, types) if role in kind.required_roles and role not in columns]
    source = next((columns[role] for role in (MESSAGES, COMPLETIONS, "chosen") if role in columns), "")
    return f"; {' and '.join(derived)} {'are' if len(derived) > 1 else 'is'} read out of '{source}'" if derived else ""


def _first(known_as: ColumnNames, types: Mapping[str, str]) -> str | None:
    by_name = {column.casefold(): column for column in types}
    suiting = (by_name[name] for name in known_as.names if name in by_name)
    return next((column for column in suiting if re.fullmatch(_PATTERNS[known_as.kind], types[column])), None)
