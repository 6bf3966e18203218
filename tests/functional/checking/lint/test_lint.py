"""`gates lint` finds, without reading data, whatever would stop or void a check; `explain` and `list` know every check."""

from __future__ import annotations

import json

import pytest

from gates.config.data_types import DATA_TYPES
from gates.config.load import load_config
from gates.config.orphans import lost_by
from gates.metrics.catalogue import METRICS

CONFIG = '[datasets.notes]\npath = "notes.jsonl"\ntype = "text"\n'
WAIVER = '[[datasets.notes.waivers]]\ncheck = "{}"\nreason = "r"\nowner = "ana"\nexpires = {}\n'


@pytest.fixture
def lint(tmp_path, gates):
    """Exit code and lines of `gates lint` on a project without data."""

    def call(config: str = CONFIG, suites: dict[str, str] | None = None, *options: str):
        (tmp_path / "gates.toml").write_text(config)
        for name in ("notes", "other"):
            (tmp_path / f"{name}.jsonl").touch()
        for name, text in (suites or {}).items():
            path = tmp_path / "expectations" / "notes" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        called = gates(tmp_path, "lint", *options)
        assert called.err == ""
        return called.code, called.out.splitlines()

    return call


def suite(*entries: dict[str, object]) -> str:
    return json.dumps({"name": "own", "expectations": list(entries)}, indent=1)


def test_sound_project_needs_nothing(lint):
    code, lines = lint()

    assert code == 0
    assert lines[-1].startswith("1 dataset, ")
    assert lines[-1].endswith(" checks: no problem")


def test_every_mistake_of_the_configuration_is_listed(lint):
    code, lines = lint(CONFIG.replace("text", "txt") + 'lable = "x"\n')

    assert code == 2
    assert [line.split(": ")[0] for line in lines] == ["gates.toml:3", "gates.toml:4", "2 problems to fix"]


def test_every_broken_suite_is_listed_with_the_nearest_word(lint):
    code, lines = lint(suites={
        "human.json": suite({"type": "expect_colum_to_exist", "kwargs": {"column": "a"}}),
        "combined.json": "{",
    })  # fmt: skip

    assert code == 2
    assert lines[0] == (
        "expectations/notes/human.json:4: unknown expectation 'expect_colum_to_exist' (did you mean 'expect_column_to_exist'?)"
    )
    assert lines[1].startswith("expectations/notes/combined.json:1: ")
    assert lines[2:] == ["2 problems to fix"]


def test_suite_that_limits_a_rule_nobody_has_is_a_problem(lint):
    entry = {"type": "expect_row_failure_ratio_to_be_less_than", "kwargs": {"rule": "text/not-blan", "max_value": 0}}

    code, lines = lint(suites={"human.json": suite(entry)})

    assert code == 2
    assert "the schema has no rule 'text/not-blan' (did you mean 'text/not-blank'?)" in lines[0]


def test_expired_and_unused_waivers_are_problems(lint):
    config = CONFIG + WAIVER.format("combined/expect_distributions_to_match", "2020-01-31")
    config += WAIVER.format("combined/expect_distribution_to_match", "2999-01-31")

    code, lines = lint(config)

    assert code == 2
    assert lines == [
        "gates.toml:4: the waiver of combined/expect_distributions_to_match expired on 2020-01-31; fix the data, or have ana decide anew",
        (
            "gates.toml:9: the waiver names no check of 'notes': combined/expect_distribution_to_match "
            "(did you mean 'combined/expect_distributions_to_match'?)"
        ),
        "2 problems to fix",
    ]


def test_draft_is_a_note_and_no_problem(lint):
    entry = {
        "type": "expect_column_to_exist",
        "kwargs": {"column": "text"},
        "severity": "warning",
        "meta": {"draft": True},
    }

    code, lines = lint(suites={"human.json": suite(entry)})

    assert code == 0
    assert lines[0] == (
        "note: expectations/notes/human.json: 1 draft expectation, warning only; accept with `gates init notes --accept`"
    )


def test_deep_asks_great_expectations_about_arguments(lint):
    entry = {"type": "expect_column_to_exist", "kwargs": {"colum": "text"}}

    assert lint(suites={"human.json": suite(entry)})[0] == 0
    code, lines = lint(CONFIG, {}, "--deep")

    assert code == 2
    assert lines[0].startswith("expectations/notes/human.json:4: expect_column_to_exist: ")


