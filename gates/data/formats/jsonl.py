"""Reads JSON lines: every value of a column decides on its type, and a column of several types says so.

DuckDB's own inference is not used: it turns strings that look like dates into dates.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import duckdb

from gates.data.sql import copy, identifier, literal, path_literal, select
from gates.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from gates.data.files import DataFile

# Words of json_type() and what the type of a mixed column calls them.
_NAMES = {
    "BOOLEAN": "bool", "BIGINT": "int64", "UBIGINT": "int64", "HUGEINT": "int64", "DOUBLE": "double",
    "VARCHAR": "string", "ARRAY": "list", "OBJECT": "object",
}  # fmt: skip
_TARGETS = {
    frozenset({"bool"}): "BOOLEAN",
    frozenset({"int64"}): "BIGINT",
    frozenset({"double"}): "DOUBLE",
    frozenset({"int64", "double"}): "DOUBLE",
}
# Objects with more keys than this in all are maps with data in their keys; they stay JSON text.
_MOST_FIELDS = 200
# One row may be this long, 8 times DuckDB's own limit of 16 MB.
_LONGEST_ROW = 128 << 20


def stage_jsonl(
    file: DataFile, text: Path, target: Path, connection: duckdb.DuckDBPyConnection
) -> tuple[list[str], dict[str, str]]:
    """Writes the rows as Parquet to `target`; returns the columns without any value, and the types of mixed ones.

    A key that a row lacks is NULL. Strings stay strings whatever they look like. Values of several types become
    text, and the column's type `mixed(bool,string); bool first in row 12`. Raises DataError naming file and line.
    """
    try:
        keys = _keys(file, text, connection)
        columns = ", ".join(f"{literal(key)}: 'JSON'" for key in keys)
        source = f"read_json([{path_literal(text)}], {_OPTIONS}, format = 'newline_delimited', columns = {{{columns}}})"
        seen = _seen(source, keys, connection)
        expressions: list[str] = []
        labels: dict[str, str] = {}
        for key, (kinds, structure) in seen.items():
            expression, label = _expression(key, kinds, structure)
            expressions.append(f"{expression} AS {identifier(key)}")
            if label and structure is None:
                label += f"; {_rarest(source, key, connection)}"
            labels |= {key: label} if label else {}
        connection.execute(copy(select(", ".join(expressions), source), target))
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise _explained(file, text, str(error)) from error
    return [key for key, (kinds, _) in seen.items() if not kinds], labels


_OPTIONS = f"maximum_object_size = {_LONGEST_ROW}, hive_partitioning = false"


def _keys(file: DataFile, text: Path, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The keys of all rows: those of the first row in its order, then the others sorted."""
    source = f"read_ndjson_objects([{path_literal(text)}], {_OPTIONS})"
    faults = connection.execute(
        select(
            "count(*), count(*) FILTER (json_type(json) <> 'OBJECT'), "
            "count(*) FILTER (len(json_keys(json)) <> len(list_distinct(json_keys(json))))",
            source,
        )
    ).fetchone() or (0, 0, 0)
    if faults[0] == 0:
        raise DataError(f"{file.name}: no rows, only blank lines")
    if faults[1] or faults[2]:
        raise _explained(file, text, "a line is not an object, or has a key twice")
    first = connection.execute(select("json_keys(json)", source, "LIMIT 1")).fetchone()
    rest = connection.execute(select("DISTINCT unnest(json_keys(json))", source)).fetchall()
    ordered: list[str] = list(first[0]) if first else []
    keys = ordered + sorted({key for (key,) in rest} - set(ordered))
    folded: dict[str, str] = {}
    for key in keys:
        other = folded.setdefault(key.casefold(), key)
        if other != key:
            raise DataError(f"{file.name}: keys '{other}' and '{key}' differ only in case; rename one of them")
    if not keys or "" in keys:
        raise DataError(f"{file.name}: {'a key is empty' if keys else 'no row has any key'}; name the columns")
    return keys


