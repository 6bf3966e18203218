"""Every file of the page of formats is found by `gates init`, and an empty text in it by `gates check`."""

from __future__ import annotations

import json
import shlex

import pytest

from tests.guesses import guesses
from tests.samples.format_samples import COMMANDS, ROW_RULES, WRITERS


def test_page_names_every_file_that_is_tried():
    assert [*COMMANDS] == [*WRITERS]


@pytest.mark.parametrize("name", WRITERS)
def test_file_is_guessed_and_an_empty_text_in_it_is_found(name, tmp_path, gates):
    WRITERS[name](tmp_path)

    guessed = gates(tmp_path, *shlex.split(COMMANDS[name]))
    assert guessed.code == 0, guessed.err
    verdict = json.loads(gates(tmp_path, "check", "--format", "json", "--only", ROW_RULES).out)

    assert guesses(guessed.out)["type"][0] == "text"
    assert guesses(guessed.out)["rows"] == ("100 human and 100 synthetic",)
    failed = {check["id"]: check["evidence"]["first_rows"] for check in verdict["checks"] if check["outcome"] == "fail"}
    assert [*failed] == [f"synthetic/{ROW_RULES}/text/not-blank"]
    assert [len(places) for places in failed.values()] == [1]