def test_schema_that_does_not_import_is_a_problem_with_its_line(lint, tmp_path):
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "notes.py").write_text("import os\nimport no_such_module\n")

    code, lines = lint()

    assert code == 2
    assert lines[0] == "schemas/notes.py:2: ModuleNotFoundError: No module named 'no_such_module'"


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.expectation)
def test_every_metric_is_explained_and_listed(metric, tmp_path, gates):
    called = gates(tmp_path, "explain", metric.expectation.removeprefix("expect_"))

    assert called.code == 0
    text = " ".join(called.out.split())
    assert [
        part for part in (metric.asks, metric.why, metric.source, metric.fix) if " ".join(part.split()) not in text
    ] == []


def test_explanation_of_an_id_has_that_check_s_limit_and_its_reason(tmp_path, gates):
    called = gates(tmp_path, "explain", "combined/expect_human_ratio_to_be_between/preference")

    assert "common: combined/expect_human_ratio_to_be_between/preference: critical, at least 0.5\n" in called.out
    assert "finetune" not in called.out.partition("limits")[2].partition("arguments")[0]


def test_explanation_knows_the_project_around_it(judged_project, gates):
    called = gates(judged_project.root, "explain", "synthetic/expect_row_failure_ratio_to_be_less_than/town/vocabulary")

    place = (
        "sound: synthetic/expect_row_failure_ratio_to_be_less_than/town/vocabulary (expectations/sound/synthetic.json:"
    )
    assert place in " ".join(called.out.split())


def test_row_count_and_stock_expectations_are_explained(tmp_path, gates):
    assert (
        "calls every expectation on an empty partition"
        in gates(tmp_path, "explain", "table_row_count_to_be_between").out
    )
    assert "greatexpectations.io" in gates(tmp_path, "explain", "expect_column_to_exist").out


def test_unknown_check_that_is_like_none_names_no_other(tmp_path, gates):
    called = gates(tmp_path, "explain", "stray_thing")

    assert (called.code, called.err) == (2, "no check 'stray_thing' (`gates list checks` names them)\n")


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("expect_distribution_to_match", "expect_distributions_to_match"),
        ("separabilty", "expect_origin_separability_to_be_less_than"),
        ("combined/expect_partition_to_align", "expect_partitions_to_align"),
        ("expect_colum_to_exist", "expect_column_to_exist"),
    ],
)
def test_unknown_check_names_the_nearest(word, nearest, tmp_path, gates):
    called = gates(tmp_path, "explain", word)

    assert (called.code, called.out) == (2, "")
    assert called.err == f"no check '{word}' (did you mean '{nearest}'?)\n"


def test_lists_are_the_same_for_people_and_programs(tmp_path, gates):
    checks = json.loads(gates(tmp_path, "list", "checks", "--format", "json").out)
    types = json.loads(gates(tmp_path, "list", "types", "--format", "json").out)
    text = gates(tmp_path, "list", "checks").out

    assert [row["name"] for row in types] == list(DATA_TYPES)
    assert {row["type"] for row in checks} >= {metric.expectation for metric in METRICS}
    assert [row["id"] for row in checks if row["id"] and f"  {row['id']}: {row['limits']}\n" not in text] == []


def test_suites_of_no_dataset_are_named_with_the_nearest_one(lint):
    code, lines = lint(CONFIG, {"../note/human.json": suite()})

    assert code == 2
    assert lines[0] == (
        "expectations/note: no dataset has this name (did you mean 'notes'?); rename it to expectations/DATASET, or remove it"
    )


def test_schema_of_no_dataset_is_named_and_what_others_import_is_not(lint, tmp_path):
    (tmp_path / "schemas").mkdir()
    for name, text in {
        "note": "class Note:\n    pass\n",
        "base": "Base = 1\n",
        "words": "def words():\n    pass\n",
        "notes": "import pandera.polars as pa\nfrom base import Base\n\nNotes = pa.DataFrameSchema({})\n",
    }.items():
        (tmp_path / "schemas" / f"{name}.py").write_text(text)

    assert lint()[1] == [
        (
            "schemas/note.py: no dataset has this name (did you mean 'notes'?); "
            'give the dataset schema = "schemas/note.py:Note", or remove it'
        ),
        "1 problem to fix",
    ]


