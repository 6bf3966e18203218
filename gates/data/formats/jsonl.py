"""Reads JSON lines: every value of a column decides on its type, and a column of several types says so.

DuckDB's own inference is not used: it turns strings that look like dates into dates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import duckdb

from gates.data.files import DataFile, Format
from gates.data.formats.nested_keys import has_key_twice, nesting
from gates.data.formats.strict_json import is_lax, refuse_constant
from gates.data.sql import cells, copy, identifier, literal, parquet, path_literal, select
from gates.errors import DataError, NoRowsError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gates.private_folder import PrivateFolder

# Words of json_type() and what the type of a mixed column calls them.
_NAMES = {
    "BOOLEAN": "bool", "BIGINT": "int64", "UBIGINT": "int64", "HUGEINT": "int64", "DOUBLE": "double",
    "VARCHAR": "string", "ARRAY": "list", "OBJECT": "object", "UINT64": "int64", "DECIMAL": "int64", "DIGITS": "int64",
}  # fmt: skip
# Words for whole numbers beyond int64, of which json_type() takes those beyond uint64 for fractions; `DIGITS` fit nothing.
_BEYOND_INT64 = frozenset({"UINT64", "DECIMAL", "DIGITS"})
_TARGETS = {
    frozenset({"bool"}): "BOOLEAN",
    frozenset({"int64"}): "BIGINT",
    frozenset({"double"}): "DOUBLE",
    frozenset({"int64", "double"}): "DOUBLE",
}
_NESTED = {"ARRAY": "lists", "OBJECT": "objects"}
# Objects with more keys than this in all are maps with data in their keys; they stay JSON text.
_MOST_FIELDS = 200
# A list takes two levels of Parquet, of which Arrow reads a hundred; people write no ten.
_DEEPEST = 40
# One row may be this long, 8 times DuckDB's own limit of 16 MB.
LONGEST_ROW = 128 << 20


@dataclass(frozen=True)
class ColumnNotes:
    """What the types of a staged file do not tell.

    empty: its columns without any value. labels: what to call the types of mixed columns. nested: which nested values a
    column has.
    """

    empty: Collection[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)


def stage_jsonl(
    file: DataFile, text: Path, target: Path, folder: PrivateFolder, connection: duckdb.DuckDBPyConnection
) -> ColumnNotes:
    """Writes the rows as Parquet to `target`; returns what its types do not tell.

    A key that a row lacks is NULL. Strings stay strings whatever they look like. Values of several types become
    text, and the column's type `mixed(bool,string); bool first in row 12`. Raises DataError naming file and line.
    """
    try:
        keys = _keys(file, text, connection)
        source = _as_json_values(text, keys, folder.new_file(), connection)
        seen = _seen(file, source, keys, connection)
        nested = {key: structure for key, (kinds, structure) in seen.items() if kinds & {"ARRAY", "OBJECT"}}
        if any(has_key_twice(source, key, structure, connection) for key, structure in nested.items()):
            raise _explained(file, text, "an object within a row has a key twice")
        expressions: list[str] = []
        labels: dict[str, str] = {}
        for key, (kinds, structure) in seen.items():
            expression, label = _expression(key, kinds, structure)
            expressions.append(f"{expression} AS {identifier(key)}")
            if label and structure is None:
                label += f"; {_rarest(source, key, connection)}"
            labels |= {key: label} if label else {}
        connection.execute(copy(select(", ".join(expressions), source), target))
    except (duckdb.InterruptException, duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        raise _explained(file, text, str(error)) from error
    nested_words = {
        key: ", ".join(word for kind, word in _NESTED.items() if kind in kinds) for key, (kinds, _) in seen.items()
    }
    return ColumnNotes([key for key, (kinds, _) in seen.items() if not kinds], labels, nested_words)


_LONG = "[0-9]{19}"
JSON_OPTIONS = f"maximum_object_size = {LONGEST_ROW}, hive_partitioning = false"


def _keys(file: DataFile, text: Path, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The keys of all rows: those of the first row in its order, then the others sorted."""
    source = f"read_ndjson_objects([{path_literal(text)}], {JSON_OPTIONS})"
    faults = connection.execute(
        select(
            "count(*), count(*) FILTER (json_type(json) <> 'OBJECT'), "
            "count(*) FILTER (len(json_keys(json)) <> len(list_distinct(json_keys(json)))), "
            f"count(*) FILTER ({is_lax('json')})",
            source,
        )
    ).fetchone() or (0, 0, 0, 0)
    if faults[0] == 0:
        raise NoRowsError(f"{file.name}: no rows, only blank lines")
    if any(faults[1:]):
        raise _explained(file, text, "a line is not an object, has a key twice, or is no JSON")
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


def _as_json_values(text: Path, keys: list[str], raw: Path, connection: duckdb.DuckDBPyConnection) -> str:
    """SQL of all rows with the value of each key as JSON: a text is parsed once, and a column read by itself from then on."""
    columns = ", ".join(f"{literal(key)}: 'JSON'" for key in keys)
    source = f"read_json([{path_literal(text)}], {JSON_OPTIONS}, format = 'newline_delimited', columns = {{{columns}}})"
    connection.execute(copy(select("*", source), raw))
    return parquet(raw)


