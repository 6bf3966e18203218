"""A Great Expectations program of somebody else's, in a process of its own, that only adds `import gates.gx`."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import duckdb
import pytest

import gates.gx

PROGRAM = """
import json
import sys

import great_expectations as gx

import gates.gx  # registers the data source and the expectations

context = gx.get_context(mode="ephemeral")
source = context.data_sources.add_gates_duckdb(name="rows", connection_string=sys.argv[1], origin="who")
rows = source.add_table_asset("rows").add_batch_definition_whole_table("all").get_batch()
few = source.add_query_asset("few", query="SELECT * FROM rows WHERE id < 10 OR id >= 293").add_batch_definition_whole_table("all").get_batch()
people = source.add_query_asset("people", query="SELECT * FROM rows WHERE id < 10").add_batch_definition_whole_table("all").get_batch()
kind = gx.expectations.ExpectTableRowCountToBeBetween
share = {"type": "expect_human_ratio_to_be_between", "kwargs": {"min_value": 0.5}, "severity": "warning"}
copies = {"type": "expect_duplicate_ratio_to_be_less_than", "kwargs": {"max_value": 0.05}, "meta": {"scope": "human"}}
suite = gx.ExpectationSuite(name="mine", expectations=[share, copies])
found = {batch.id: batch.validate(suite).results for batch in (rows, few, people)}
found["count"] = [rows.validate(kind(min_value=300))]
json.dump(
    {name: {r.expectation_config.type: [bool(r.success), r.result] for r in results} for name, results in found.items()},
    open(sys.argv[2], "w"),
)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    database, program, answer = folder / "rows.duckdb", folder / "program.py", folder / "answer.json"
    with duckdb.connect(str(database)) as connection:
        # 200 people and 100 generated rows; the first ten are people, half of them one and the same row.
        connection.execute(
            "CREATE TABLE rows AS SELECT i AS id, CASE WHEN i < 5 THEN 0 ELSE i END AS value, "
            "CASE WHEN i < 200 THEN 'human' ELSE 'synthetic' END AS who FROM range(300) r(i)"
        )
        connection.execute("CREATE OR REPLACE TABLE rows AS SELECT * FROM rows ORDER BY id")
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), f"duckdb:///{database}", str(answer)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return json.loads(answer.read_text())


def test_its_own_expectations_work_on_the_data_source(answers):
    assert answers["count"] == {"expect_table_row_count_to_be_between": [True, {"observed_value": 300}]}


def test_our_expectations_are_measured_from_the_batch_and_its_origin_column(answers):
    success, result = answers["rows-rows"]["expect_human_ratio_to_be_between"]

    assert success is True
    assert result["observed_value"] == pytest.approx(2 / 3)
    assert (result["details"]["outcome"], result["details"]["n_human"], result["details"]["n_synthetic"]) == (
        "pass",
        200,
        100,
    )


def test_every_batch_is_measured_on_its_own_rows(answers):
    _success, result = answers["rows-few"]["expect_human_ratio_to_be_between"]

    assert (result["details"]["n_human"], result["details"]["n_synthetic"]) == (10, 7)


def test_a_batch_without_synthetic_rows_is_never_a_success(answers):
    success, result = answers["rows-people"]["expect_human_ratio_to_be_between"]

    assert (success, result["details"]["outcome"]) == (False, "error")
    assert result["details"]["message"] == "there are no synthetic rows: nothing to measure"


def test_the_scope_of_a_single_expectation_stands_in_its_meta(answers):
    _success, result = answers["rows-rows"]["expect_duplicate_ratio_to_be_less_than"]

    assert (result["details"]["outcome"], result["details"]["observed"]) == ("pass", 0.0)


def test_the_former_name_gives_the_same_and_warns(monkeypatch):
    monkeypatch.delitem(sys.modules, "gates.suites", raising=False)

    with pytest.warns(DeprecationWarning, match=r"gates\.gx"):
        former = importlib.import_module("gates.suites")

    assert [name for name in gates.gx.__all__ if getattr(former, name) is not getattr(gates.gx, name)] == []
