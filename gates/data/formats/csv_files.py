"""Reads CSV and TSV: the header says how many columns there are, and whole columns decide on their types.

DuckDB's sniffer is not used: on small or regular files it guesses header, delimiter and types from a sample.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import duckdb

from gates.data.formats.csv_header import Header, read_header
from gates.data.sql import COLUMNS_AT_ONCE, cells, copy, identifier, literal, parquet, path_literal, select
from gates.errors import DataError, NoRowsError

if TYPE_CHECKING:
    from pathlib import Path

    from gates.data.files import DataFile
    from gates.private_folder import PrivateFolder

# DuckDB's own limit of 2 MB is less than a long document; the buffer has room for two lines of this length.
_LONGEST_LINE = 16 << 20
_LINE_NUMBER = re.compile(r"CSV Error on Line: (\d+)")
_COLUMN_COUNT = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")

# The first type whose pattern every value matches, and whose cast it survives. Numbers with leading zeros or a plus
# sign are codes (postcodes, telephone numbers), and more than 18 digits would lose some: they stay strings.
_DAY, _TIME = r"\d{4}-\d{2}-\d{2}", r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_CANDIDATES = (
    ("BOOLEAN", r"true|false|True|False|TRUE|FALSE"),
    ("BIGINT", r"-?(0|[1-9]\d{0,17})"),
    ("DOUBLE", r"-?((0|[1-9]\d{0,17})(\.\d*)?|\.\d+)([eE][-+]?\d+)?|nan|NaN|-?inf|-?Infinity"),
    ("DATE", _DAY),
    ("TIMESTAMP", rf"{_DAY}({_TIME})?"),
    # With seconds: DuckDB before 2.0 casts no zoned time without them.
    ("TIMESTAMPTZ", rf"{_DAY}[T ]\d{{2}}:\d{{2}}:\d{{2}}(\.\d{{1,6}})?(Z|[+-]\d{{2}}(:?\d{{2}})?)"),
)


def stage_csv(
    file: DataFile, text: Path, target: Path, folder: PrivateFolder, connection: duckdb.DuckDBPyConnection
) -> list[str]:
    """Writes the rows as Parquet to `target`; returns the columns without any value.

    A cell without anything in it is NULL; a quoted empty one is an empty string, or NULL in a column of numbers.
    Raises DataError naming file and line.
    """
    header = read_header(file, text)
    names = header.names
    raw = folder.new_file()
    try:
        ends, least = _line_ends(file, text, header) if any("\n" in name for name in names) else ("", 0)
        connection.execute(copy(_select(text, header, ends), raw))
    except (duckdb.InterruptException, duckdb.OutOfMemoryException, duckdb.IOException):
        # Not the file's fault: whoever called knows why, or memory or disk ran out.
        raise
    except duckdb.Error as error:
        raise _explained(file, text, len(names), str(error)) from error
    source = parquet(raw)
    kinds, empty, rows = _types(source, names, connection)
    _refuse_second_header(file, source, names, connection)
    if 0 < rows < least:
        raise DataError(f"{file.name}: mixes line ends, \\n and \\r\\n; write the file with one of them")
    if rows == 0:
        raise NoRowsError(f"{file.name}: a header without rows")
    casts = ", ".join(_cast(name, kind) for name, kind in zip(names, kinds, strict=True))
    # Of 3,000 columns the search for expressions that occur twice, as a column does in its own nullif, took 5.4 s.
    connection.execute("SET disabled_optimizers = 'common_subexpressions'")
    connection.execute(copy(select(casts, source), target))
    connection.execute("RESET disabled_optimizers")
    folder.discard(raw)
    return empty


def _line_ends(file: DataFile, text: Path, header: Header) -> tuple[str, int]:
    """How lines end, as DuckDB writes it, and how many rows there are; it takes the end of a header's first line for all.

    Only of files whose header holds a line end within a name.
    """
    first: list[str] = []
    with text.open(encoding="utf-8", newline="") as stream:
        for _ in range(header.lines_before):
            stream.readline()
        lines = (first.append(line) or line for line in iter(stream.readline, ""))  # type: ignore[func-returns-value]
        try:
            next(csv.reader(lines, delimiter=header.delimiter, strict=True))
            rows = sum(1 for row in csv.reader(stream, delimiter=header.delimiter, strict=True) if row)
        except csv.Error as error:
            raise DataError(
                f"{file.name}: not readable as CSV: {error}; rename the column with a line break"
            ) from error
    return (r"\r\n" if first[-1].endswith("\r\n") else r"\n"), rows


def _select(text: Path, header: Header, ends: str) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.names)
    new_line = f"new_line = {literal(ends)}, " if ends else ""
    return select(
        "*",
        f"read_csv([{path_literal(text)}], auto_detect = false, header = true, {new_line}delim = {literal(header.delimiter)}, "
        f"""quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, hive_partitioning = false, """
        f"skip = {header.lines_before}, max_line_size = {_LONGEST_LINE}, buffer_size = {2 * _LONGEST_LINE}, columns = {{{columns}}})",
    )


def _refuse_second_header(file: DataFile, source: str, names: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """Raises DataError for a row that is the header again, which files bring that are joined as they are.

    A single column may well hold its own name.
    """
    if len(names) == 1:
        return
    # A mark of byte order comes with the second file.
    is_header = " AND ".join(
        f"ltrim({identifier(name)}, chr(65279)) = {literal(name)}" for name in names[:COLUMNS_AT_ONCE]
    )
    # Names in the place of the file's, among which may be any.
    rows = f"({select(f'row_number() OVER (), {is_header}', source)}) AS rows(number, is_header)"
    again = connection.execute(select("min(number)", rows, "WHERE is_header")).fetchone()
    if again and again[0]:
        raise DataError(
            f"{file.name}: row {again[0]:,} is the header again, as where files are joined; remove the line"
        )


def _types(source: str, names: list[str], connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str], int]:
    """The type of every column by all of its values, the columns without values, and the number of rows."""
    rows: int = (connection.execute(select("count(*)", source)).fetchone() or (0,))[0]
    fits: dict[str, int] = {}
    for some in cells(source, names):
        fits |= dict(
            connection.execute(select(f"key, coalesce({_fitting('value')}, 0)", some, "GROUP BY 1")).fetchall()
        )
    kinds = [
        next((kind for bit, (kind, _) in enumerate(_CANDIDATES) if fits.get(name, 0) >> bit & 1), "VARCHAR")
        for name in names
    ]
    return kinds, [name for name in names if name not in fits], rows


def _fitting(name: str) -> str:
    """SQL of the candidates that fit every value of a column, a bit each; NULL where there is no value."""
    value = f"nullif({identifier(name)}, '')"
    fits = " + ".join(
        f"CASE WHEN regexp_full_match({value}, {literal(pattern)}) AND TRY_CAST({value} AS {kind}) IS NOT NULL "
        f"THEN {1 << bit} ELSE 0 END"
        for bit, (kind, pattern) in enumerate(_CANDIDATES)
    )
    return f"bit_and(CASE WHEN {value} IS NOT NULL THEN {fits} END)"


def _cast(name: str, kind: str) -> str:
    column = identifier(name)
    return column if kind == "VARCHAR" else f"CAST(nullif({column}, '') AS {kind}) AS {column}"


def _explained(file: DataFile, text: Path, width: int, message: str) -> DataError:
    """One sentence for what DuckDB says in twenty lines, without the row itself."""
    in_line = _LINE_NUMBER.search(message)
    place = f"{file.name}:{in_line.group(1)}" if in_line else file.name
    counts = _COLUMN_COUNT.search(message)
    if counts:
        return DataError(
            f"{place}: {counts.group(2)} values where the header has {width} columns; quote or complete them"
        )
    if "unterminated quote" in message:
        return DataError(
            f"{place}: a quote is opened and not closed, or followed by more text; double quotes inside text"
        )
    if "Maximum line size" in message:
        return DataError(f"{place}: a line of more than {_LONGEST_LINE >> 20} MB; use JSONL or Parquet for such rows")
    content = text.read_bytes()
    if b"\r\n" in content and re.search(rb"(?<!\r)\n", content):
        return DataError(f"{place}: mixes line ends, \\n and \\r\\n; write the file with one of them")
    if b"\r" in content.replace(b"\r\n", b""):
        return DataError(f"{place}: some lines end in \\r alone; write the file with \\n at the end of each line")
    return DataError(f"{place}: not readable as CSV: {message.strip().split(chr(10))[0]}")
