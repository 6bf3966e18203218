"""Rows of a file as the standard library and pyarrow read them, without anything of gates."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Rows = list[dict[str, Any]]


class RefusedError(Exception):
    """An independent reader does not take the bytes for what they should be."""


def rows_of(name: str, content: bytes) -> Rows:
    """The rows, columns by name; a value that is not there is left out. Raises RefusedError."""
    try:
        if name.endswith(".gz"):
            name, content = name.removesuffix(".gz"), gzip.decompress(content)
        rows = _READERS[name.rpartition(".")[2]](content)
    except (
        ValueError, OSError, EOFError, csv.Error, pa.ArrowException, RecursionError, OverflowError, TypeError, KeyError,
        NotImplementedError,
    ) as error:  # fmt: skip
        raise RefusedError(f"{type(error).__name__}: {error}") from error
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


def _csv(content: bytes) -> Rows:
    text = content.decode().removeprefix("\ufeff")
    csv.field_size_limit(1 << 30)
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t", "|"), key=first.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header, *rows = lines
    index = "column_1_(no_name_in_the_header:_a_row_index?)"
    names = [
        name or (index if number == 1 else f"column_{number}_(no_name_in_the_header)")
        for number, name in enumerate(header, start=1)
    ]
    if len(set(names)) < len(names):
        raise ValueError("a name twice")
    rows = [row for row in rows if row]
    if any(len(row) != len(names) for row in rows):
        raise ValueError("a row of another length")
    # What was quoted and empty is not told from what was not there.
    return [{name: cell or None for name, cell in zip(names, row, strict=True)} for row in rows]


def _jsonl(content: bytes) -> Rows:
    text = content.decode().removeprefix("\ufeff")
    rows = [strict_json(line) for line in text.split("\n") if line.strip()]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError("no rows, or a line that is no object")
    return rows


def strict_json(text: str) -> Any:
    """What a text of JSON says; raises ValueError for what Python's parser takes beyond JSON."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _parquet(content: bytes) -> Rows:
    return _listed(pq.read_table(pa.BufferReader(content), use_threads=False))


def _arrow(content: bytes) -> Rows:
    source = pa.BufferReader(content)
    try:
        table = pa.ipc.open_file(source).read_all()
    except pa.ArrowInvalid:
        source.seek(0)
        table = pa.ipc.open_stream(source).read_all()
    return _listed(table)


def _listed(table: pa.Table) -> Rows:
    table.validate(full=True)
    if len(set(table.column_names)) < table.num_columns:
        raise ValueError("a name twice")
    return table.to_pylist()


_READERS = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet, "arrow": _arrow, "feather": _arrow}


def difference(ours: Rows, theirs: Rows, name: str) -> str:
    """Where two readings part; nothing where they are equal. ours: rows as gates reads them."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows, and independently {len(theirs)}"
    is_text = ".csv" in name
    for number, (row, other) in enumerate(zip(ours, theirs, strict=True), start=1):
        mine = {key: value for key, value in row.items() if value is not None and not (is_text and value == "")}
        expected = {key for key, value in other.items() if not _is_nothing(value)}
        if not expected <= mine.keys() <= other.keys():
            return f"row {number}: columns {sorted(mine)[:9]}, and independently {sorted(other)[:9]}"
        for key, value in mine.items():
            if not _equal(value, other[key], is_text=is_text):
                return f"row {number}, {key!r}: {value!r:.90}, and independently {other[key]!r:.90}"
    return ""


def _is_nothing(value: Any) -> bool:
    """Whether nothing tells an object from one whose keys have no value, as in a column of structs."""
    return value is None or (isinstance(value, dict) and all(_is_nothing(part) for part in value.values()))


def _equal(mine: Any, other: Any, *, is_text: bool) -> bool:
    if is_text and not isinstance(mine, str):
        return _parsed(mine, other)
    if isinstance(mine, dict) and isinstance(other, dict):
        keys = mine.keys() | other.keys()
        return all(_equal(mine.get(key), other.get(key), is_text=False) for key in keys)
    if isinstance(mine, list) and isinstance(other, list):
        return len(mine) == len(other) and all(
            _equal(one, two, is_text=False) for one, two in zip(mine, other, strict=True)
        )
    if isinstance(mine, str) and not isinstance(other, str):
        # A column of several types holds text.
        return _as_text(mine, other)
    if isinstance(mine, float) and isinstance(other, int | float):
        return mine == float(other) or (math.isnan(mine) and math.isnan(other))
    return bool(mine == other) or (_is_nothing(mine) and _is_nothing(other))


def _as_text(mine: str, other: Any) -> bool:
    try:
        return bool(json.loads(mine, object_pairs_hook=_once) == other)
    except ValueError:
        return mine == str(other)


def _parsed(mine: Any, text: str) -> bool:
    """Whether a typed value is what a cell says."""
    if isinstance(mine, bool):
        return str(mine).lower() == text.lower()
    if isinstance(mine, int):
        return text.lstrip("-").isdecimal() and int(text) == mine
    if isinstance(mine, float):
        return mine == float(text) or (math.isnan(mine) and text.lower() == "nan")
    # A day or a moment begins with its year, month and day, but where a zone moves it by a day.
    return str(mine)[:8] == text[:8]