def _seen(
    source: str, keys: list[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, tuple[set[str], str | None]]:
    """For every key the JSON types of its values, and the common structure of its lists and objects.

    `UINT64` stands for whole numbers that do not fit into int64.
    """
    expressions = []
    for key in keys:
        column = identifier(key)
        expressions.append(f"list(DISTINCT json_type({column}))")
        big = f"json_type({column}) = 'UBIGINT' AND TRY_CAST({column} AS BIGINT) IS NULL"
        expressions.append(f"coalesce(bool_or({big}), false)")
    row = connection.execute(select(", ".join(expressions), source)).fetchone() or ()
    seen: dict[str, tuple[set[str], str | None]] = {}
    for number, key in enumerate(keys):
        kinds = {kind for kind in row[2 * number] or () if kind not in (None, "NULL")}
        kinds |= {"UINT64"} if row[2 * number + 1] else set()
        structure = None
        if kinds in ({"ARRAY"}, {"OBJECT"}):
            # Nested numbers of so many digits may not fit into int64: the column stays text and loses none.
            long = f"bool_or(regexp_matches({identifier(key)}::VARCHAR, '[0-9]{{19}}'))"
            query = select(f"CASE WHEN {long} THEN NULL ELSE json_group_structure({identifier(key)}) END", source)
            structure = (connection.execute(query).fetchone() or (None,))[0]
        seen[key] = (kinds, structure)
    return seen


def _expression(key: str, kinds: set[str], structure: str | None) -> tuple[str, str]:
    """SQL that gives the values of a column their type, and the type's label where they are of several."""
    column = identifier(key)
    text = f"{column} ->> '$'"
    names = {_NAMES[kind] for kind in kinds - {"UINT64"}}
    if structure is not None:
        shape, fields = _shape(json.loads(structure))
        label = f"mixed({min(names)} of several types)" if '"JSON"' in structure else ""
        if 0 < fields <= _MOST_FIELDS:
            return f"json_transform({column}, {literal(json.dumps(shape))})", label
        return text, label
    target = _TARGETS.get(frozenset(names))
    if names == {"int64"} and "UINT64" in kinds:
        # Negative numbers beside them leave no type but text that loses no digits.
        target = "UBIGINT" if "BIGINT" not in kinds else None
    if target:
        return f"CAST({column} AS {target})", ""
    return text, f"mixed({','.join(sorted(names))})" if len(names) > 1 else ""


def _rarest(source: str, key: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Where the rarest type of a column of several stands first, rows counted from 1."""
    rows = select(f"json_type({identifier(key)}) AS kind, row_number() OVER () AS number", source)
    counts = connection.execute(
        select("kind, count(*), min(number)", f"({rows})", "WHERE kind <> 'NULL' GROUP BY 1")
    ).fetchall()
    by_name: dict[str, tuple[int, int]] = {}
    for kind, count, first in counts:
        others, earliest = by_name.get(_NAMES[kind], (0, first))
        by_name[_NAMES[kind]] = others + count, min(earliest, first)
    name, (_, first) = min(by_name.items(), key=lambda one: (one[1][0], -one[1][1]))
    return f"{name} first in row {first:,}"


def _shape(structure: Any) -> tuple[Any, int]:
    """The structure with text where types are mixed or unknown, and how many leaves it has."""
    if isinstance(structure, dict):
        parts = {name: _shape(part) for name, part in structure.items()}
        return {name: part for name, (part, _) in parts.items()}, sum(count for _, count in parts.values())
    if isinstance(structure, list):
        part, count = _shape(structure[0])
        return [part], count
    if structure == "UBIGINT":
        return "BIGINT", 1
    return ("VARCHAR" if structure in ("JSON", "NULL") else structure), 1


def _explained(file: DataFile, text: Path, message: str) -> DataError:
    """The first line that is no JSON object, found again by Python: DuckDB's line numbers are one too high."""
    with text.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip() and (wrong := _wrong_with(line)):
                return DataError(f"{file.name}:{number}: {wrong}")
    return DataError(f"{file.name}: not readable as JSON lines: {message.strip().split(chr(10))[0]}")


def _wrong_with(line: bytes) -> str:
    twice: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    try:
        value = json.loads(line, object_pairs_hook=collect)
    except ValueError as error:
        whole = line.lstrip().startswith(b"[")
        return f"not valid JSON: {error}" + ("; expected one object a line, not one array" if whole else "")
    if not isinstance(value, dict):
        kind = "an array" if isinstance(value, list) else f"'{type(value).__name__}'"
        return f"{kind} where an object was expected; each line is one row, {{…}}"
    return f"key '{twice[0]}' occurs twice in one row; keep one of them" if twice else ""
