"""SQL text from names and values that come from data, quoted so that none of it can be anything else."""

from __future__ import annotations

import glob
from typing import TYPE_CHECKING

from gates.config.dataset import WITHOUT_VALUE, Origins
from gates.errors import DataError
from gates.verdict import UNDECLARED, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

# As many columns as are looked at together: their expressions are planned once, and what a query costs grows with their square.
COLUMNS_AT_ONCE = 50


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A quoted path to one file. Raises DataError for one that DuckDB takes for a pattern: it would read other files."""
    if glob.has_magic(str(path)):
        raise DataError(
            f"{path.parent}: readers take its name for a pattern; set TMPDIR to a folder without [, * and ?"
        )
    return literal(str(path))


def literals(texts: Iterable[str]) -> str:
    """Quoted SQL strings with commas, as `IN` takes them in brackets."""
    return ", ".join(literal(text) for text in texts)


def select(columns: str, source: str, *clauses: str) -> str:
    """`SELECT columns FROM source clauses`, all of them SQL in which names and values are quoted already."""
    return " ".join(("SELECT", columns, "FROM", source, *clauses))


def parquet(*paths: Path) -> str:
    """SQL of all rows of Parquet files, one after the other. Raises what `path_literal` raises."""
    return f"read_parquet([{', '.join(map(path_literal, paths))}], hive_partitioning = false)"


def cells(source: str, names: Sequence[str]) -> Iterator[str]:
    """SQL of `key` and `value` of the cells of a source that have one, of some of its columns at a time."""
    for first in range(0, len(names), COLUMNS_AT_ONCE):
        columns = ", ".join(map(identifier, names[first : first + COLUMNS_AT_ONCE]))
        yield f"(UNPIVOT ({select(columns, source)}) ON COLUMNS(*) INTO NAME key VALUE value)"


def copy(query: str, target: Path) -> str:
    """SQL that writes what a query gives to a Parquet file, which is there already."""
    return f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, USE_TMP_FILE false)"


def origin_of(value: str, origins: Origins, otherwise: str = UNDECLARED) -> str:
    """SQL for the origin that a value of the origin column stands for; values match exactly.

    value: SQL of the value. otherwise: the origin of values that are not declared.
    """
    text = f"coalesce(CAST({value} AS VARCHAR), {literal(WITHOUT_VALUE)})"
    # NULL is in no list; SQL has no empty one.
    human, synthetic = literals(origins.human) or "NULL", literals(origins.synthetic) or "NULL"
    return (
        f"CASE WHEN {text} IN ({human}) THEN {literal(Scope.HUMAN)} "
        f"WHEN {text} IN ({synthetic}) THEN {literal(Scope.SYNTHETIC)} ELSE {literal(otherwise)} END"
    )
