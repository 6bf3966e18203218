from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import pytest

from gates.config.data_types import DATA_TYPES
from gates.config.dataset import Origins, Waiver
from gates.config.load import Config, find_config, load_config, read_config
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
[defaults]
purpose = "finetune"
origins = { human = ["human", "expert"] }

[datasets.reviews]
path = "data/reviews"
type = "text"
origin = "made_by"
holdout = "data/holdout"
group = "author"
label = "accepted"
slices = ["language", "domain"]
columns = { text = "body" }
synthetic_role = "extend"
inconclusive = "warn"
quarantine = "ids"
schema = "schemas/claims.py:Claims"
extends = false
population = "references/population.csv"
critical_domains = { medical = { human = 0.5, expert = 0.2 } }
cost = { human = 1.2, synthetic = 0.001 }
evaluation = ["data/benchmarks", "data/exam.jsonl"]

[datasets.reviews.origins]
synthetic = ["gpt", "template"]

[[datasets.reviews.waivers]]
check = "human/expect_duplicate_ratio_to_be_less_than/exact"
reason = "forms repeat"
owner = "ana"
expires = 2027-01-31

[datasets.people]
type = "tabular"
licence = "CC0-1.0"
[datasets.people.partitions]
human = "data/real.csv"
synthetic = "data/made.csv"
"""


@pytest.fixture
def write(tmp_path):
    def write_config(text: str, name: str = "gates.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_config


def mistakes(path: Path) -> list[str]:
    with pytest.raises(UsageError) as error:
        read_config(path)
    return str(error.value).split("\n")


def dataset_with(line: str) -> str:
    return f'[datasets.reviews]\npath = "data"\ntype = "text"\n{line}\n'


def test_every_key_is_read_and_defaults_fill_what_a_dataset_leaves_out(write, tmp_path):
    config = read_config(write(FULL))

    reviews = asdict(config.dataset("reviews"))
    assert {
        key: reviews[key] for key in reviews if key not in ("key_lines", "origins", "plugins", "strays", "waivers")
    } == {
        "name": "reviews",
        "root": tmp_path,
        "line": 5,
        "type": "text",
        "purpose": "finetune",
        "licence": None,
        "path": "data/reviews",
        "partitions": {},
        "origin": "made_by",
        "holdout": "data/holdout",
        "evaluation": ("data/benchmarks", "data/exam.jsonl"),
        "group": "author",
        "label": "accepted",
        "slices": ("language", "domain"),
        "population": "references/population.csv",
        "reference": None,
        "critical_domains": {"medical": {"human": 0.5, "expert": 0.2}},
        "cost": {"human": 1.2, "synthetic": 0.001},
        "columns": {"text": "body"},
        "synthetic_role": "extend",
        "inconclusive": "warn",
        "quarantine": "ids",
        "schema": "schemas/claims.py:Claims",
        "extends": False,
        "source": "gates.toml",
    }
    assert config.dataset("reviews").origins == Origins(("human", "expert"), ("gpt", "template"))
    assert config.dataset("reviews").waivers == (
        Waiver("human/expect_duplicate_ratio_to_be_less_than/exact", "forms repeat", "ana", date(2027, 1, 31), 27),
    )
    assert list(config.datasets) == ["reviews", "people"]
    assert config.dataset("people").partitions == {"human": "data/real.csv", "synthetic": "data/made.csv"}
    assert config.dataset("people").path is None
    assert config.dataset("people").licence == "CC0-1.0"
    assert config.text == FULL


def test_places_name_the_line_of_the_key_even_where_it_stands_in_the_defaults(write):
    reviews = read_config(write(FULL)).dataset("reviews")

    assert reviews.place() == "gates.toml:5: dataset 'reviews'"
    assert reviews.place("columns") == "gates.toml:13: dataset 'reviews'"
    assert reviews.place("purpose") == "gates.toml:2: dataset 'reviews'"
    assert reviews.place("origins") == "gates.toml:24: dataset 'reviews'"


def test_the_nearest_configuration_above_counts(write, tmp_path):
    write(FULL)
    near = write(dataset_with(""), "team/gates.toml")
    (tmp_path / "team/a/b").mkdir(parents=True)

    assert find_config(tmp_path / "team/a/b") == near.resolve()
    assert find_config(tmp_path) == (tmp_path / "gates.toml").resolve()


def test_a_pyproject_with_a_gates_table_counts_and_one_without_is_passed_over(write, tmp_path):
    text = '[project]\nname = "x"\n\n[tool.gates.datasets.reviews]\npath = "data"\ntype = "text"\n'
    write(text, "pyproject.toml")
    write('[project]\nname = "y"\n', "inner/pyproject.toml")

    config = load_config(start=tmp_path / "inner")

    assert config.path == (tmp_path / "pyproject.toml").resolve()
    assert config.dataset("reviews").place("type") == "pyproject.toml:6: dataset 'reviews'"


def test_both_kinds_in_one_folder_are_refused(write, tmp_path):
    write(FULL)
    write('[tool.gates.datasets.reviews]\npath = "data"\ntype = "text"\n', "pyproject.toml")

    with pytest.raises(UsageError, match=r"has both gates\.toml and \[tool\.gates\] in pyproject\.toml; keep one"):
        find_config(tmp_path)


def test_a_missing_configuration_says_where_it_looked_and_what_to_run(tmp_path):
    with pytest.raises(UsageError) as error:
        find_config(tmp_path)

    assert str(tmp_path.resolve()) in str(error.value)
    assert "run `gates init`" in str(error.value)


def test_an_explicit_path_may_be_a_file_or_a_folder(write, tmp_path):
    path = write(FULL, "conf/gates.toml")

    assert load_config(path) == load_config(path.parent)
    with pytest.raises(UsageError, match=r"no configuration file .*gate\.toml \(did you mean 'gates\.toml'\?\)"):
        load_config(path.parent / "gate.toml")
    with pytest.raises(UsageError, match=r"run `gates init` there"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('purpos = "finetune"', "unknown key 'purpos' (did you mean 'purpose'?)"),
        ('purpose = "finetuning"', "purpose 'finetuning' is unknown (did you mean 'finetune'?)"),
        ("origin = 3", "origin is an integer, expected a string"),
        ('origin = ""', "origin is empty"),
        ('slices = "language"', 'slices is a string, expected an array of strings such as ["a", "b"]'),
        ('slices = ["a", "a"]', "slices names 'a' twice"),
        ('extends = "no"', "extends is a string, expected true or false"),
        ('columns = { txt = "body" }', "columns: type 'text' has no role 'txt' (did you mean 'text'?)"),
        ("columns = { text = 1 }", "columns text is an integer, expected a string"),
        ('origins = { humans = ["a"] }', "origins has an unknown key 'humans' (did you mean 'human'?)"),
        (
            'origins = { human = ["synthetic"] }',
            "'synthetic' stands for human and for synthetic rows; keep it in one list",
        ),
        ('schema = "claims.py"', "schema 'claims.py' is not of the form \"folder/file.py:Class\""),
        ('inconclusive = "wran"', "inconclusive 'wran' is unknown (did you mean 'warn'?)"),
        ('partitions = { human = "a", synthetic = "b" }', "has both path and partitions; give one of them"),
        ('population = "../p.csv"', "population is '../p.csv', expected a file below the folder of the configuration"),
        ('critical_domains = ["law"]', "critical_domains is an array, expected a table"),
        ("cost = { human = 1 }", "cost lacks synthetic; one cost alone is set against nothing"),
        (
            "cost = { human = 0, synthetic = 1 }",
            "cost human is 0, expected more: gains are counted for what human rows cost",
        ),
        ("cost = { human = 1, synthetic = -1 }", "cost synthetic is -1, expected a number from 0 on"),
        ('cost = { human = 1, synthetic = "1" }', "cost synthetic is a string, expected a number"),
        (
            "critical_domains = { law = { experts = 0.2 } }",
            "critical_domains law has an unknown key 'experts' (did you mean 'expert'?)",
        ),
        (
            "critical_domains = { law = { human = 50 } }",
            "critical_domains law human is 50, expected a share between 0 and 1",
        ),
        ('waivers = "all"', "waivers is not an array of tables; write [[datasets.NAME.waivers]]"),
        ('label = "a"\ncolumns = { label = "b" }', "label is 'a' here and 'b' in columns; keep one of them"),
    ],
)
def test_a_wrong_key_is_named_with_its_line(write, line, message):
    assert mistakes(write(dataset_with(line))) == [f"gates.toml:4: dataset 'reviews': {message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[datasets.r]\npath = "d"\n',
            f"1: dataset 'r': has no type; add type = \"…\" (one of {', '.join(DATA_TYPES)})",
        ),
        (
            '[datasets.r]\npath = "d"\ntype = "txt"\n',
            "3: dataset 'r': type 'txt' is unknown (did you mean 'text'?)",
        ),
        ('[datasets.r]\npath = 3\ntype = "text"\n', "2: dataset 'r': path is an integer, expected a string"),
        (
            '[datasets.r]\ntype = "text"\n',
            "1: dataset 'r': has no path; add path = \"…\" or a table of partitions with human and synthetic",
        ),
        (
            '[datasets.r]\ntype = "text"\npartitions = { human = "a" }\n',
            "3: dataset 'r': partitions has no synthetic; add synthetic = \"…\"",
        ),
        (
            '[datasets.r]\ntype = "text"\npurpose = "evaluation"\npartitions = { synthetic = "a" }\n',
            "4: dataset 'r': partitions has no human; add human = \"…\"",
        ),
        (
            '[datasets.text]\npath = "d"\ntype = "text"\n',
            "1: dataset 'text': 'text' is a data type; name the dataset after what it holds",
        ),
        (
            '[datasets."a b"]\npath = "d"\ntype = "text"\n',
            "1: dataset 'a b': 'a b' is no name for a dataset: it may not be empty or have '/' or white space in it",
        ),
        ('[reviews]\npath = "d"\n', "1: unknown key 'reviews' (did you mean [datasets.reviews]?)"),
        ('[dataset.reviews]\npath = "d"\n', "1: unknown key 'dataset' (did you mean 'datasets'?)"),
        ("[datasets]\nreviews = 3\n", "2: dataset 'reviews': is an integer, expected a table [datasets.reviews]"),
        ("datasets = 3\n", "1: datasets is an integer, expected a table"),
        ('[defaults]\npath = "d"\n[datasets.r]\ntype = "text"\n', None),
        ('[datasets.r]\npath = "d\n', "2: not valid TOML: Illegal character '\\n'"),
        ('[datasets.r]\ntype = "text"\n\n[datasets.r]\n', "4: not valid TOML: Cannot declare ('datasets', 'r') twice"),
        (
            '[datasets.r]\npath = "d"\ntype = "instruction"\ncolumns = { prompt = "input", input = "input", id = "input" }\n',
            (
                "4: dataset 'r': columns: prompt and input are both 'input', so that every row says one thing twice; "
                "leave one of them out, or name its own column"
            ),
        ),
        ("[datasets.r]\npath = [", "2: not valid TOML: Invalid value"),
    ],
)
def test_first_mistakes_are_one_line_each(write, text, message):
    expected = message or "2: defaults: 'path' belongs to one dataset and cannot be a default"
    assert mistakes(write(text)) == [f"gates.toml:{expected}"]


def test_several_mistakes_are_reported_together_in_the_order_of_the_file(write):
    text = '[datasets.a]\npath = 3\ntype = "texts"\n\n[datasets.b]\ntype = "text"\npth = "x"\n'

    assert mistakes(write(text)) == [
        "gates.toml:2: dataset 'a': path is an integer, expected a string",
        "gates.toml:3: dataset 'a': type 'texts' is unknown (did you mean 'text'?)",
        "gates.toml:7: dataset 'b': unknown key 'pth' (did you mean 'path'?)",
    ]


def test_a_configuration_without_datasets_is_refused(write):
    assert mistakes(write("")) == [
        "gates.toml: defines no dataset; add a table [datasets.NAME] or run `gates init`",
    ]
    assert mistakes(write("[project]\n", "pyproject.toml")) == [
        "pyproject.toml: no table [tool.gates]; add one or run `gates init`",
    ]


def test_a_configuration_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "gates.toml"
    path.write_bytes(b"[datasets.r]\npath = '\xe4'\n")

    assert mistakes(path) == ["gates.toml:2: not UTF-8; save the file as UTF-8 without a byte order mark"]


def test_windows_line_ends_change_nothing(tmp_path):
    path = tmp_path / "gates.toml"
    path.write_bytes(FULL.replace("\n", "\r\n").encode())

    assert read_config(path).dataset("reviews").place("columns") == "gates.toml:13: dataset 'reviews'"


WAIVER = 'check = "human/expect_x"\nreason = "r"\nowner = "o"\nexpires = 2027-01-31\n'


@pytest.mark.parametrize(
    ("waiver", "message"),
    [
        (WAIVER.replace('owner = "o"\n', ""), "4: {}a waiver needs check, reason, owner, expires; missing: owner"),
        (
            WAIVER.replace("2027-01-31", '"2027-01-31"'),
            "8: {}waiver: expires is a string, expected a day such as 2027-01-31, without quotes",
        ),
        (
            WAIVER.replace("human/", "people/"),
            "5: {}waiver: check 'people/expect_x' is no check id; expected <human|synthetic|combined>/<expectation>[/<detail>]",
        ),
        (
            WAIVER.replace('"r"', '"\u200b"'),
            "6: {}waiver: reason has no letter and no digit that can be seen, expected words",
        ),
        (
            WAIVER.replace('"o"', '"\u3164…"'),
            "7: {}waiver: owner has no letter and no digit that can be seen, expected words",
        ),
        (WAIVER + "until = 3\n", "9: {}waiver: unknown key 'until' (expected one of: check, expires, owner, reason)"),
        (WAIVER + "[[datasets.reviews.waivers]]\n" + WAIVER, "9: {}check 'human/expect_x' is waived twice"),
    ],
)
def test_a_waiver_must_be_complete(write, waiver, message):
    text = dataset_with("[[datasets.reviews.waivers]]\n" + waiver).replace("\n\n", "\n")

    assert mistakes(write(text)) == ["gates.toml:" + message.format("dataset 'reviews': ")]


def test_a_name_pattern_makes_one_dataset_per_match_sorted(write, tmp_path):
    for language in ("fr", "de"):
        (tmp_path / f"data/{language}/reviews").mkdir(parents=True)
    (tmp_path / "data/en").mkdir()
    (tmp_path / "data/en/reviews.dvc").write_text("outs: []\n")
    text = '[datasets."reviews-*"]\npath = "data/*/reviews"\ntype = "text"\nholdout = "held/*.csv"\n'

    config = read_config(write(text))

    assert {name: (entry.path, entry.holdout, entry.line) for name, entry in config.datasets.items()} == {
        "reviews-de": ("data/de/reviews", "held/de.csv", 1),
        "reviews-en": ("data/en/reviews", "held/en.csv", 1),
        "reviews-fr": ("data/fr/reviews", "held/fr.csv", 1),
    }
    assert list(config.datasets) == ["reviews-de", "reviews-en", "reviews-fr"]


def test_a_name_pattern_without_match_or_that_meets_another_dataset_is_refused(write, tmp_path):
    pattern = '[datasets."r-*"]\npath = "data/*.csv"\ntype = "text"\n'
    assert mistakes(write(pattern)) == ["gates.toml:2: dataset 'r-*': nothing matches 'data/*.csv'"]

    (tmp_path / "data").mkdir()
    (tmp_path / "data/de.csv").touch()
    twice = mistakes(write(pattern + '[datasets.r-de]\npath = "x"\ntype = "text"\n'))
    assert twice == ["gates.toml:4: dataset 'r-de': defined twice, the first time on line 1"]


def test_an_unknown_dataset_suggests_the_nearest_name(write):
    with pytest.raises(UsageError, match=r"gates\.toml: no dataset 'review' \(did you mean 'reviews'\?\)"):
        read_config(write(FULL)).dataset("review")


def test_reading_a_configuration_imports_nothing_heavy(write):
    program = (
        "import sys; from pathlib import Path; from gates.config.load import read_config;"
        f"read_config(Path({str(write(FULL))!r}));"
        "heavy = {'duckdb', 'pyarrow', 'polars', 'numpy', 'pandera', 'great_expectations', 'yaml', 'dvc', 'click'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_config_is_a_value(write):
    path = write(FULL)

    assert read_config(path) == read_config(path)
    assert isinstance(read_config(path), Config)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[weakened]]\nwhat = "reviews"\n', "weakened: reason is missing; it needs what and reason"),
        ('[[weakened]]\nwhat = "a"\nreason = "\u200b …"\n', "weakened: reason has no letter and no digit"),
        ('[[weakened]]\nwhat = "a"\nreason = "b"\nwhy = "c"\n', "weakened: unknown key 'why'"),
        ('[weakened]\nwhat = "a"\n', "weakened is a table, expected tables [[weakened]]"),
    ],
)
def test_why_a_change_weakens_the_gate_is_said_in_words(write, text, message):
    (mistake,) = mistakes(write(dataset_with("") + "\n" + text))

    assert message in mistake


@pytest.mark.parametrize("reason", ["\u200b", " ", "…", "\u3164"])
def test_a_version_is_not_taken_back_for_a_reason_that_nobody_can_read(gates, tmp_path, reason):
    called = gates(tmp_path, "promote", "reviews", "--revoke", "--reason", reason)

    assert (called.code, "--revoke needs --reason" in called.err) == (2, True)
