"""Lists, objects, maps and bytes play no part in a dataset of any type: one sentence says so when roles are bound."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gates.config.data_types import DATA_TYPES, data_type
from gates.config.dataset import DatasetConfig
from gates.config.roles import COMPLETIONS, HISTORY, MESSAGES
from gates.errors import UsageError
from tests.opened import open_dataset

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 12
# What a column holds, its values, and the word for them.
NESTED: dict[str, tuple[pa.Array, str]] = {
    "list": (pa.array([[1, 2]] * ROWS), "lists"),
    "list of words": (pa.array([["a", "b"]] * ROWS), "lists"),
    "struct": (pa.array([{"a": 1}] * ROWS), "structs"),
    "map": (pa.array([[("a", 1)]] * ROWS, pa.map_(pa.string(), pa.int64())), "maps"),
    "bytes": (pa.array([b"\xff"] * ROWS), "bytes"),
    "digest": (pa.array([b"\xff" * 16] * ROWS, pa.binary(16)), "bytes"),
}
WRITTEN: dict[str, tuple[pa.Array, str]] = {
    "object as JSON": (pa.array(['{"a": 1}', None] * (ROWS // 2)), "objects written as text"),
    "list as JSON": (pa.array([' ["a", "b"]'] * ROWS), "lists written as text"),
    "list as Python writes it": (pa.array(["['a', 'b']"] * ROWS), "lists written as Python code"),
    "object as Python writes it": (pa.array(["{'a': None}"] * ROWS), "objects written as Python code"),
}
HELD = (*NESTED, *WRITTEN)
KEYS = ("label", "group", "slices", "origin")
CONVERSATIONS = {MESSAGES, HISTORY, COMPLETIONS}


def rows(kind: str, **columns: pa.Array) -> pa.Table:
    """A column of distinct words for each required role, an origin, and others."""
    own = {role: [f"{role} {number}" for number in range(ROWS)] for role in data_type(kind).required_roles or ("age",)}
    origin = ["human", "synthetic"] * (ROWS // 2)
    return pa.table({**{name: pa.array(values) for name, values in own.items()}, "origin": pa.array(origin), **columns})


def refused(root: Path, kind: str, values: pa.Array, **keys: Any) -> str:
    """What opening says where a column `deep` has these values; "" where it says nothing."""
    pq.write_table(rows(kind, deep=values), root / "rows.parquet")
    try:
        with open_dataset(DatasetConfig("rows", root, 1, kind, path="rows.parquet", **keys)):
            return ""
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_no_role_takes_nested_values(tmp_path, kind):
    type_ = data_type(kind)
    prose = {*type_.texts, "system", "message", "rationale"}
    # Each role with one kind of values, and each kind with several roles: all of both take minutes.
    first = DATA_TYPES.index(kind)
    for number, role in enumerate(sorted({*type_.roles} - CONVERSATIONS), start=first):
        values, word = (NESTED | WRITTEN)[HELD[number % len(HELD)]]
        is_read = (word == "bytes" and role == type_.key) or (role in prose and word.endswith("as text"))
        message = refused(tmp_path, kind, values, columns={role: "deep"})

        if is_read:
            assert message == ""
        else:
            assert f"column 'deep' holds {word}, which cannot be '{role}'; expected" in message


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("holds", HELD)
def test_no_key_names_nested_values(tmp_path, key, holds):
    values, word = (NESTED | WRITTEN)[holds]
    kind = DATA_TYPES[(HELD.index(holds) + KEYS.index(key)) % len(DATA_TYPES)]
    message = refused(tmp_path, kind, values, **{key: ("deep",) if key == "slices" else "deep"})

    if (key, word) == ("group", "bytes"):
        assert message == ""
    else:
        assert f"column 'deep' holds {word}, which cannot be '{key}'; expected one text" in message


@pytest.mark.parametrize(
    "objects",
    [
        [{"url": "a"}, {"URL": "b"}],  # no struct has both keys
        [{f"k{row}-{key}": 1 for key in range(200)} for row in range(2)],  # too many keys
        ["a", {"url": "b"}],
        [[1], {"a": 1}],
        [{"a": 2**70}, {"a": 1}],
    ],
)
def test_objects_of_json_that_stay_text_are_no_values_either(tmp_path, gates, objects):
    lines = [
        {"text": f"a text of {n} words", "deep": objects[n % 2], "origin": ["human", "synthetic"][n % 2]}
        for n in range(ROWS)
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "gates.toml").write_text('[datasets.rows]\npath = "rows.jsonl"\ntype = "text"\nlabel = "deep"\n')

    called = gates(tmp_path, "check")

    assert called.code == 2
    assert called.err.count("\n") == 1
    assert "gates.toml:4: dataset 'rows': column 'deep' holds " in called.err


def test_a_file_of_lists_among_files_of_words_is_named(tmp_path):
    (tmp_path / "rows").mkdir()
    pq.write_table(rows("tabular", deep=pa.array(["a"] * ROWS)), tmp_path / "rows/a.parquet")
    pq.write_table(rows("tabular", deep=NESTED["list"][0]), tmp_path / "rows/b.parquet")

    with pytest.raises(UsageError, match="column 'deep' holds lists, which cannot be 'label'"):
        open_dataset(DatasetConfig("rows", tmp_path, 1, "tabular", path="rows", label="deep"))


@pytest.mark.parametrize("words", ["[deleted]", "[1] see below", "(none)", "{name}", "3", "[MASK]"])
def test_words_in_brackets_are_words(tmp_path, words):
    assert refused(tmp_path, "tabular", pa.array([words] * ROWS), label="deep") == ""


def test_what_is_not_compared_is_one_line(tmp_path, gates):
    beside = {
        "age": pa.array(range(ROWS)),
        "deep": NESTED["map"][0],
        "raw": NESTED["bytes"][0],
        "tags": NESTED["list"][0],
    }
    pq.write_table(rows("tabular", **beside), tmp_path / "rows.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.rows]\npath = "rows.parquet"\ntype = "tabular"\n')

    called = gates(tmp_path, "check", "--exit-zero")
    counted = gates(tmp_path, "check", "--exit-zero", "--only", "expect_origins_to_be_declared")

    assert called.code == 0
    assert "not compared: `deep`, `raw`, `tags`" in called.out
    # To name some columns would say that the others were compared.
    assert (counted.code, "not compared" in counted.out) == (0, False)