def test_schema_beside_the_one_that_a_dataset_names_is_not_called_another_dataset_s(lint, tmp_path):
    (tmp_path / "schemas").mkdir()
    for name, text in {
        "notes": "Notes = 1\n",
        "own": "import pandera.polars as pa\n\nOwn = pa.DataFrameSchema({})\n",
    }.items():
        (tmp_path / "schemas" / f"{name}.py").write_text(text)
    other = '[datasets.other]\npath = "other.jsonl"\ntype = "text"\n'

    assert lint(CONFIG + 'schema = "schemas/own.py:Own"\n' + other)[1] == [
        (
            "schemas/notes.py: is not used: dataset 'notes' has schema = \"schemas/own.py:Own\"; name this one there, "
            "or remove it"
        ),
        "1 problem to fix",
    ]
    # And it is nothing that the other dataset may have lost.
    assert not lost_by(load_config(tmp_path / "gates.toml").dataset("other"))


def test_suite_outside_of_a_dataset_s_folder_is_a_problem(lint):
    assert lint(CONFIG, {"../notes.json": suite()}) == (
        2,
        [
            (
                "expectations/notes.json: is not read: suites lie in expectations/DATASET/, one for each of human.json, "
                "synthetic.json, combined.json; move it there, or remove it"
            ),
            "1 problem to fix",
        ],
    )


def test_promotions_of_no_dataset_are_a_note(lint, tmp_path):
    (tmp_path / "promotions/note").mkdir(parents=True)
    (tmp_path / "promotions/note/v1.json").write_text("{}")

    code, lines = lint()

    assert code == 0
    assert lines[0] == (
        "note: promotions/note: no dataset has this name (did you mean 'notes'?): nothing is held to what was promoted under it"
    )


def test_checks_of_a_type_and_a_scope_are_listed_alone(tmp_path, gates):
    rows = json.loads(gates(tmp_path, "list", "checks", "--type", "text", "--scope", "human", "--format", "json").out)
    page = gates(tmp_path, "list", "checks", "--type", "text", "--format", "markdown").out
    unknown = gates(tmp_path, "list", "checks", "--type", "texts")
    other = gates(tmp_path, "list", "types", "--scope", "human")

    assert {(row["data_type"], row["scope"]) for row in rows} == {("common", "human"), ("text", "human")}
    assert "| text | `" in page
    assert "| preference | `" not in page
    assert "No shipped suite uses it." not in page
    assert (unknown.code, unknown.err) == (2, "no data type 'texts' (did you mean 'text'?)\n")
    assert (other.code, "--type and --scope choose among checks" in other.err) == (2, True)


def test_part_of_a_name_after_a_scope_explains_that_check(tmp_path, gates):
    called = gates(tmp_path, "explain", "human/duplicate_ratio/exact")

    limits = called.out.partition("limits")[2].partition("arguments")[0]
    assert "common: human/expect_duplicate_ratio_to_be_less_than/exact: " in limits
    assert "synthetic/" not in limits


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('path = "data/mixx.csv"', "no file or folder 'data/mixx.csv' (did you mean 'mix.csv'?)"),
        (
            'partitions = { human = "data/mix.csv", synthetic = "data/none-*.csv" }',
            "no file or folder 'data/none-*.csv'",
        ),
        ('path = "data/mix.csv"\nholdout = "data/held.csv"', "no file or folder 'data/held.csv'"),
    ],
)
def test_path_at_which_there_is_nothing_is_a_problem(line, words, tmp_path, gates):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mix.csv").write_text("a,origin\n1,human\n")
    (tmp_path / "gates.toml").write_text(f'[datasets.mix]\n{line}\ntype = "tabular"\n')

    called = gates(tmp_path, "lint")

    assert (called.code, words in called.out + called.err) == (2, True)

    (tmp_path / "data/mixx.csv.dvc").write_text("outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: mixx.csv\n")
    assert (gates(tmp_path, "lint").code == 0) == ("mixx" in line)
