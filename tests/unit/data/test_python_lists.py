"""Lists that pandas wrote as Python code become JSON; nothing is run, and nothing else changes."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from gates.data.formats.python_lists import json_list, with_json_lists
from gates.private_folder import PrivateFolder

TURNS = [
    {"role": "user", "content": "It's \"fine\", isn't it?\nSay so: [1] {2}"},
    {"role": "assistant", "content": None, "tool_calls": [{"id": 1, "is_safe": True}]},
    {"role": "tool", "content": "} \\n {"},
]


def test_list_of_objects_is_json_whatever_its_texts_hold():
    assert json.loads(json_list(repr(TURNS)) or "") == TURNS


def test_array_of_objects_is_read_without_its_commas():
    written = str(np.array(TURNS[::2], dtype=object))

    assert "\n" in written
    assert json.loads(json_list(written) or "") == TURNS[::2]


def test_pairs_of_texts_are_lists_of_lists():
    assert json.loads(json_list("[('a', \"b's\"), ['c', None]]") or "") == [["a", "b's"], ["c", None]]


@pytest.mark.parametrize(
    "text",
    [
        "[{'role': __import__('os').system('true')}]",
        "[{'role': 'user', 'content': 'cut of",
        "[{1: 'user'}]",
        "[{'score': 1e999}]",
        "[{'a': {1, 2}}]",
        "[{'a': b'bytes'}]",
        "['a', 'b']",
        "[1, 2]",
        "[note] a text [that] begins so",
        "plain",
        "",
        "[" * 5_000 + "{}" + "]" * 5_000,
        "[{'a': " + "-" * 200_000 + "1}]",
        "[{'a': '" + "x" * (1 << 20) + "'}]",
    ],
    ids=lambda text: text[:24],
)
def test_whatever_is_no_such_list_is_left_alone(text):
    assert json_list(text) is None


def test_column_that_nearly_all_hold_is_rewritten_and_no_other(tmp_path):
    texts = [repr(TURNS)] * 19 + ["[{'cut of"]
    columns = {
        "python": texts,
        "json": [json.dumps(TURNS)] * 20,
        "some": [repr(TURNS)] * 9 + ["words"] * 11,
        "n": range(20),
    }
    pl.DataFrame(columns).write_parquet(tmp_path / "rows.parquet")

    with PrivateFolder() as folder:
        rows = pl.read_parquet(with_json_lists(tmp_path / "rows.parquet", folder))

    assert [json.loads(text) for text in rows["python"][:19]] == [TURNS] * 19
    assert rows["python"][19] == "[{'cut of"
    assert rows.drop("python").rows() == pl.DataFrame(columns).drop("python").rows()
