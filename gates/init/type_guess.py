"""Recognises a data type by what its columns are called and hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.data_types import DATA_TYPES, MESSAGES, data_type
from gates.config.types.declaration import ValueKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.types.declaration import ColumnNames, DataType

_NUMBER = r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)"
# The SQL types that suit.
_PATTERNS: Mapping[ValueKind, str] = {
    ValueKind.TEXT: r"VARCHAR",
    ValueKind.NUMBER: _NUMBER,
    ValueKind.TIME: rf"(DATE|TIMESTAMP.*|VARCHAR|{_NUMBER})",
    ValueKind.SINGLE_VALUE: rf"(VARCHAR|BOOLEAN|ENUM.*|UUID|DATE|TIMESTAMP.*|{_NUMBER})",
    ValueKind.MESSAGES: r"STRUCT\(((?=.*\brole\b)(?=.*\bcontent\b)|(?=.*\bfrom\b)(?=.*\bvalue\b)).*\)\[\]",
}
# A type's own roles may stand beside them; with more columns than these that have no role, it is a table that happens
# to have such names.
MOST_OTHER_COLUMNS = 5


@dataclass(frozen=True)
class Recognition:
    """A type whose required roles all have a column. others: further types of which that holds."""

    type: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """What `columns` of gates.toml has to say: roles whose column is called something else."""
        return {role: column for role, column in self.columns.items() if role != column}

    @property
    def guess(self) -> str:
        """Why it has this type."""
        required = data_type(self.type).required_roles
        roles = [role for role in required if role in self.columns] or [MESSAGES]
        named = ", ".join(f"'{self.columns[role]}'" for role in roles)
        also = f", and would suit {' or '.join(self.others)} as well" if self.others else ""
        return f"{'columns' if len(roles) > 1 else 'column'} {named} read{'' if len(roles) > 1 else 's'} as {self.type}{also}"


def recognise(types: Mapping[str, str]) -> Recognition | None:
    """The data type of columns, given with their SQL types, by their names; None where no type's roles are all there."""
    matches = [(kind.name, columns) for kind in _guessed() if (columns := _columns(kind, types)) is not None]
    if not matches:
        return None
    kind, columns = matches[0]
    return Recognition(kind, columns, tuple(other for other, _ in matches[1:]))


def _guessed() -> list[DataType]:
    """Types that are known by their columns: the one that asks for most roles first, then the one with most texts."""
    kinds = [kind for kind in map(data_type, DATA_TYPES) if kind.recognised_by]
    return sorted(kinds, key=lambda kind: (len(kind.required_roles), len(kind.texts)), reverse=True)


def _columns(kind: DataType, types: Mapping[str, str]) -> dict[str, str] | None:
    """Column by role; None where a required role has none, or too many columns have no role."""
    by_role = {
        role: column for role, known_as in kind.recognised_by.items() if (column := _first(known_as, types)) is not None
    }
    derived = kind.derived if MESSAGES in by_role and "response" not in by_role else ()
    if any(role not in by_role and role not in derived for role in kind.required_roles):
        return None
    others = [name for name in types if name not in by_role.values() and name not in kind.named_roles]
    return by_role if len(others) <= MOST_OTHER_COLUMNS else None


def _first(known_as: ColumnNames, types: Mapping[str, str]) -> str | None:
    by_name = {column.casefold(): column for column in types}
    suiting = (by_name[name] for name in known_as.names if name in by_name)
    return next((column for column in suiting if re.fullmatch(_PATTERNS[known_as.kind], types[column])), None)
