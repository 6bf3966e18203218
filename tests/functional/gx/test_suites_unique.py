"""Uniqueness is counted by groups here, and beside each row by Great Expectations; both count the same."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import great_expectations as gx
import pytest

import gates.gx  # noqa: F401  # brings its datasource

# Values that repeat, that are missing, and NaN; `none` and `all` tell where no row or every row has a twin.
ROWS = """
SELECT i AS n, i % 7 AS k, CASE WHEN i % 5 = 0 THEN NULL ELSE i % 11 END AS gaps,
  CASE WHEN i IN (3, 4) THEN 'NaN'::DOUBLE ELSE i / 2 END AS real, 'x' || (i // 2) AS pairs, NULL::INTEGER AS void
FROM range(100) r(i) UNION ALL VALUES (5, 5, 5, 'NaN'::DOUBLE, NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL)
"""
# Without our provider Great Expectations takes its own.
PROGRAM = """
import json, sys
import duckdb
import great_expectations as gx
from great_expectations.expectations.row_conditions import Column
import gates.gx
from gates.gx.datasource import GatesDuckDBDatasource
from great_expectations.expectations.registry import _registered_metrics

if sys.argv[1] == "stock":
    for name in ("column_values.unique.unexpected_count", "compound_columns.unique.unexpected_count"):
        del _registered_metrics[name]["providers"]["GatesDuckDBExecutionEngine"]
connection = duckdb.connect()
connection.execute("CREATE TABLE rows AS " + sys.argv[2])
context = gx.get_context(mode="ephemeral")
source = context.data_sources.add_gates_duckdb(name="d", connection_string="duckdb:///:memory:")
source.use(connection)
batch = source.add_table_asset("rows", table_name="rows").add_batch_definition_whole_table("rows").get_batch()
names = ("n", "k", "gaps", "real", "pairs", "void")
conditions = (None, Column("n") < 7, Column("n") < 9)
of_one = gx.expectations.ExpectColumnValuesToBeUnique
of_several = gx.expectations.ExpectCompoundColumnsToBeUnique
asked = [of_one(column=name, row_condition=condition) for name in names for condition in conditions]
asked += [
    of_several(column_list=[one, two], ignore_row_if=ignored, row_condition=condition)
    for one, two in (("n", "k"), ("k", "gaps"), ("gaps", "real"), ("real", "pairs"), ("k", "void"))
    for ignored in ("all_values_are_missing", "any_value_is_missing", "never")
    for condition in conditions
]
results = [batch.validate(one) for one in asked]
print(json.dumps([[one.success, {name: str(value) for name, value in one.result.items()}] for one in results]))
"""


def counted(by: str) -> str:
    command = [sys.executable, "-c", PROGRAM, by, ROWS]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.program
def test_groups_count_what_great_expectations_counts_beside_each_row():
    own = counted("own")

    assert own == counted("stock")
    assert '"unexpected_count": "0"' in own
    assert '"unexpected_count": "2"' in own


def test_values_whose_groups_do_not_fit_into_memory_are_counted_part_by_part(tmp_path):
    connection = duckdb.connect(config={"temp_directory": str(tmp_path / "spill"), "threads": 1})
    numbers = "SELECT i * 7919 % 1000003 AS n FROM range(300000) r(i) UNION ALL SELECT i FROM range(500, 520) r(i)"
    connection.execute(f"COPY ({numbers}) TO '{tmp_path}/rows.parquet'")
    connection.execute(f"CREATE VIEW rows AS FROM '{tmp_path}/rows.parquet'")
    groups = "SELECT coalesce(sum(size), 0) FROM (SELECT count(*) AS size FROM rows GROUP BY n HAVING count(*) > 1)"
    (repeated,) = connection.execute(groups).fetchone()
    connection.execute("SET GLOBAL memory_limit = '9MB'")
    with pytest.raises(duckdb.OutOfMemoryException):
        connection.execute(groups)
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_gates_duckdb(name="d", connection_string="duckdb:///:memory:")
    source.use(connection)
    batch = source.add_table_asset("rows", table_name="rows").add_batch_definition_whole_table("rows").get_batch()

    # As suites are run: counts, and no values.
    wanted = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
    result = batch.validate(gx.expectations.ExpectColumnValuesToBeUnique(column="n"), result_format=wanted)

    assert not result.success
    assert result.result["unexpected_count"] == repeated > 0
