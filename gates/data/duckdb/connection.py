"""A database in memory that reads nothing by itself and spills where it is told to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

from gates.data.conversations.sql import MACROS
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MEMORY_VARIABLE = "GATES_MEMORY_LIMIT"
# Verdicts did not change between 400 MB and 1 GB, and GX on top of 1 GB stays under 1.3 GB: fits a small CI machine.
MEMORY_LIMIT = "1GB"


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """An empty database that spills into the folder, fetches nothing and sees no Python variables."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit(),
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    try:
        connection = duckdb.connect(":memory:", config=settings)
    except duckdb.ParserException as error:
        raise UsageError(f"{MEMORY_VARIABLE}='{memory_limit()}' is no amount of memory; expected e.g. 2GB") from error
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def connect_to_read(folder: Path) -> duckdb.DuckDBPyConnection:
    """The same with what turns the conversations of files into rows, which takes as long to make as all the rest."""
    connection = connect(folder)
    for macro in MACROS:
        connection.execute(f"CREATE MACRO {macro}")
    return connection


def memory_limit() -> str:
    """What DuckDB may take, as it writes amounts of memory."""
    return os.environ.get(MEMORY_VARIABLE) or MEMORY_LIMIT
