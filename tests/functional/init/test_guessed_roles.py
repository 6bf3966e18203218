"""What `gates init` binds: the generator, the label, the group; and what rows without an origin stand for."""

from __future__ import annotations

import json
import re

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


def context_rows(**columns: list[object]) -> pl.DataFrame:
    levels = {
        "domain": ["law", "medicine"] * HALF,
        "Language": ["de", "en"] * HALF,
        "origin": ["human"] * HALF + ["synthetic"] * HALF,
    }
    return rows(**levels, **columns)


@pytest.mark.parametrize("is_known_of_people_only", [True, False])
def test_domain_language_and_who_judged_are_bound_in_a_table(is_known_of_people_only, tmp_path, gates):
    others = [None] * HALF
    people = {
        "expertise": ["expert", "crowd"] * (HALF // 2),
        "annotator_id": ["a", "b"] * (HALF // 2),
        "cost": [1.5, 2.0] * (HALF // 2),
    }
    both = context_rows(**{name: [*own, *(others if is_known_of_people_only else own)] for name, own in people.items()})
    both.write_csv(tmp_path / "mix.csv")

    out = gates(tmp_path, "init", "mix.csv").out

    bound = {"domain": "domain", "language": "Language"}
    of_people = {"expertise": "expertise", "annotator": "annotator_id", "cost": "cost"}
    assert dict(dataset(tmp_path).columns) == bound | (of_people if is_known_of_people_only else {})
    assert guesses(out)["language"] == ("column 'Language'", "its name, and 120 rows share 2 values")
    if is_known_of_people_only:
        assert guesses(out)["cost"] == ("column 'cost'", "its name, and no synthetic row has a value")


def test_experts_can_be_asked_of_a_table_as_init_wrote_it(tmp_path, gates):
    context_rows(expertise=["crowd"] * HALF + [None] * HALF).write_csv(tmp_path / "mix.csv")
    gates(tmp_path, "init", "mix.csv")
    config = (tmp_path / "gates.toml").read_text()
    (tmp_path / "gates.toml").write_text(
        f"{config}\n[datasets.mix.critical_domains]\nlaw = {{ human = 0.4, expert = 0.2 }}\n"
    )

    called = gates(tmp_path, "check", "--only", "combined/expect_expert_ratio_to_be_between")

    assert called.code == 1
    assert "Experts wrote or judged too few rows of a critical domain: law: 0.0 %" in called.out


def test_messages_of_a_forum_have_id_group_language_and_time(tmp_path, gates):
    count = 4 * HALF
    texts = [f"people write sentences of many words, one after another, number {number}" for number in range(count)]
    pl.DataFrame({
        "message_id": [f"m{number}" for number in range(count)], "message_tree_id": [f"t{number // 2}" for number in range(count)],
        "created_date": ["2023-02-05T14:23:50+00:00"] * count, "text": texts, "role": ["prompter", "assistant"] * (count // 2),
        "lang": ["en"] * count, "synthetic": [False, False, True, True] * HALF,
    }).write_parquet(tmp_path / "train-00000-of-00001.parquet")  # fmt: skip

    called = gates(tmp_path, "init", "train-00000-of-00001.parquet")

    (config,) = read_config(tmp_path / "gates.toml").datasets.values()
    assert called.code == 0, called.err
    assert config.name not in ("train", "train_00000_of_00001")
    assert (config.type, config.group) == ("text", "message_tree_id")
    assert dict(config.columns) == {"id": "message_id", "language": "lang", "created_at": "created_date"}


def test_columns_that_have_the_names_of_roles_are_among_the_guesses(tmp_path, gates):
    made = rows(
        generator=[None] * HALF + ["ctgan", "tvae"] * (HALF // 2), origin=["human"] * HALF + ["synthetic"] * HALF
    )
    made.write_csv(tmp_path / "mix.csv")

    called = gates(tmp_path, "init", "mix.csv")

    assert re.search(r"^  generator +column 'generator' +its name is that of the role$", called.out, re.MULTILINE)


def test_id_that_is_taken_by_its_name_is_said_to_promise_nothing_yet(tmp_path, gates):
    numbers = range(2 * HALF)
    made = rows(
        id=[f"r{number}" for number in numbers],
        prompt=[f"ask {number}" for number in numbers],
        response=[f"say {number}" for number in numbers],
        origin=["human"] * HALF + ["synthetic"] * HALF,
    )
    made.write_csv(tmp_path / "mix.csv")

    called = gates(tmp_path, "init", "mix.csv")

    assert 'its name is that of the role; `columns = { id = "id" }` promises that it names one row\n' in called.out
