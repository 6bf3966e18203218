"""`gates init` guesses the type, says so, and speaks of drafts only where there are some."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest

from gates.config.load import read_config
from tests.guesses import guesses
from tests.projects import mixed, table_rows

WORDS = "people write sentences of many words, one after another, number"


def sentences(count: int, start: int = 0) -> list[str]:
    return [f"{WORDS} {number}" for number in range(start, start + count)]


def written(root, columns: dict[str, list], name: str = "notes.jsonl"):
    rows = pl.DataFrame(columns)
    half = rows.height // 2
    mixed(rows[:half], rows[half:]).write_ndjson(root / name)


def test_the_only_column_of_free_text_makes_it_text(tmp_path, gates):
    written(tmp_path, {"id": list(range(40)), "body": sentences(40), "label": ["good", "bad"] * 20})

    called = gates(tmp_path, "init", "notes.jsonl")

    dataset = read_config(tmp_path / "gates.toml").datasets["notes"]
    assert (called.code, dataset.type, dict(dataset.columns)) == (0, "text", {"text": "body"})
    assert guesses(called.out)["type"] == ("text", "column 'body' reads as free text")
    assert "where a guess is wrong, change it in gates.toml" in called.out
    assert "# a guess: column 'body' reads as free text" in (tmp_path / "gates.toml").read_text()


def test_title_beside_its_text_is_no_second_text(tmp_path, gates):
    written(tmp_path, {"title": sentences(40), "body": [f"{text} " * 6 for text in sentences(40, 40)]})

    gates(tmp_path, "init")

    assert dict(read_config(tmp_path / "gates.toml").datasets["notes"].columns) == {"text": "body"}


@pytest.mark.parametrize(
    "columns",
    [
        # Two texts of one length.
        {"left": sentences(40), "right": sentences(40, 40)},
        # Codes that are called as questions and answers are.
        {"query": [f"q{number}" for number in range(40)], "target": [f"t{number}" for number in range(40)]},
        # Long and without white space.
        {"link": [f"https://example.org/{'a' * 60}/{number}" for number in range(40)]},
        # Long levels that repeat.
        {"occupation": [f"{WORDS} {number % 4}" for number in range(40)]},
        # A remark beside many columns.
        {"remark": sentences(40), **{f"x{number}": list(range(40)) for number in range(6)}},
    ],
    ids=["two texts", "codes", "links", "levels", "many columns"],
)
def test_what_is_not_clearly_one_text_is_a_table(columns, tmp_path, gates):
    written(tmp_path, columns)

    called = gates(tmp_path, "init")

    assert read_config(tmp_path / "gates.toml").datasets["notes"].type == "tabular"
    assert guesses(called.out)["type"] == ("tabular", "no single column is clearly free text")


@pytest.mark.parametrize(
    "columns",
    [
        {"question": "prompt", "answer": "response"},
        {"question": "prompt", "response": "response", "system_prompt": "system", "id": ""},
        {"problem": "prompt", "solution": "response", "context": "input"},
        {"Query": "prompt", "answers": "response", "tools": ""},
        {"inputs": "prompt", "targets": "response"},
    ],
    ids=["GSM8K", "OpenOrca", "MATH", "xLAM", "FLAN"],
)
def test_question_and_its_answer_are_an_instruction(columns, tmp_path, gates):
    written(tmp_path, {name: sentences(40, 40 * at) for at, name in enumerate(columns)})

    called = gates(tmp_path, "init")

    dataset = read_config(tmp_path / "gates.toml").datasets["notes"]
    bound = {role: name for name, role in columns.items() if role and role != name}
    assert (dataset.type, dict(dataset.columns)) == ("instruction", bound)
    assert guesses(called.out)["type"][1].endswith("read as a question and its answer")


def test_columns_that_no_check_of_the_type_looks_at_are_named(tmp_path, gates):
    grades = {name: [number % 5 for number in range(40)] for name in ("helpfulness", "coherence")}
    written(tmp_path, {"prompt": sentences(40), "response": sentences(40, 40), "source": ["web"] * 40, **grades})

    out = gates(tmp_path, "init").out

    why = "checks of this type look at no such column: give them rules in a schema (docs/how-to/own-schema.md)"
    assert guesses(out)["no part"] == ("'helpfulness', 'coherence'", why)


def test_array_of_a_spreadsheet_in_utf16_is_found_without_its_name(tmp_path, gates):
    rows = [{"text": text, "origin": ("human", "synthetic")[at % 2]} for at, text in enumerate(sentences(40))]
    (tmp_path / "notes.json").write_text(json.dumps(rows), encoding="utf-16")

    called = gates(tmp_path, "init")

    assert guesses(called.out)["rows"] == ("20 human and 20 synthetic",)


def test_letters_of_answers_are_levels_and_no_responses(tmp_path, gates):
    written(tmp_path, {"question": sentences(40), "answer": ["A", "B", "C", "D"] * 10})

    gates(tmp_path, "init")

    assert dict(read_config(tmp_path / "gates.toml").datasets["notes"].columns) == {"text": "question"}


def test_rows_of_lists_alone_are_refused_with_a_command_that_makes_texts_of_them(tmp_path, gates):
    words = [["Ada", "lives", "in", f"town {number}"] for number in range(40)]
    written(
        tmp_path,
        {"id": list(range(40)), "tokens": words, "tags": [[1, 0, 0, 5][: 4 - number % 2] for number in range(40)]},
    )

    called = gates(tmp_path, "init")

    assert called.code == 2
    assert called.err.startswith(
        "notes.jsonl: nothing of a row would be compared: tokens, tags hold lists, objects or bytes; this"
    )
    command = called.err.split("<<'END'\n")[1].split("\nEND")[0]
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, check=True)
    rows = pl.read_parquet(tmp_path / "notes_unfolded.parquet")
    assert rows.drop("id", "origin").row(1) == ("Ada lives in town 1", 4, "1 0 0", 3)
    assert gates(tmp_path, "init", "notes_unfolded.parquet").code == 0


def test_column_name_cannot_leave_the_comment_it_stands_in(tmp_path, gates):
    written(tmp_path, {'b"\nextends = false #': sentences(40)})

    gates(tmp_path, "init")

    assert read_config(tmp_path / "gates.toml").datasets["notes"].extends is True


def test_without_drafts_nobody_is_asked_to_accept_some(tmp_path, gates):
    written(tmp_path, {"text": sentences(40)}, "texts.jsonl")

    out = gates(tmp_path, "init", "texts.jsonl").out

    assert "nothing to draft" in out
    assert "--accept" not in out
    assert "next:\n  gates check texts\n" in out


def test_configuration_of_a_folder_above_is_named_with_its_path(tmp_path, gates):
    (tmp_path / "gates.toml").write_text('[datasets.mix]\npath = "mix.csv"\ntype = "tabular"\n')
    (tmp_path / "below").mkdir()
    mixed(table_rows(20, seed=1), table_rows(20, seed=2)).write_csv(tmp_path / "below" / "new.csv")

    called = gates(tmp_path / "below", "init", "new.csv")

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("../gates.toml exists and is not changed")
    assert '\npath = "below/new.csv"\n' in called.out


def test_folder_without_data_is_named_alone(tmp_path, gates):
    (tmp_path / "empty").mkdir()
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "readme.md").write_text("no rows")

    assert gates(tmp_path, "init", "empty").err.startswith("'empty' is empty; expected Parquet, JSON, JSONL")
    assert gates(tmp_path, "init", "papers").err.startswith("papers holds no data files; expected Parquet, JSON, JSONL")
