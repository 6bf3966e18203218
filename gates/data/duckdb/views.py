"""The SQL of the views: one SELECT per run of files that look alike, in the order of the files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.config.dataset import WITHOUT_VALUE, Origins
from gates.data.common_type import as_text
from gates.data.duckdb.connection import make_readable
from gates.data.facts import ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, TURNS, WRITTEN_ORIGIN
from gates.data.sql import identifier, literal, literals, origin_of, parquet, select
from gates.errors import did_you_mean
from gates.verdict import UNDECLARED, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from gates.data.columns import Column
    from gates.data.formats.staging import StagedFile

BUT_WRITTEN_ORIGIN = f"* EXCLUDE ({identifier(WRITTEN_ORIGIN)})"
# Enough to see a pattern in what was not declared.
MOST_ORIGINS = 5
# The word for who made a row is short; a longer value is another column's, and no place to show it.
MOST_ORIGIN_LETTERS = 40


@dataclass(frozen=True)
class DuckView:
    """The rows of a scope in DuckDB; a `gates.data.engine.ScopeView`. name: of a view on the connection."""

    connection: duckdb.DuckDBPyConnection
    name: str


def create_views(connection: duckdb.DuckDBPyConnection, query: str, names: Mapping[Scope, str]) -> None:
    """Creates the view of all that the query has, the combined view without WRITTEN_ORIGIN, and one per origin on top of it."""
    written, combined = identifier(written_rows(names)), identifier(names[Scope.COMBINED])
    make_readable(connection, query)
    connection.execute(f"CREATE VIEW {written} AS {query}")
    has_origin = WRITTEN_ORIGIN in connection.table(written).columns
    connection.execute(f"CREATE VIEW {combined} AS {select(BUT_WRITTEN_ORIGIN if has_origin else '*', written)}")
    for scope in (Scope.HUMAN, Scope.SYNTHETIC):
        rows = select("*", combined, _of(scope))
        connection.execute(f"CREATE VIEW {identifier(names[scope])} AS {rows}")


def written_rows(names: Mapping[Scope, str]) -> str:
    """The view that has WRITTEN_ORIGIN, where the files have an origin column, beside what the combined view has."""
    return f"{names[Scope.COMBINED]} as written"


def file_columns_view(
    connection: duckdb.DuckDBPyConnection, names: Mapping[Scope, str], scope: Scope, origin: str | None
) -> str:
    """Creates a view of a scope's rows with the columns of the files alone, and returns its name.

    origin: what the files call the origin column, which is there if they have it.
    """
    rows = identifier(written_rows(names))
    shown = (
        f"{identifier(one)} AS {identifier(origin or one)}" if one == WRITTEN_ORIGIN else identifier(one)
        for one in connection.table(rows).columns
        if one not in (ROW_ID, ORIGIN, TURNS)
    )
    own = f"{names[scope]} in files"
    query = select(", ".join(shown), rows, _of(scope) if scope is not Scope.COMBINED else "")
    connection.execute(f"CREATE VIEW IF NOT EXISTS {identifier(own)} AS {query}")
    return own


def _of(scope: Scope) -> str:
    return f"WHERE {identifier(ORIGIN)} = {literal(scope)}"


def rows_query(files: Mapping[int, StagedFile], columns: Sequence[Column], origin: str, origins: Origins) -> str:
    """SQL of all rows of files by their number, under the columns' names, with ROW_ID and ORIGIN last."""
    runs = []
    # Within a run numbers go up by one, so that they follow from the first.
    numbered = enumerate(sorted((number, file) for number, file in files.items() if file.types))
    for _, run in groupby(numbered, key=lambda entry: (entry[1][0] - entry[0], _likeness(entry[1][1]))):
        alike = [entry for _, entry in run]
        first, file = alike[0]
        expressions = [f"{_read(column, file)} AS {identifier(column.name)}" for column in columns]
        row_id = f"((file_index::BIGINT + {first}) << {ROWS_PER_FILE_BITS}) | file_row_number"
        expressions.append(f"{row_id} AS {identifier(ROW_ID)}")
        expressions.append(f"{_origin(file, origin, origins)} AS {identifier(ORIGIN)}")
        source = _parsed(columns, file, parquet(*(entry.parquet for _, entry in alike)))
        runs.append(select(", ".join(expressions), source, _of_part(file)))
    return " UNION ALL ".join(runs)


def _of_part(file: StagedFile) -> str:
    """The condition on a file's rows, in a form by which DuckDB skips other row groups; "" where all are read."""
    if file.part is None:
        return ""
    return f"WHERE file_row_number >= {file.part.start} AND file_row_number < {file.part.stop}"


def file_query(file: StagedFile, number: int, columns: Iterable[str]) -> str:
    """SQL of all rows of one file in some columns, under their own names, with ROW_ID last."""
    row_id = f"({number}::BIGINT << {ROWS_PER_FILE_BITS}) | file_row_number AS {identifier(ROW_ID)}"
    return select(", ".join((*map(identifier, columns), row_id)), parquet(file.parquet))


