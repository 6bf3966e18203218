"""Every line of the page of formats is guessed as the page says, and an empty answer in it is found."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gates.config.load import read_config
from tests.guesses import guesses

PAGE = (Path(__file__).parents[3] / "docs/reference/formats.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| (.+?) \| `(\{.+\})` \| (instruction|preference) \|$", PAGE, flags=re.MULTILINE)
ROWS, ROW_RULES = 100, "expect_row_failure_ratio_to_be_less_than"
EMPTY = 117


def written(line: str, path: Path) -> None:
    """A file of such lines, half of them human; the answer of one synthetic line is empty."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, 2 * ROWS + 1):
            answer = "" if number == EMPTY else f"The town number {number * 7919 % 1000} by river {number}."
            row = json.loads(line.replace("Paris.", answer).replace("France", f"the land {number * 31 % 1009}"))
            origin = "human" if number <= ROWS else "synthetic"
            file.write(json.dumps({**row, "origin": origin}) + "\n")


def test_page_has_every_format_once():
    assert (
        len(LINES)
        == len({name for name, _, _ in LINES})
        == PAGE.count("` | instruction |") + PAGE.count("` | preference |")
    )


@pytest.mark.parametrize(("name", "line", "kind"), LINES, ids=[name for name, _, _ in LINES])
def test_format_is_guessed_and_an_empty_answer_in_it_is_found(name, line, kind, tmp_path, gates):
    written(line, tmp_path / "rows.jsonl")

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
