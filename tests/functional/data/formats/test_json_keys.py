"""JSON lines with many keys, with keys that no struct holds, and with text that no UTF-8 holds."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from tests.opened import open_dataset


def opened(root, rows: list[object]):
    (root / "data.jsonl").write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return open_dataset(DatasetConfig("d", root, 1, "tabular", path="data.jsonl", origin="o"))


def frame(dataset) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(batch) for batch in dataset.batches()])


@pytest.mark.parametrize(
    "nested",
    [
        {"url": 1, "URL": 2},
        {"": 1, "a": 2},
        [{"a": 1, "A": 2}],
        {"deep": [{"x": {"k": 1, "K": 2}}]},
        {"a\0b": 1},
        {"straße": 1, "STRASSE": 2},
    ],
)
def test_objects_whose_keys_no_struct_holds_are_read_as_json_text(tmp_path, nested):
    with opened(tmp_path, [{"o": "human", "m": nested}, {"o": "human", "m": None}]) as dataset:
        first, second = frame(dataset)["m"].to_list()

    assert (json.loads(first), second) == (nested, None)


def test_keys_that_differ_in_case_between_rows_are_read_too(tmp_path):
    rows = [{"o": "human", "m": {"url": "a"}}, {"o": "human", "m": {"URL": "b"}}]
    with opened(tmp_path, rows) as dataset:
        assert [json.loads(value) for value in frame(dataset)["m"]] == [{"url": "a"}, {"URL": "b"}]


def test_hundreds_of_keys_in_each_row_fit_into_little_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("GATES_MEMORY_LIMIT", "1GB")
    rows = [{"o": "human", **{f"k{key}": row * key for key in range(600)}} for row in range(300)]

    with opened(tmp_path, rows) as dataset:
        read = frame(dataset)

    assert read["k599"].to_list() == [row * 599 for row in range(300)]
    assert read["k0"].dtype == pl.Int64


def test_thousands_of_keys_that_few_rows_have_each_are_read(tmp_path):
    rows = [{"o": "human", **{f"k{key}": row for key in range(row * 10, row * 10 + 10)}} for row in range(200)]

    with opened(tmp_path, rows) as dataset:
        types = dict(dataset.files[0].columns)
        assert len(types) == 2001
        assert types["k1999"] == "int64"


@pytest.mark.parametrize("line", ['{"o": "human", "t": "cut \\ud83d"}', '{"o": "human", "\\udc00": 1}'])
def test_half_of_a_surrogate_pair_is_named_with_its_line_and_without_a_path(tmp_path, line):
    rows = [{"o": "human", "t": "whole \U0001f600"}] * 3

    with pytest.raises(DataError, match=re.escape("data.jsonl:4: \\ud")) as refused:
        opened(tmp_path, [*rows, line, *rows])
    assert "half of a surrogate pair" in str(refused.value)
    assert "/" not in str(refused.value).removeprefix("data.jsonl:4")
