"""The SQL of the views: one SELECT per run of files that look alike, in the order of the files."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.engines.sql import identifier, literal, literals, origin_of, select
from gates.scan import ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, UNDECLARED
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from gates.dataset_config import Origins
    from gates.engines.columns import Column
    from gates.engines.staging import StagedFile


def create_views(connection: duckdb.DuckDBPyConnection, query: str, names: Mapping[Scope, str]) -> None:
    """Creates the combined view from the query, and one view per origin on top of it."""
    combined = identifier(names[Scope.COMBINED])
    connection.execute(f"CREATE VIEW {combined} AS {query}")
    for scope in (Scope.HUMAN, Scope.SYNTHETIC):
        rows = select("*", combined, f"WHERE {identifier(ORIGIN)} = {literal(scope)}")
        connection.execute(f"CREATE VIEW {identifier(names[scope])} AS {rows}")


def rows_query(files: Sequence[StagedFile], columns: Sequence[Column], origin: str, origins: Origins) -> str:
    """SQL of all rows under the columns' names, with ROW_ID and ORIGIN last."""
    runs = []
    numbered = enumerate(files)
    for _, run in groupby(numbered, key=lambda entry: _likeness(entry[1])):
        alike = list(run)
        first, file = alike[0]
        expressions = [f"{_value(column, file)} AS {identifier(column.name)}" for column in columns]
        row_id = f"((file_index::BIGINT + {first}) << {ROWS_PER_FILE_BITS}) | file_row_number"
        expressions.append(f"{row_id} AS {identifier(ROW_ID)}")
        expressions.append(f"{_origin(file, origin, origins)} AS {identifier(ORIGIN)}")
        paths = literals(str(entry.parquet) for _, entry in alike)
        runs.append(select(", ".join(expressions), f"read_parquet([{paths}], hive_partitioning = false)"))
    return " UNION ALL ".join(runs)


def fixed_origin(file: StagedFile, origin: str, origins: Origins) -> str | None:
    """The origin that a partition path or a `key=value` folder gives all rows of a file, or None."""
    if file.file.origin is not None:
        return file.file.origin
    if origin not in file.file.hive:
        return None
    value = file.file.hive[origin]
    if value in origins.human:
        return Scope.HUMAN.value
    return Scope.SYNTHETIC.value if value in origins.synthetic else UNDECLARED


def _likeness(file: StagedFile) -> tuple[object, ...]:
    """Equal for files that one `read_parquet` and one SELECT list serve."""
    types = tuple((name, str(kind)) for name, kind in file.types.items())
    return types, tuple(sorted((key, value or "") for key, value in file.file.hive.items())), file.file.origin


def _value(column: Column, file: StagedFile) -> str:
    present = file.types.get(column.source)
    if present is None or pa.types.is_null(present):
        value = file.file.hive.get(column.source) if present is None else None
        text = "NULL" if value is None else literal(value)
        return f"CAST({text} AS {column.sql_type})" if column.sql_type else text
    name = identifier(column.source)
    if column.sql_type == "VARCHAR" and pa.types.is_nested(present):
        return f"CAST(to_json({name}) AS VARCHAR)"
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
