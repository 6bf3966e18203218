"""Brings JSON that is no JSON lines into that form: an array of rows, columns in an object, an object around one array."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from gates.data.files import DataFile, Format
from gates.data.formats.decompress import encoding_of
from gates.data.formats.jsonl import JSON_OPTIONS, LONGEST_ROW
from gates.data.formats.strict_json import is_lax, refuse_constant
from gates.data.sql import identifier, literal, path_literal, select
from gates.errors import DataError, NoRowsError, first_few

if TYPE_CHECKING:
    from pathlib import Path

    from gates.private_folder import PrivateFolder

# Python looks once more into a file that DuckDB cannot read, for the line; it takes ten times as much memory as that.
_MOST_TO_EXPLAIN = 32 << 20
_FIRST = 4096
_NAMED = 5
_EXPECTED = "expected an array of objects, an object of columns of one length, or an object with one array of objects"


def as_json_lines(
    file: DataFile, text: Path, folder: PrivateFolder, connection: duckdb.DuckDBPyConnection
) -> tuple[DataFile, Path]:
    """The file, whose format is JSON lines or JSON, as its content says, and a path to its rows, one a line.

    Raises DataError where it is JSON of another shape.
    """
    start = _start(text)
    if start != "[" and (start != "{" or file.format is Format.JSONL or _is_lines(text)):
        return replace(file, format=Format.JSONL), text
    try:
        _refuse_lax(file, text, "array" if start == "[" else "unstructured", connection)
        query = select("json", _objects(text, "array")) if start == "[" else _rows_in_object(file, text, connection)
        if query is None:
            return replace(file, format=Format.JSONL), text
        lines = folder.new_file()
        _write(query, lines, connection)
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        raise _explained(file, text, str(error)) from error
    if not lines.stat().st_size:
        raise NoRowsError(f"{file.name}: no rows, an array of nothing")
    folder.discard(text)
    return replace(file, format=Format.JSON), lines


def begins_with_rows(path: Path) -> bool:
    """Whether a file that may be anything begins as an array of JSON does, or as JSON lines."""
    return path.is_file() and (_start(path) == "[" or _is_lines(path))


def _start(text: Path) -> str:
    """The first character that is no white space; "" where there is none among the first."""
    with text.open(encoding=encoding_of(text)) as stream:
        return stream.read(_FIRST).lstrip()[:1]


def _is_lines(text: Path) -> bool:
    """Whether the first line with anything in it is an object of its own, and something follows it."""
    with text.open(encoding=encoding_of(text)) as stream:
        first = next((line for line in iter(lambda: stream.readline(LONGEST_ROW), "") if line.strip()), "")
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return False
        return any(line.strip() for line in iter(lambda: stream.readline(_FIRST), ""))


def _objects(text: Path, form: str) -> str:
    """SQL of the values of a file, as they were written. form: of DuckDB's `format`."""
    return f"read_json_objects([{path_literal(text)}], {JSON_OPTIONS}, format = '{form}')"


def _refuse_lax(file: DataFile, text: Path, form: str, connection: duckdb.DuckDBPyConnection) -> None:
    if connection.execute(select("1", _objects(text, form), f"WHERE {is_lax('json')} LIMIT 1")).fetchone():
        raise _explained(file, text, "a comma after the last value, or a word that is no value of JSON")


def _rows_in_object(file: DataFile, text: Path, connection: duckdb.DuckDBPyConnection) -> str | None:
    """SQL of the rows that one object holds, or of several objects; None where the object is the only row."""
    source = _objects(text, "unstructured")
    count, is_valid = connection.execute(select("count(*), bool_and(json_valid(json))", source)).fetchone() or (0, True)
    if not is_valid:
        raise _explained(file, text, "not valid JSON")
    if count != 1:
        return select("json", source)
    entries = f"{source} AS whole, json_each(whole.json) AS entry"
    first = "json_extract(entry.value, '$[0]')"
    described = connection.execute(
        select(f"entry.key, entry.type, json_array_length(entry.value), json_type({first})", entries)
    ).fetchall()
    rows = [key for key, kind, _, inner in described if kind == "ARRAY" and inner == "OBJECT"]
    lengths = {length for _, kind, length, _ in described if kind == "ARRAY"}
    if len(rows) == 1 and (
        len(described) == 1 or len(lengths) > 1 or any(kind != "ARRAY" for _, kind, *_ in described)
    ):
        # What is no object is named later; as NULL it would be a line with nothing in it.
        row = "coalesce(unnest(from_json(entry.value, '[\"JSON\"]')), 'null'::JSON)"
        return select(row, entries, f"WHERE entry.key = {literal(rows[0])}")
    if (
        described
        and all(kind == "ARRAY" for _, kind, *_ in described)
        and len(lengths) == 1
        and len(rows) < len(described)
    ):
        return _columns([key for key, *_ in described], entries)
    if not any(kind in ("ARRAY", "OBJECT") for _, kind, *_ in described):
        return None
    listed = first_few((f"'{key}'" for key, *_ in described), _NAMED)
    hint = "; with pandas, write it with orient='records'" if all(kind == "OBJECT" for _, kind, *_ in described) else ""
    raise DataError(f"{file.name}: one object with {listed}: which rows it holds is not clear; {_EXPECTED}{hint}")


def _columns(keys: list[str], entries: str) -> str:
    """SQL of rows from columns of one length."""
    lists = ", ".join(
        f"from_json(any_value(entry.value) FILTER (entry.key = {literal(key)}), '[\"JSON\"]') AS {identifier(f'c{at}')}"
        for at, key in enumerate(keys)
    )
    values = ", ".join(f"{literal(key)}, unnest({identifier(f'c{at}')})" for at, key in enumerate(keys))
    return select(f"json_object({values})", f"({select(lists, entries)})")


def _write(query: str, lines: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """One value a line. A line break in valid JSON stands between values, and can be a blank as well."""
    one_line = "replace(replace(CAST(rows.json AS VARCHAR), chr(10), ' '), chr(13), ' ')"
    # JSON has no control character but those, so that nothing has to be quoted.
    form = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', USE_TMP_FILE false"
    connection.execute(f"COPY ({select(one_line, f'({query}) AS rows(json)')}) TO {path_literal(lines)} ({form})")


def _explained(file: DataFile, text: Path, message: str) -> DataError:
    """Where the text stops being JSON, by Python's parser."""
    if text.stat().st_size <= _MOST_TO_EXPLAIN:
        try:
            json.loads(text.read_text(encoding="utf-8"), parse_constant=refuse_constant)
        except ValueError as error:
            line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
            return DataError(f"{file.name}:{line}: not valid JSON: {error}; write the file anew")
        except RecursionError:
            return DataError(f"{file.name}: not readable as JSON: nested too deeply")
    if "maximum_object_size" in message:
        return DataError(f"{file.name}: one value of more than {LONGEST_ROW >> 20} MB; write one object a line (JSONL)")
    return DataError(f"{file.name}: not readable as JSON: {message.strip().split(chr(10))[0]}")
