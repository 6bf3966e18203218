"""What `gates init` binds: the generator, the label, the group; and what rows without an origin stand for."""

from __future__ import annotations

import json

import polars as pl
import pytest

from gates.config.load import read_config
from tests.guesses import guesses
from tests.projects import table_rows

HALF = 60


def rows(**columns: list[object]) -> pl.DataFrame:
    both = pl.concat([table_rows(HALF, 1), table_rows(HALF, 2)])
    return both.with_columns(pl.Series(name, values, strict=False) for name, values in columns.items())


def dataset(root):
    return read_config(root / "gates.toml").datasets["mix"]


@pytest.mark.parametrize("name", ["model", "llm", "generated_by"])
@pytest.mark.parametrize("with_origin", [True, False])
def test_column_of_generators_that_is_empty_for_human_rows_is_no_finding(name, with_origin, tmp_path, gates):
    both = rows(**{name: [None] * HALF + ["gpt-4", "aya-23"] * (HALF // 2)})
    origin = pl.Series("origin", ["human"] * HALF + ["synthetic"] * HALF)
    (both.with_columns(origin) if with_origin else both).write_csv(tmp_path / "mix.csv")

    called = gates(tmp_path, "init", "mix.csv")
    verdict = json.loads(gates(tmp_path, "check", "--format", "json").out)

    assert called.code == 0, called.err
    assert dataset(tmp_path).columns["generator"] == name
    assert dataset(tmp_path).origins.human == (("human",) if with_origin else ("",))
    declared = next(check for check in verdict["checks"] if "origins_to_be_declared" in check["id"])
    assert (declared["outcome"], declared["evidence"]["rows"]) == ("pass", 2 * HALF)
    named = [check["id"] for check in verdict["checks"] if check["outcome"] == "fail" and name in json.dumps(check)]
    assert named == []


def test_rows_without_a_value_are_undeclared_unless_an_empty_word_declares_them(tmp_path, gates):
    rows(source=[None] * HALF + ["gpt-4"] * HALF).write_csv(tmp_path / "mix.csv")
    config = '[datasets.mix]\npath = "mix.csv"\ntype = "tabular"\norigin = "source"\n[datasets.mix.origins]\nsynthetic = ["gpt-4"]\n'

    def checked(lines: str) -> dict[str, object]:
        (tmp_path / "gates.toml").write_text(config + lines)
        called = gates(tmp_path, "check", "--format", "json", "--only", "combined/expect_origins_to_be_declared")
        (check,) = json.loads(called.out)["checks"]
        return check

    without = checked('human = ["human"]\n')
    assert without["outcome"] == "fail"
    assert "no value in 60 rows" in without["message"]
    assert 'human = ["human", ""]' in without["message"]
    assert checked('human = ["human", ""]\n')["outcome"] == "pass"


def test_label_and_group_are_bound_with_their_reasons(tmp_path, gates):
    people = [number % 20 for number in range(2 * HALF)]
    both = rows(patient_id=people, target=["yes", "no"] * HALF, origin=["human"] * HALF + ["synthetic"] * HALF)
    both.write_csv(tmp_path / "mix.csv")

    out = gates(tmp_path, "init", "mix.csv").out

    assert (dataset(tmp_path).label, dataset(tmp_path).group) == ("target", "patient_id")
    assert guesses(out)["label"] == ("column 'target'", "its name, and its 2 values")
    assert guesses(out)["group"] == ("column 'patient_id'", "its name, and 120 rows share 20 values")


def test_row_index_of_pandas_becomes_the_key_also_where_origins_share_numbers(tmp_path, gates):
    numbered = rows(origin=["human"] * HALF + ["synthetic"] * HALF, index=[*range(HALF), *range(HALF)])
    numbered.select("index", pl.exclude("index")).rename({"index": ""}).write_csv(tmp_path / "mix.csv")

    gates(tmp_path, "init", "mix.csv")

    assert "no_name_in_the_header" in dataset(tmp_path).columns["key"]


def test_synthetic_rows_with_keys_of_human_rows_are_counted_by_the_drafted_rule(tmp_path, gates):
    both = pl.concat([table_rows(150, 1), table_rows(150, 2)])
    ids = pl.Series("id", [*range(150), *range(100), *range(1000, 1050)])
    origin = pl.Series("origin", ["human"] * 150 + ["synthetic"] * 150)
    both.with_columns(ids, origin).write_csv(tmp_path / "mix.csv")
    gates(tmp_path, "init", "mix.csv")

    called = gates(tmp_path, "check", "--format", "json", "--only", "expect_constraint_violation_ratio_to_be_less_than")

    messages = [check["message"] for check in json.loads(called.out)["checks"]]
    assert any(
        "column 'id': no two rows share a value, and 100 rows have the value of a human row" in one for one in messages
    )


@pytest.mark.parametrize("first", [0, 1_000])
def test_column_whose_values_start_anew_in_each_origin_is_no_key(first, tmp_path, gates):
    for name, start in (("real", 0), ("synthetic", first)):
        ids = pl.Series("user_key", range(start, start + HALF))
        table_rows(HALF, start + 1).insert_column(0, ids).write_csv(tmp_path / f"{name}.csv")

    called = gates(tmp_path, "init", "real.csv", "synthetic.csv")

    (name,) = read_config(tmp_path / "gates.toml").datasets.values()
    assert called.code == 0, called.err
    assert name.columns.get("key") == ("user_key" if first else None)
    if first:
        assert guesses(called.out)["key"] == ("column 'user_key'", "its name, and no two rows share a value")