def undeclared_origins(
    connection: duckdb.DuckDBPyConnection, files: Sequence[StagedFile], origin: str, origins: Origins
) -> str:
    """The most frequent origins that are not declared, with their rows and the nearest declared word; "" where all are."""
    loose = [file for file in files if file.rows and fixed_origin(file, origin, origins) in (None, UNDECLARED)]
    runs = [_stated_origins(list(run), origin) for _, run in groupby(loose, key=_likeness)]
    if not runs:
        return ""
    declared = (*origins.human, *origins.synthetic)
    named = f"coalesce(value, {literal(WITHOUT_VALUE)}) IN ({literals(declared)})"
    undeclared = f"WHERE NOT ({named})" if declared else ""
    ordered = f"GROUP BY value ORDER BY 2 DESC, 1 LIMIT {MOST_ORIGINS + 1}"
    query = select("value, CAST(sum(row_count) AS BIGINT)", f"({' UNION ALL '.join(runs)})", undeclared, ordered)
    frequent = connection.execute(query).fetchall()
    listed = [_shown_origin(value, rows, declared) for value, rows in frequent[:MOST_ORIGINS]]
    more = " and more" if len(frequent) > MOST_ORIGINS else ""
    return ", ".join(listed) + more + (_line_to_add(frequent[0][0], origins) if frequent else "")


def _line_to_add(value: str | None, origins: Origins) -> str:
    """The lines of which one declares a value."""
    word = value or WITHOUT_VALUE
    if len(word) > MOST_ORIGIN_LETTERS or not word.isprintable():
        return ""
    lists = ((Scope.HUMAN, origins.human), (Scope.SYNTHETIC, origins.synthetic))
    human, synthetic = (f"{scope} = {json.dumps([*words, word], ensure_ascii=False)}" for scope, words in lists)
    return f"; to declare it, add below [datasets.….origins] {human}, or {synthetic}"


def _stated_origins(alike: Sequence[StagedFile], origin: str) -> str:
    """SQL of `value` and `row_count` of the origin column, or of the folder name that stands for it."""
    if origin not in alike[0].types:
        value = alike[0].file.hive.get(origin)
        text = "NULL" if value is None else literal(value)
        return f"SELECT CAST({text} AS VARCHAR) AS value, {sum(file.rows for file in alike)} AS row_count"
    columns = f"CAST({identifier(origin)} AS VARCHAR) AS value, count(*) AS row_count"
    return select(columns, parquet(*(file.parquet for file in alike)), "GROUP BY 1")


def _shown_origin(value: str | None, rows: int, declared: Sequence[str]) -> str:
    where = f"in {rows:,} row{'' if rows == 1 else 's'}"
    if value is None:
        return f"no value {where}"
    near = did_you_mean(value, declared)
    # The representation escapes what could move a cursor or turn the direction of text.
    return f"{value[:MOST_ORIGIN_LETTERS]!r} {where}" + (f" ({near})" if near.startswith("did") else "")


def fixed_origin(file: StagedFile, origin: str, origins: Origins) -> str | None:
    """The origin that a partition path or a `key=value` folder gives all rows of a file, or None."""
    if file.file.origin is not None:
        return file.file.origin
    if origin not in file.file.hive:
        return None
    value = file.file.hive[origin] or WITHOUT_VALUE
    if value in origins.human:
        return Scope.HUMAN.value
    return Scope.SYNTHETIC.value if value in origins.synthetic else UNDECLARED


def _likeness(file: StagedFile) -> tuple[object, ...]:
    """Equal for files that one `read_parquet` and one SELECT list serve."""
    types = tuple((name, str(kind)) for name, kind in file.types.items())
    hive = tuple(sorted((key, value or "") for key, value in file.file.hive.items()))
    return types, hive, file.file.origin, file.part


def _parsed(columns: Sequence[Column], file: StagedFile, source: str) -> str:
    """SQL of the files with what several columns are read out of, parsed once."""
    parsed = {_parsed_name(column): f"{column.parse}({_value(column, file)})" for column in columns if column.parse}
    if not parsed:
        return source
    expressions = (f"{expression} AS {name}" for name, expression in parsed.items())
    return f"({select(', '.join(('*', 'file_index', 'file_row_number', *expressions)), source)})"


def _parsed_name(column: Column) -> str:
    return identifier(f"{column.parse} {column.source}")


def _read(column: Column, file: StagedFile) -> str:
    value = _parsed_name(column) if column.parse else _value(column, file)
    return column.reading(value) if column.reading else value


def _value(column: Column, file: StagedFile) -> str:
    present = file.types.get(column.source)
    if present is None or pa.types.is_null(present):
        value = file.file.hive.get(column.source) if present is None else None
        text = "NULL" if value is None else literal(value)
        return f"CAST({text} AS {column.sql_type})" if column.sql_type else text
    name = identifier(column.source)
    if column.sql_type == "VARCHAR" and pa.types.is_nested(present):
        return f"CAST(to_json({name}) AS VARCHAR)"
    if column.sql_type == "VARCHAR":
        return as_text(name, present)
    return f"CAST({name} AS {column.sql_type})" if column.sql_type else name


def _origin(file: StagedFile, origin: str, origins: Origins) -> str:
    """SQL of a row's origin. Where path and column both name one and they differ, nobody can say: undeclared."""
    fixed = fixed_origin(file, origin, origins)
    if origin not in file.types:
        return literal(fixed or UNDECLARED)
    if fixed is None:
        return origin_of(identifier(origin), origins)
    stated = origin_of(identifier(origin), origins, otherwise=fixed)
    return f"CASE WHEN {stated} = {literal(fixed)} THEN {literal(fixed)} ELSE {literal(UNDECLARED)} END"
