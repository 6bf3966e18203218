"""How deep lists and objects lie in a value, and objects that have a key twice, of which each reader takes another one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from gates.data.sql import identifier, literal, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

# A path more costs one more look at the column; all objects at once cost as much as some ten.
_MOST_PATHS = 10
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def nesting(structure: str) -> int:
    """How many lists and objects lie within each other, of a structure as json_group_structure gives it."""
    deepest = level = 0
    for letter in _TEXT.sub("", structure):
        level += (letter in "[{") - (letter in "]}")
        deepest = max(deepest, level)
    return deepest


def has_key_twice(source: str, column: str, structure: str | None, connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether an object in the JSON values of a column has a key twice.

    structure: where objects are, as json_group_structure gives it; None where it does not tell.
    """
    # JSON stands for values of several types, which may be objects; quotes in keys are no part of a path.
    hides_objects = structure is None or '"JSON"' in structure or '\\"' in structure
    paths = [] if hides_objects else list(_paths(json.loads(str(structure)), "$"))
    is_by_path = not hides_objects and len(paths) <= _MOST_PATHS
    looks = [_objects_at(source, column, path) for path in paths] if is_by_path else [_every_object(source, column)]
    return any(
        connection.execute(
            select("1", f"({names})", "WHERE len(names) <> len(list_distinct(names)) LIMIT 1")
        ).fetchone()
        for names in looks
    )


def _every_object(source: str, column: str) -> str:
    """SQL of the keys of every object, wherever it is."""
    cells = select(f"{identifier(column)} AS cell", source)
    return select("json_keys(part.value) AS names", f"({cells}), json_tree(cell) AS part", "WHERE part.type = 'OBJECT'")


def _objects_at(source: str, column: str, path: str) -> str:
    """SQL of the keys of the objects at a path, which may go through lists."""
    keys = f"json_keys({identifier(column)}, {literal(path)})"
    return select(f"unnest({keys if '[*]' in path else f'[{keys}]'}) AS names", source)


def _paths(structure: object, path: str) -> Iterator[str]:
    if isinstance(structure, dict):
        yield path
        for name, part in structure.items():
            yield from _paths(part, f'{path}."{name}"')
    elif isinstance(structure, list):
        yield from _paths(structure[0], f"{path}[*]")
