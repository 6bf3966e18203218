"""Files of thousands of columns are read at a cost that grows with their number and not with its square."""

from __future__ import annotations

import re
import time
from contextlib import closing
from dataclasses import dataclass, field

import duckdb
import polars as pl
import pytest

from gates.data.duckdb.connection import connect
from gates.data.files import DataFile, Format
from gates.data.formats import csv_files
from gates.data.formats.csv_header import read_header
from gates.errors import DataError
from gates.private_folder import PrivateFolder


def file_of(path) -> DataFile:
    return DataFile(path, "wide.csv", Format.CSV)


def test_a_header_of_twenty_thousand_columns_is_checked_in_a_moment(tmp_path):
    names = [f"column_number_{number}" for number in range(20_000)]
    (tmp_path / "wide.csv").write_text(",".join(names) + "\n")

    started = time.process_time()
    header = read_header(file_of(tmp_path / "wide.csv"), tmp_path / "wide.csv")

    # Each name against each other took half a minute.
    assert time.process_time() - started < 3
    assert (header.delimiter, header.names) == (",", names)


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        ("a,b,a,a", "wide.csv:1: 3 columns are called 'a'; rename all but one"),
        ("a,b,B", "wide.csv:1: two columns differ from 'b' only in case; rename one of them"),
    ],
)
def test_names_that_stand_twice_are_refused(header, wrong, tmp_path):
    (tmp_path / "wide.csv").write_text(header + "\n1,2,3\n")

    with pytest.raises(DataError, match=wrong):
        read_header(file_of(tmp_path / "wide.csv"), tmp_path / "wide.csv")


@dataclass
class Recording:
    """A connection that keeps what it was asked."""

    connection: duckdb.DuckDBPyConnection
    queries: list[str] = field(default_factory=list)

    def execute(self, query: str) -> duckdb.DuckDBPyConnection:
        self.queries.append(query)
        return self.connection.execute(query)


def test_types_of_many_columns_are_read_by_queries_of_few_columns_each(tmp_path):
    values = {"BIGINT": ["1", "-2"], "DOUBLE": ["1.5", "2"], "VARCHAR": ["007", "x"], "DATE": ["2024-01-31", None],
              "BOOLEAN": ["true", "false"], "TIMESTAMP": ["2024-01-31 10:00", "2024-02-01"]}  # fmt: skip
    kinds = [kind for _ in range(30) for kind in values]
    columns = {f"c{number}": values[kind] for number, kind in enumerate(kinds)} | {"nothing": [None, None]}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    frame.write_parquet(tmp_path / "raw.parquet")
    connection = Recording(duckdb.connect())

    types, empty, rows = csv_files._types(f"read_parquet('{tmp_path}/raw.parquet')", frame.columns, connection)

    assert (types, empty, rows) == ([*kinds, "VARCHAR"], ["nothing"], 2)
    per_query = [len(set(re.findall(r'"c\d+"|"nothing"', query))) for query in connection.queries]
    assert per_query == [0, 50, 50, 50, 31]


def test_a_row_of_three_thousand_columns_is_read_in_a_moment(tmp_path):
    columns = 3_000
    header, row = (",".join(f"{start}{number}" for number in range(columns)) for start in ("c", "1."))
    (tmp_path / "wide.csv").write_text(f"{header}\n{row}\n")

    with PrivateFolder() as folder, closing(connect(folder.path)) as connection:
        before = connection.execute("SELECT current_setting('disabled_optimizers')").fetchone()
        target, started = folder.new_file(), time.process_time()
        empty = csv_files.stage_csv(file_of(tmp_path / "wide.csv"), tmp_path / "wide.csv", target, folder, connection)

        # Expressions that occur twice were looked for among all: 5 s, and four times as much of twice as many.
        assert time.process_time() - started < 5
        assert (empty, pl.read_parquet(target).row(0)) == ([], tuple(float(f"1.{number}") for number in range(columns)))
        assert connection.execute("SELECT current_setting('disabled_optimizers')").fetchone() == before