def _seen(
    file: DataFile, source: str, keys: list[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, tuple[set[str], str | None]]:
    """For every key the types of its values, and the common structure of its lists and objects."""
    kinds: dict[str, set[str]] = {key: set() for key in keys}
    for some in cells(source, keys):
        for key, kind in connection.execute(select(f"DISTINCT key, {_kind_of('value')}", some)).fetchall():
            kinds[key] |= {kind} if kind != "NULL" else set()
    structures = {key: _structure(source, key, kinds[key], connection) for key in keys}
    for key, structure in structures.items():
        if structure and nesting(structure) > _DEEPEST:
            raise DataError(
                f"{file.name}: key '{key}' holds lists or objects {nesting(structure):,} deep within each other, of which "
                f"{_DEEPEST} are read; write them as text"
            )
    return {key: (kinds[key], structure if _fits_structs(structure) else None) for key, structure in structures.items()}


def _kind_of(value: str) -> str:
    """SQL of the type of a JSON value: a word of json_type(), or one for whole numbers beyond int64."""
    is_long = f"json_type({value}) IN ('UBIGINT', 'DOUBLE') AND regexp_full_match({value}::VARCHAR, '-?[0-9]{{19,}}')"
    fits = " ".join(
        f"WHEN TRY_CAST({value} AS {kind}) IS NOT NULL THEN {word}"
        for kind, word in (("BIGINT", f"json_type({value})"), ("UBIGINT", "'UINT64'"), ("DECIMAL(38, 0)", "'DECIMAL'"))
    )
    return f"CASE WHEN {is_long} THEN CASE {fits} ELSE 'DIGITS' END ELSE json_type({value}) END"


def _structure(source: str, key: str, kinds: set[str], connection: duckdb.DuckDBPyConnection) -> str | None:
    """The common structure of lists or objects; None for other values, and where numbers would lose digits."""
    if kinds not in ({"ARRAY"}, {"OBJECT"}):
        return None
    # Nested numbers of so many digits may not fit into int64: the column stays text and loses none. Digits in a text are no number.
    written = f"{identifier(key)}::VARCHAR"
    numbers = f"""regexp_replace({written}, '"(?:[^"\\\\]|\\\\.)*"', '', 'g')"""
    is_long = f"CASE WHEN regexp_matches({written}, '{_LONG}') THEN regexp_matches({numbers}, '{_LONG}') ELSE false END"
    long = f"bool_or({is_long})"
    query = select(f"CASE WHEN {long} THEN NULL ELSE json_group_structure({identifier(key)}) END", source)
    structure: str | None = (connection.execute(query).fetchone() or (None,))[0]
    return structure


def _fits_structs(structure: str | None) -> bool:
    """Whether structs can hold all objects in it: no key is empty, has a NUL byte, or differs from another only in case."""
    fits = True

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal fits
        names = {name.casefold() for name, _ in pairs}
        fits &= len(names) == len(pairs) and all(name and "\0" not in name for name in names)

    json.loads(structure or "0", object_pairs_hook=look)
    return fits


def _expression(key: str, kinds: set[str], structure: str | None) -> tuple[str, str]:
    """SQL that gives the values of a column their type, and the type's label where they are of several."""
    column = identifier(key)
    text = f"{column} ->> '$'"
    names = {_NAMES[kind] for kind in kinds}
    if structure is not None:
        shape, fields = _shape(json.loads(structure))
        label = f"mixed({min(names)} of several types)" if '"JSON"' in structure else ""
        if 0 < fields <= _MOST_FIELDS:
            return f"json_transform({column}, {literal(json.dumps(shape))})", label
        return text, label
    target = _TARGETS.get(frozenset(names))
    if names == {"int64"} and kinds & _BEYOND_INT64:
        target = "UBIGINT" if kinds <= {"UBIGINT", "UINT64"} else None if "DIGITS" in kinds else "DECIMAL(38, 0)"
    if target:
        return f"CAST({column} AS {target})", ""
    return text, f"mixed({','.join(sorted(names))})" if len(names) > 1 else ""


def _rarest(source: str, key: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Where the rarest type of a column of several stands first, rows counted from 1."""
    rows = select(f"{_kind_of(identifier(key))} AS kind, row_number() OVER () AS number", source)
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
                place = f"{file.name}:{number}" if file.format is Format.JSONL else f"{file.name}: row {number}"
                return DataError(f"{place}: {wrong}{_other_format(file)}")
    sentence = message.strip().split(chr(10))[0].replace(str(text), file.name)
    return DataError(f"{file.name}: not readable as JSON lines: {sentence}")


def _other_format(file: DataFile) -> str:
    """What a name that says little of its rows may have meant."""
    is_text = ".txt" in PurePosixPath(file.name.lower()).suffixes[-2:]
    return "; a .txt is read as JSON lines: rename one that holds CSV to .csv, or .tsv" if is_text else ""


def _wrong_with(line: bytes) -> str:
    twice: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    try:
        value = json.loads(line, object_pairs_hook=collect, parse_constant=refuse_constant)
    except RecursionError:
        return "lists or objects within each other, too deep to be read"
    except ValueError as error:
        return f"not valid JSON: {error}"
    if not isinstance(value, dict):
        kind = "an array" if isinstance(value, list) else f"'{type(value).__name__}'"
        return f"{kind} where an object was expected; each line is one row, {{…}}"
    if twice:
        return f"key {twice[0]!r} occurs twice in one object; keep one of them"
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        return f"{half} is half of a surrogate pair, as a letter that was cut in two leaves it; write the text anew"
    return ""
