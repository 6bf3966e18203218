"""Own suites and schemas speak of the columns that files have: the origin column is one, and none of gates' own is."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.dvc_repositories import commit, git, new_git, write

COLUMNS = ["key", "made_by", "size"]
TOML = """\
[datasets.sizes]
type = "tabular"
path = "{path}"
extends = false
schema = "sizes.py:Sizes"
{origin}
[datasets.sizes.origins]
human = ["person"]
synthetic = ["tvae", "ctgan"]
"""
SCHEMA = """\
import pandera.polars as pa

Sizes = pa.DataFrameSchema({{"key": pa.Column(int), "size": pa.Column(int), {origin}}}, strict={strict})
"""
ORIGIN_RULE = '"made_by": pa.Column(str, pa.Check.isin(["person", "tvae"])),'


def project(root, *, rule="", strict=False, expectations=()):
    new_git(root)
    makers = ["person", "tvae", "ctgan"]
    rows = pl.DataFrame({"key": range(30), "made_by": makers * 10, "size": [number * 3 for number in range(30)]})
    write(root, "data/sizes.csv", rows.write_csv())
    write(root, "gates.toml", TOML.format(path="data/sizes.csv", origin='origin = "made_by"'))
    write(root, "sizes.py", SCHEMA.format(origin=rule, strict=strict))
    suite = [{"type": name, "kwargs": kwargs, "severity": "critical"} for name, kwargs in expectations]
    write(root, "expectations/sizes/combined.json", json.dumps({"name": "sizes", "expectations": suite}))
    return root


def outcomes(called):
    (verdict,) = (
        json.loads(called.out)["verdicts"] if "verdicts" in json.loads(called.out) else [json.loads(called.out)]
    )
    return {check["id"]: check["outcome"] for check in verdict["checks"]}


def test_stock_expectations_see_the_columns_of_the_files(tmp_path, gates):
    right = (
        ("expect_table_column_count_to_equal", {"value": 3}),
        ("expect_table_columns_to_match_ordered_list", {"column_list": COLUMNS}),
        ("expect_table_columns_to_match_set", {"column_set": COLUMNS}),
        ("expect_column_values_to_be_in_set", {"column": "made_by", "value_set": ["person", "tvae", "ctgan"]}),
    )
    root = project(tmp_path / "right", expectations=right)

    called = gates(root, "check", "--format", "json")

    assert called.code == 0, called.out + called.err
    wrong = (
        ("expect_table_column_count_to_equal", {"value": 4}),
        ("expect_table_columns_to_match_set", {"column_set": ["key", "size"]}),
    )
    called = gates(project(tmp_path / "wrong", expectations=wrong), "check", "--format", "json")
    failed = {name for name, outcome in outcomes(called).items() if outcome == "fail"}
    assert (called.code, failed) == (1, {f"combined/{name}" for name, _ in wrong})


def test_partitions_without_an_origin_column_have_no_more_columns_than_their_files(tmp_path, gates):
    root = project(tmp_path / "project", expectations=[("expect_table_column_count_to_equal", {"value": 2})])
    rows = pl.read_csv(root / "data/sizes.csv").drop("made_by")
    for name, part in (("human", rows[:15]), ("synthetic", rows[15:])):
        write(root, f"{name}.csv", part.write_csv())
    (root / "gates.toml").write_text(
        '[datasets.sizes]\ntype = "tabular"\nextends = false\nschema = "sizes.py:Sizes"\n'
        'partitions = { human = "human.csv", synthetic = "synthetic.csv" }\n'
    )

    assert gates(root, "check").code == 0


def test_an_own_schema_may_have_a_rule_of_the_origin_column(tmp_path, gates):
    root = project(tmp_path / "project", rule=ORIGIN_RULE)

    called = gates(root, "check", "--format", "json")

    failed = {name for name, outcome in outcomes(called).items() if outcome == "fail"}
    assert failed == {"synthetic/expect_row_failure_ratio_to_be_less_than/made_by/vocabulary"}
    quarantined = pl.read_parquet(root / ".gates/quarantine/sizes.parquet")
    assert quarantined.height == 10
    assert {frozenset(json.loads(row)) for row in quarantined["content"]} == {frozenset({"key", "size"})}
    commit(root, "data")
    write(root, "data/sizes.csv", (root / "data/sizes.csv").read_text() + "30,ctgan,90\n")
    git(root, "add", "-A")
    hook = gates(root, "check", "--staged", "--timeout", "60")
    assert (hook.code, "made_by/vocabulary" in hook.out) == (1, True)


@pytest.mark.parametrize("rule", ["", '"made_by": pa.Column(str)'])
def test_a_schema_of_all_columns_may_leave_the_origin_column_out(tmp_path, gates, rule):
    root = project(tmp_path / "project", rule=rule, strict=True)

    called = gates(root, "check")

    assert called.code == 0, called.out + called.err
