"""A database in memory that reads nothing by itself and spills where it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from gates.config import memory
from gates.data.conversations.sql import macros_of

if TYPE_CHECKING:
    from pathlib import Path


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """An empty database that spills into the folder, fetches nothing and sees no Python variables."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory.for_opening()}B",
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def make_readable(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Make the macros that a query of rows calls: as slow as opening the database, so only where there are conversations."""
    for macro in macros_of(query):
        connection.execute(f"CREATE MACRO {macro}")


def limit_memory(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """Take no more bytes from now on; what is beyond them is spilled."""
    connection.execute(f"SET GLOBAL memory_limit = '{size}B'")
