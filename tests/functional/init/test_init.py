"""`gates init` proposes, drafts and accepts; it never rewrites what a person wrote."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from gates.config.load import read_config
from gates.errors import UsageError
from gates.init.find import FoundData, Given, find_data
from gates.init.guesses.origin_guess import OriginColumn, find_origin
from gates.init.snippets import dvc_stages, pre_commit_hooks
from tests.dvc_repositories import new_git, new_repository
from tests.guesses import guesses
from tests.projects import mixed, table_rows

ROWS = mixed(table_rows(400, seed=1), table_rows(400, seed=2))
SUITES = [f"expectations/people/{scope}.json" for scope in ("combined", "human", "synthetic")]


def files(root) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_plain_csv_becomes_a_configured_project_with_drafts(tmp_path, gates):
    ROWS.write_csv(tmp_path / "people.csv")

    called = gates(tmp_path, "init")

    assert (called.code, called.err) == (0, "")
    assert files(tmp_path) == [*SUITES, "gates.toml", "people.csv", "schemas/people.py"]
    dataset = read_config(tmp_path / "gates.toml").datasets["people"]
    assert (dataset.path, dataset.type, dataset.origin, dataset.inconclusive) == (
        "people.csv",
        "tabular",
        "origin",
        "block",
    )
    assert called.out.startswith("wrote gates.toml: dataset 'people', type tabular, data in people.csv\n")
    assert guesses(called.out) == {
        "type": ("tabular", "no single column is clearly free text"),
        "origin": (
            "column 'origin': human = human, synthetic = synthetic",
            "its values are words for both origins",
        ),
        "rows": ("400 human and 400 synthetic",),
    }
    assert "  these may be too few rows to decide every check: `gates check` says which it cannot decide" in called.out
    assert "  gates check people\n" in called.out


def test_without_git_and_dvc_the_next_steps_are_the_end_of_a_short_output(tmp_path, gates):
    ROWS.write_csv(tmp_path / "people.csv")

    lines = gates(tmp_path, "init").out.splitlines()

    assert len(lines) < 15
    steps = lines[lines.index("next:") + 1 :]
    commands = [step.split("    ")[0].strip() for step in steps]
    assert commands == ["gates check people", "gates init people --accept", "gates init --write"]


@pytest.mark.parametrize(("make", "shows_stages"), [(new_git, False), (new_repository, True)])
def test_stages_are_printed_where_dvc_is_in_use_and_hooks_where_git_is(tmp_path, gates, make, shows_stages):
    root = make(tmp_path / "project")
    ROWS.write_csv(root / "people.csv")

    out = gates(root, "init").out

    assert ("\n    check-people:\n" in out) == shows_stages
    assert "\n        - id: gates-check\n" in out
    assert out.index("id: gates-check") < out.index("next:\n")


def test_many_rows_leave_undecided_checks_blocking(tmp_path, gates):
    mixed(table_rows(5_000, seed=1), table_rows(5_000, seed=2)).write_parquet(tmp_path / "people.parquet")

    gates(tmp_path, "init")

    assert "inconclusive" not in (tmp_path / "gates.toml").read_text()


def test_first_hour_ends_in_a_verdict(tmp_path, gates):
    ROWS.write_csv(tmp_path / "people.csv")

    assert gates(tmp_path, "init").code == 0
    assert gates(tmp_path, "lint").code == 0
    called = gates(tmp_path, "check")

    assert called.code in (0, 1)
    assert called.out.startswith("people: ")


def test_existing_configuration_is_left_as_it_is_and_its_drafts_are_accepted(tmp_path, gates):
    text = '[datasets.mix]\npath = "mix.parquet"\ntype = "tabular"\n# mine\n'
    (tmp_path / "gates.toml").write_text(text)
    ROWS.write_parquet(tmp_path / "mix.parquet")

    called = gates(tmp_path, "init", "--accept")

    assert (called.code, called.err) == (0, "")
    assert (tmp_path / "gates.toml").read_text() == text
    suite = (tmp_path / "expectations/mix/human.json").read_text()
    assert ('"draft"' in suite, '"critical"' in suite, '"warning"' in suite) == (False, True, False)
    assert "DRAFT" not in (tmp_path / "schemas/mix.py").read_text()


def test_second_run_changes_nothing_unless_forced(tmp_path, gates):
    ROWS.write_csv(tmp_path / "people.csv")
    gates(tmp_path, "init")
    path = tmp_path / "expectations/people/human.json"
    path.write_text(path.read_text().replace('"people human"', '"edited"'))

    called = gates(tmp_path, "init")
    assert "people: keeps the rules that it has (" in called.out
    assert '"edited"' in path.read_text()

    assert "people: drafted " in gates(tmp_path, "init", "people", "--force").out
    assert '"edited"' not in path.read_text()


def test_drafts_go_when_the_type_is_changed(tmp_path, gates):
    rows = ROWS.with_columns(text=pl.format("number {} of many", pl.int_range(pl.len())))
    rows.write_csv(tmp_path / "people.csv")
    gates(tmp_path, "init")
    config = tmp_path / "gates.toml"
    config.write_text(config.read_text().replace('"tabular"', '"text"'))
    drafted = [name for name in files(tmp_path) if name.startswith(("schemas/", "expectations/"))]

    called = gates(tmp_path, "init")

    assert called.code == 0, called.err
    assert called.out.startswith(f"people: removed {drafted[-1]}, ")
    assert "drafts for another type than text" in called.out.splitlines()[0]
    assert (len(drafted), files(tmp_path)) == (4, ["gates.toml", "people.csv"])


@pytest.mark.parametrize("own", ["accepted", "written", "broken"])
def test_rules_that_are_no_drafts_stay_when_the_type_is_changed(own, tmp_path, gates):
    ROWS.write_csv(tmp_path / "people.csv")
    gates(tmp_path, "init", *(["--accept"] if own == "accepted" else []))
    config, suite = tmp_path / "gates.toml", tmp_path / "expectations/people/human.json"
    config.write_text(config.read_text().replace('"tabular"', '"text"'))
    if own == "written":
        suite.write_text(suite.read_text().replace('"draft": true,', "", 1))
    if own == "broken":
        suite.write_text("{")
    before = suite.read_text()

    called = gates(tmp_path, "init")

    assert "expectations/people/human.json" not in called.out
    assert suite.read_text() == before


def test_accepting_twice_is_accepting_once(tmp_path, gates):
    ROWS.write_csv(tmp_path / "people.csv")

    assert "people: accepted schemas/people.py" in gates(tmp_path, "init", "--accept").out
    assert "people: nothing to accept" in gates(tmp_path, "init", "--accept").out


def test_text_brings_its_rules_along(tmp_path, gates):
    words = "people write sentences of many words, one after another, number "
    human = pl.DataFrame({"text": [f"{words}{number}" for number in range(20)]})
    mixed(human, human).write_ndjson(tmp_path / "notes.jsonl")

    called = gates(tmp_path, "init")

    assert called.code == 0
    assert read_config(tmp_path / "gates.toml").datasets["notes"].type == "text"
    assert "notes: type text has built-in rules; nothing to draft\n" in called.out
    assert files(tmp_path) == ["gates.toml", "notes.jsonl"]


def test_text_column_of_another_name_is_mapped(tmp_path, gates):
    human, synthetic = (
        pl.DataFrame({"body": [f"{kind} paragraph {number} " * 20 for number in range(20)]}) for kind in ("a", "the")
    )
    mixed(human, synthetic).write_parquet(tmp_path / "text.parquet")

    gates(tmp_path, "init")

    dataset = read_config(tmp_path / "gates.toml").datasets["text_data"]
    assert (dataset.type, dict(dataset.columns)) == ("text", {"text": "body"})


def test_words_for_origins_are_written_down_and_strange_ones_named(tmp_path, gates):
    words = pl.Series("origin", ["expert", "gpt-4", "template", "zzz"] * 200)
    table_rows(800, seed=1).with_columns(words).write_csv(tmp_path / "people.csv")

    called = gates(tmp_path, "init")

    origins = read_config(tmp_path / "gates.toml").datasets["people"].origins
    assert (origins.human, origins.synthetic) == (("expert",), ("gpt-4", "template"))
    assert (
        "  undeclared values, which fail the gate until you add them to human or synthetic in gates.toml: zzz in 200 rows\n"
        in called.out
    )


def test_partitions_are_found_by_name(tmp_path, gates):
    (tmp_path / "data").mkdir()
    for name, seed in (("human", 1), ("synthetic_v2", 2), ("holdout", 3)):
        table_rows(300, seed).write_csv(tmp_path / "data" / f"{name}.csv")

    called = gates(tmp_path, "init")

    dataset = read_config(tmp_path / "gates.toml").datasets["data"]
    assert called.code == 0
    assert dict(dataset.partitions) == {"human": "data/human.csv", "synthetic": "data/synthetic_v2.csv"}
    assert dataset.holdout == "data/holdout.csv"


def test_hive_folders_say_who_made_a_row(tmp_path, gates):
    for origin, seed in (("human", 1), ("gpt-4", 2)):
        folder = tmp_path / "reviews" / f"origin={origin}"
        folder.mkdir(parents=True)
        table_rows(300, seed).write_parquet(folder / "part-0.parquet")

    called = gates(tmp_path, "init", "reviews")

    dataset = read_config(tmp_path / "gates.toml").datasets["reviews"]
    assert called.code == 0
    assert (dataset.path, dataset.origin, dataset.origins.synthetic) == ("reviews", "origin", ("gpt-4",))


def test_dvc_outs_come_first(tmp_path):
    (tmp_path / "data").mkdir()
    ROWS.write_csv(tmp_path / "data" / "notes.csv")
    (tmp_path / "data" / "mix.csv.dvc").write_text("outs:\n- md5: 0\n  path: mix.csv\n")

    assert find_data(tmp_path, Given()) == FoundData("mix", "data/mix.csv")


@pytest.mark.parametrize(
    ("names", "words"),
    [([], "no data files in"), (["a.csv", "b.csv"], "several files could be the dataset (data/a.csv, data/b.csv)")],
)
def test_without_one_clear_file_it_asks_for_a_path(tmp_path, gates, names, words):
    (tmp_path / "data").mkdir()
    for name in names:
        ROWS.write_csv(tmp_path / "data" / name)

    called = gates(tmp_path, "init")

    assert (called.code, called.out) == (2, "")
    assert words in called.err
    assert not (tmp_path / "gates.toml").exists()


def test_without_an_origin_column_nothing_is_written(tmp_path, gates):
    ROWS.drop("origin").write_csv(tmp_path / "people.csv")

    called = gates(tmp_path, "init")

    assert (called.code, called.out) == (2, "")
    assert "people.csv: no column says who made a row" in called.err
    assert "(columns: grade, town, income, title)" in called.err
    assert files(tmp_path) == ["people.csv"]


@pytest.mark.parametrize(
    ("word", "words"),
    [
        (
            "human",
            "column 'origin' says human of every row, so that there are no synthetic rows to compare; if they lie",
        ),
        ("gpt-4", "column 'origin' says gpt-4 of every row, so that there are no human rows to compare; if they lie"),
    ],
)
def test_origin_column_of_one_word_says_what_is_missing(word, words, tmp_path, gates):
    ROWS.with_columns(origin=pl.lit(word)).write_csv(tmp_path / "people.csv")

    called = gates(tmp_path, "init")

    assert (called.code, words in called.err) == (2, True)
    assert ('purpose = "evaluation"' in called.err) == (word == "human")
    assert files(tmp_path) == ["people.csv"]


def test_rules_of_a_renamed_dataset_are_not_drafted_over(tmp_path, gates):
    (tmp_path / "gates.toml").write_text('[datasets.mix]\npath = "mix.parquet"\ntype = "tabular"\n')
    ROWS.write_parquet(tmp_path / "mix.parquet")
    gates(tmp_path, "init", "--accept")
    (tmp_path / "gates.toml").write_text('[datasets.blend]\npath = "mix.parquet"\ntype = "tabular"\n')
    before = files(tmp_path)

    for options in ((), ("--accept",), ("blend",)):
        called = gates(tmp_path, "init", *options)
        assert (called.code, called.out) == (2, "")
        assert called.err.startswith(
            "expectations/mix: no dataset is called 'mix', and 'blend' has no suites of its own: if it was renamed, rename it "
            "to expectations/blend; else remove expectations/mix\nschemas/mix.py: no dataset is called 'mix'"
        )
    assert files(tmp_path) == before

    assert "blend: drafted " in gates(tmp_path, "init", "--force").out


VOTES = """\
[datasets.votes]
path = "data/votes.csv"
type = "annotations"  # a guess: columns 'task_id', 'rater', 'label' read as annotations; `gates list types` has the others
columns = { item = "task_id", annotator = "rater" }
origin = "origin"  # the column that says who made a row
"""


@pytest.fixture
def second(tmp_path, gates):
    """A project of one dataset, and the file of another one beside it."""
    ROWS.write_csv(tmp_path / "people.csv")
    gates(tmp_path, "init")
    (tmp_path / "data").mkdir()
    votes = pl.DataFrame({"task_id": range(40), "rater": ["ana", "bo"] * 20, "label": ["a", "b", "b", "a"] * 10})
    mixed(votes[:20], votes[20:]).write_csv(tmp_path / "data/votes.csv")
    return tmp_path


def test_path_of_further_data_prints_the_table_to_add(second, gates):
    before = (second / "gates.toml").read_text()

    called = gates(second, "init", "data/votes.csv")

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith(
        f"gates.toml exists and is not changed; for data/votes.csv, add this table to it:\n\n{VOTES}"
    )
    assert called.out.endswith("then run `gates init votes`; `gates init data/votes.csv --write` does both\n")
    assert (second / "gates.toml").read_text() == before


def test_written_table_stands_below_what_was_there(second, gates):
    before = (second / "gates.toml").read_bytes().rstrip(b"\n") + b"  # \xe2\x82\xac\r\n# mine"
    (second / "gates.toml").write_bytes(before)

    called = gates(second, "init", "data/votes.csv", "--write")

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("added to gates.toml: dataset 'votes', type annotations, data in data/votes.csv\n")
    after = (second / "gates.toml").read_bytes()
    assert after.startswith(before + b"\n\n" + VOTES.encode())
    datasets = read_config(second / "gates.toml").datasets
    assert [(name, dataset.type) for name, dataset in datasets.items()] == [
        ("people", "tabular"),
        ("votes", "annotations"),
    ]
    assert "check-votes" in (second / "pipelines/gates/dvc.yaml").read_text()


def test_table_that_cannot_be_added_is_shown_and_nothing_is_written(second, gates):
    text = 'datasets = { people = { path = "people.csv", type = "tabular" } }\n'
    (second / "gates.toml").write_text(text)

    called = gates(second, "init", "data/votes.csv", "--write")

    assert (called.code, called.out) == (2, "")
    assert "gates.toml: no table can be added at its end" in called.err
    assert VOTES in called.err
    assert (second / "gates.toml").read_text() == text
    assert not (second / "pipelines").exists()


def test_further_data_of_a_known_name_takes_another_one(second, gates):
    ROWS.write_csv(second / "data/people.csv")

    assert "[datasets.people_2]\n" in gates(second, "init", "data/people.csv").out


def test_path_of_a_dataset_means_the_dataset(second, gates):
    called = gates(second, "init", "people.csv")

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("people: keeps the rules that it has (")


def test_folder_of_a_dataset_s_partitions_means_the_dataset(tmp_path, gates):
    (tmp_path / "data").mkdir()
    for name, seed in (("human", 1), ("synthetic", 2)):
        table_rows(300, seed).write_csv(tmp_path / "data" / f"{name}.csv")
    gates(tmp_path, "init", "data")

    assert gates(tmp_path, "init", "data").out.startswith("data: keeps the rules that it has (")


def test_folder_of_files_with_nothing_in_common_is_no_dataset(second, gates):
    (second / "gates.toml").unlink()
    ROWS.write_csv(second / "data/people.csv")

    called = gates(second, "init", "data")

    assert (called.code, called.out) == (2, "")
    assert called.err == (
        "data: its files share no column but 'origin', so they are not one dataset (data/people.csv has grade, town, "
        "income, title, origin; data/votes.csv has task_id, rater, label, origin); name one of them: `gates init PATH`\n"
    )
    assert not (second / "gates.toml").exists()


def test_files_that_are_linked_by_some_column_are_one_dataset(tmp_path, gates):
    (tmp_path / "data").mkdir()
    for number, columns in enumerate((("grade", "town"), ("income", "title"), ("town", "income"))):
        ROWS.select(*columns, "origin").write_csv(tmp_path / f"data/{number}.csv")

    assert gates(tmp_path, "init", "data").code == 0


def test_without_human_rows_there_is_nobody_to_learn_from(tmp_path, gates):
    (tmp_path / "gates.toml").write_text('[datasets.mix]\npath = "mix.csv"\ntype = "tabular"\n')
    ROWS.filter(origin="synthetic").write_csv(tmp_path / "mix.csv")

    called = gates(tmp_path, "init")

    assert (called.code, called.out) == (3, "")
    assert "no human rows in mix.csv" in called.err


def test_missing_path_names_the_nearest(tmp_path):
    (tmp_path / "reviews.csv").touch()

    with pytest.raises(UsageError, match=r"did you mean 'reviews.csv'\?"):
        find_data(tmp_path, Given((tmp_path / "review.csv",)))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"a": {"x": 1, "y": 2}}, None),
        ({"a": {"human": 3}}, None),
        (
            {"who": {"human": 3, "gpt-3.5": 4}},
            OriginColumn("who", ("human",), ("gpt-3.5",), {}, {"human": 3, "synthetic": 4}),
        ),
        (
            {"made_by": {"human": 1, "ai": 1}, "origin": {"real": 3, "ctgan": 4, "?": 1}},
            OriginColumn("origin", ("real",), ("ctgan",), {"?": 1}, {"human": 3, "synthetic": 4}),
        ),
        ({"a": {"human": 1, "ai": 1, "?": 1}}, None),
        (
            {"is_synthetic": {"false": 1, "true": 2}},
            OriginColumn("is_synthetic", ("false",), ("true",), {}, {"human": 1, "synthetic": 2}),
        ),
        ({"human": {"1": 1, "0": 2}}, OriginColumn("human", ("1",), ("0",), {}, {"human": 1, "synthetic": 2})),
        ({"smoker": {"true": 1, "false": 2}}, None),
    ],
)
def test_origin_column_is_one_whose_words_are_all_known(columns, expected):
    assert find_origin(columns) == expected


def test_snippets_are_yaml_that_measures_before_it_decides(judged_project):
    datasets = read_config(judged_project.root / "gates.toml").datasets

    written = yaml.safe_load(dvc_stages(datasets.values()))
    stages = written["stages"]

    assert written["artifacts"]["sound"] == {"path": "data/sound.parquet", "type": "dataset"}
    assert "artifacts" not in yaml.safe_load(dvc_stages(datasets.values(), "../.."))
    assert list(stages) == ["check-sound", "enforce-sound", "check-flawed", "enforce-flawed"]
    inputs = ["data/sound.parquet", "data/holdout.csv", "gates.toml", "expectations/sound", "schemas/sound.py"]
    assert stages["check-sound"] == {
        "cmd": "gates check sound --output reports --exit-zero",
        "deps": inputs,
        "outs": [{"reports/sound.json": {"cache": False}}, {"reports/sound.md": {"cache": False}}],
        "metrics": [{"reports/sound.metrics.json": {"cache": False}}],
        "plots": [
            {
                "reports/sound.plots.json": {
                    "cache": False,
                    "template": "bar_horizontal_sorted",
                    "x": "of_limit",
                    "y": "label",
                    "title": "sound: share of the limit used, over 1 is too much",
                }
            }
        ],
    }
    assert stages["enforce-sound"] == {
        "cmd": "gates enforce sound --output reports --mark",
        "deps": [*inputs, "reports/sound.json"],
        "outs": [{"reports/sound.passed": {"cache": False}}],
    }


def test_local_hooks_do_what_the_offered_ones_do():
    local = yaml.safe_load(pre_commit_hooks())["repos"][0]["hooks"]
    offered = yaml.safe_load((Path(__file__).parents[3] / ".pre-commit-hooks.yaml").read_text())

    alike = ("entry", "always_run", "pass_filenames", "require_serial", "stages", "types_or")
    shown = {hook["id"]: {key: hook.get(key) for key in alike} for hook in local}
    assert shown == {hook["id"]: {key: hook.get(key) for key in alike} for hook in offered}


@pytest.mark.parametrize(("name", "is_key"), [("id", True), ("row_id", True), ("Customer ID", True), ("amount", False)])
def test_column_that_numbers_the_rows_becomes_the_key(tmp_path, gates, name, is_key):
    human = table_rows(300, 1)
    rows = mixed(human, table_rows(300, 2))
    numbered = rows.with_columns(pl.Series(name, [f"r{at:04}" for at in range(len(rows))]))
    numbered.write_csv(tmp_path / "people.csv")

    called = gates(tmp_path, "init", "people.csv")

    assert called.code == 0, called.err
    mapped = read_config(tmp_path / "gates.toml").datasets["people"].columns
    assert mapped == ({"key": name} if is_key else {})


def test_copies_under_new_ids_are_found_after_init(tmp_path, gates):
    human = table_rows(400, 1)
    copied = pl.concat([human.head(80), table_rows(320, 2)])
    rows = mixed(human, copied)
    rows.with_columns(pl.Series("id", [f"r{at:04}" for at in range(len(rows))])).write_csv(tmp_path / "people.csv")
    gates(tmp_path, "init", "people.csv")

    called = gates(tmp_path, "check", "--only", "combined/expect_synthetic_to_not_copy_human/exact")

    assert called.code == 1


def test_few_rows_end_in_one_sentence_and_the_line_that_accepts_it(tmp_path, gates):
    ROWS.group_by("origin", maintain_order=True).head(12).write_csv(tmp_path / "people.csv")
    gates(tmp_path, "init")
    text = (tmp_path / "gates.toml").read_text()

    called = gates(tmp_path, "check")

    assert (called.code, "inconclusive" in text) == (3, False)
    sentences = [line for line in called.out.splitlines() if "12 human and 12 synthetic rows do not decide" in line]
    assert len(sentences) == 1
    assert "distributions" in sentences[0]
    assert "\ncritical\n" not in called.out
    line = 'inconclusive = "warn"'
    assert f"or let it pass: {line} in gates.toml" in called.out

    (tmp_path / "gates.toml").write_text(text.replace("type =", f"{line}\ntype =", 1))

    assert gates(tmp_path, "check").code == 0
