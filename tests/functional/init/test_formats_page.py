"""Every line of the page of formats is guessed as the page says, and an empty answer in it is found."""

from __future__ import annotations

import json

import pytest

from gates.config.load import read_config
from tests.guesses import guesses
from tests.samples.format_samples import COMMANDS, CONVERSATIONS, EMPTY, PAGE, ROW_RULES, conversations

LINES, TABLE = PAGE.split("## What was guessed and found")


def test_page_has_every_format_once():
    assert (
        len(CONVERSATIONS)
        == len({name for name, _, _ in CONVERSATIONS})
        == LINES.count("` | instruction |") + LINES.count("` | preference |")
    )


@pytest.mark.parametrize(("name", "line", "kind"), CONVERSATIONS, ids=[name for name, _, _ in CONVERSATIONS])
def test_format_is_guessed_and_an_empty_answer_in_it_is_found(name, line, kind, tmp_path, gates):
    conversations(line, tmp_path / "rows.jsonl")

    guessed = gates(tmp_path, "init", "rows.jsonl")
    verdict = json.loads(gates(tmp_path, "check", "rows", "--format", "json", "--only", ROW_RULES).out)

    assert guesses(guessed.out)["type"][0] == kind
    assert read_config(tmp_path / "gates.toml").datasets["rows"].type == kind
    failed = {check["id"]: check for check in verdict["checks"] if check["outcome"] == "fail"}
    role = "response" if kind == "instruction" else "chosen"
    assert [*failed] == [f"synthetic/{ROW_RULES}/{role}/not-blank"]
    places = failed[f"synthetic/{ROW_RULES}/{role}/not-blank"]["evidence"]["first_rows"]
    turn = " turn 2" if "several turns" in name else ""
    assert places[0].startswith(f"rows.jsonl:{EMPTY}{turn}")


def test_page_shows_what_became_of_each_format():
    """As `benchmarks/formats.py` prints it."""
    shown = [line.split(" | ")[0].removeprefix("| ") for line in TABLE.splitlines() if line.startswith("| ")][1:]

    assert shown == [*COMMANDS, *(name for name, _, _ in CONVERSATIONS)]
