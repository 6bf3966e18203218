"""Brings the columns of many files together by name, and gives them the names of their roles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.data.common_type import common_type
from gates.data.facts import ORIGIN, ROW_ID, WRITTEN_ORIGIN
from gates.data.nested_values import nested_in_files
from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gates.data.formats.staging import StagedFile

_SUFFIX = " (file)"


@dataclass(frozen=True)
class Column:
    """One column of an opened dataset.

    name: what the views call it. source: what the files or their `key=value` folders call it.
    kind: the Arrow type it has in the views. sql_type: the SQL type that values of other types are cast to.
    is_key: it comes from folder names alone. reading: SQL of the value from SQL of what the files hold, where it is
    read out of that. parse: the macro that what the files hold goes through first, once for all columns of one source.
    holds: what its values are where they are no texts, numbers or times, in whichever file.
    """

    name: str
    source: str
    kind: pa.DataType
    sql_type: str
    is_key: bool
    reading: Callable[[str], str] | None = None
    parse: str = ""
    holds: str = ""


def columns_of(files: Sequence[StagedFile], origin: str, mapping: Mapping[str, str]) -> list[Column]:
    """The columns of all files in order of first appearance, under the names of the roles that `mapping` gives them.

    The origin column is left out unless a role maps to it. A column that has a role's name by chance, or one of
    the engine's own, becomes `<name> (file)`.
    """
    kinds: dict[str, list[pa.DataType]] = {}
    for file in files:
        for name, kind in file.types.items():
            kinds.setdefault(name, []).append(kind)
    in_files = set(kinds)
    for file in files:
        for key in file.file.hive:
            if key not in file.types:
                kinds.setdefault(key, []).append(pa.string())
    reserved = {name.casefold() for name in (*mapping, ROW_ID, ORIGIN, WRITTEN_ORIGIN)}
    columns = []
    for source, types in kinds.items():
        roles = [role for role, column in mapping.items() if column == source]
        if source == origin and not roles:
            continue
        own = f"{source}{_SUFFIX}" if source.casefold() in reserved else source
        kind, sql_type = common_type(types)
        holds = nested_in_files(files, source)
        columns += [
            Column(name, source, kind, sql_type, source not in in_files, holds=holds) for name in roles or [own]
        ]
    _check_distinct(columns)
    return columns


def with_written_origin(
    columns: Sequence[Column], files: Sequence[StagedFile], origin: str, mapping: Mapping[str, str]
) -> list[Column]:
    """The columns with the files' origin column as WRITTEN_ORIGIN at its place; as they are where a role has it, or no file.

    columns: what became of those of `columns_of`, in their order.
    """
    every = columns_of(files, "", mapping)
    at = next((place for place, column in enumerate(every) if column.source == origin), None)
    if at is None or any(column.source == origin for column in columns):
        return list(columns)
    later = {column.source for column in every[at + 1 :]}
    place = next((number for number, column in enumerate(columns) if column.source in later), len(columns))
    return [*columns[:place], replace(every[at], name=WRITTEN_ORIGIN), *columns[place:]]


def name_in_files(name: str) -> str:
    """What files call a column that has a role's name by chance, from what the views call it; other names as they are."""
    return name.removesuffix(_SUFFIX)


def _check_distinct(columns: Iterable[Column]) -> None:
    """Raises DataError for names that SQL cannot tell apart across files, folders and roles."""
    seen: dict[str, Column] = {}
    for column in columns:
        other = seen.setdefault(column.name.casefold(), column)
        if other is not column:
            raise DataError(
                f"columns '{other.source}' and '{column.source}' of different files or folders differ only in case, "
                f"or share the name '{column.name}'; rename one of them"
            )
