"""Texts that are given as messages are judged as what these say; what is no value is refused in a sentence."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from gates.config.dataset import DatasetConfig
from gates.config.load import read_config
from gates.data.batch import Batch
from gates.data.facts import ROW_ID
from gates.errors import UsageError
from tests.opened import open_dataset

CONFIG = """\
[datasets.pairs]
path = "pairs.parquet"
type = "preference"
columns = {{ {} }}
"""
USER, ASSISTANT = {"role": "user", "content": "Add 2 and 3."}, {"role": "assistant", "content": "5"}
TURNS = [{"role": "system", "content": "Be short."}, USER, ASSISTANT, {"role": "user", "content": "Twice that?"}]
TOOL = [
    USER,
    {"role": "assistant", "content": None, "tool_calls": [{"name": "add"}]},
    {"role": "tool", "content": "5"},
    {"role": "assistant", "content": "It is 5."},
]
PARTS = [{"role": "assistant", "content": [{"type": "text", "text": "5"}]}]


def configured(root, columns: dict[str, list], **mapping: str):
    """The configuration of these columns in a file, half of whose rows are human."""
    count = len(columns["prompt"])
    origin = ["human" if row < count / 2 else "synthetic" for row in range(count)]
    pl.DataFrame({**columns, "origin": origin}, strict=False).write_parquet(root / "pairs.parquet")
    mapped = {"prompt": "prompt", **mapping}
    (root / "gates.toml").write_text(CONFIG.format(", ".join(f'{role} = "{name}"' for role, name in mapped.items())))
    return read_config(root / "gates.toml").datasets["pairs"]


@pytest.mark.parametrize(
    ("prompt", "answer", "expected"),
    [
        ([USER], [ASSISTANT], ("Add 2 and 3.", "5")),
        (TURNS, [USER, ASSISTANT], ("Add 2 and 3.\n\n5\n\nTwice that?", "5")),
        ([{"from": "human", "value": "Hi"}], [{"from": "gpt", "value": "Ho"}], ("Hi", "Ho")),
        ([USER], TOOL, ("Add 2 and 3.", "It is 5.")),
        ([{"role": "user", "content": None}], [{"role": "assistant", "content": None}], (None, None)),
        ([], [USER], (None, None)),
        (None, [None], (None, None)),
    ],
    ids=["one turn", "turns", "ShareGPT", "tool calls", "null content", "no answer", "null"],
)
def test_messages_in_a_column_of_text_are_read_as_what_they_say(prompt, answer, expected, tmp_path):
    # The second row says what kind of lists these are where the first is empty.
    columns = {"prompt": [prompt, [USER]], "chosen": [answer, [ASSISTANT]], "rejected": ["no", "no"]}

    with open_dataset(configured(tmp_path, columns)) as opened:
        rows = pl.concat(pl.from_arrow(batch) for batch in opened.batches()).sort(ROW_ID)

    assert rows.select("prompt", "chosen").row(0) == expected


def test_pairs_given_as_messages_are_judged_as_the_same_pairs_given_as_text(tmp_path, gates):
    texts = {
        role: [f"{role} number {row} of {row % 7}" for row in range(80)] for role in ("prompt", "chosen", "rejected")
    }
    verdicts = []
    for as_messages in (False, True):
        configured(tmp_path, {
            role: [[{"role": "user" if role == "prompt" else "assistant", "content": text}] for text in column]
            if as_messages else column
            for role, column in texts.items()
        })  # fmt: skip
        called = gates(tmp_path, "check", "pairs", "--format", "json")
        verdicts.append({check["id"]: check["outcome"] for check in json.loads(called.out)["checks"]})

    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize(
    "cell", [None, PARTS, TOOL, [None], []], ids=["null", "parts", "tool calls", "null message", "empty"]
)
def test_cells_without_words_give_a_verdict_and_no_internal_error(cell, tmp_path, gates):
    pairs = [[USER], cell] * 30
    configured(tmp_path, {"prompt": pairs, "chosen": pairs, "rejected": ["no", "yes"] * 30})

    called = gates(tmp_path, "check", "pairs", "--format", "json")

    assert "internal error" not in called.err
    assert json.loads(called.out)["outcome"] == "fail"


@pytest.mark.parametrize(
    ("role", "cell", "message"),
    [
        ("chosen", ["a", "b"], "holds lists, which cannot be 'chosen'; expected text, or messages of {role, content}"),
        ("chosen", ASSISTANT, "holds structs, which cannot be 'chosen'"),
        ("chosen", b"\xff", "holds bytes, which cannot be 'chosen'"),
        ("chosen", [{"speaker": "a", "text": "b"}], "holds lists of {speaker, text}; expected messages of"),
        ("author", ["ada"], "holds lists, which cannot be 'author'; expected one text, number or time per row"),
        ("language", b"\xff", "holds bytes, which cannot be 'language'"),
        ("created_at", [dt.date(2026, 1, 1)], "holds lists, which cannot be 'created_at'"),
    ],
)
def test_column_of_a_role_that_holds_no_value_is_refused_where_it_is_named(role, cell, message, tmp_path):
    columns = {"prompt": ["a"], "chosen": ["b"], "rejected": ["c"]} | {"named": [cell]}

    with pytest.raises(UsageError) as refused:
        open_dataset(configured(tmp_path, columns, **{role: "named"}))

    assert str(refused.value).startswith("gates.toml:4: dataset 'pairs': column 'named' ")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("key", "cell", "kind"),
    [
        ("label", ["a"], "lists"),
        ("label", b"\xff", "bytes"),
        ("slices", {"x": 1}, "structs"),
        ("group", ["a"], "lists"),
        ("origin", ["human"], "lists"),
    ],
)
def test_column_that_a_key_names_and_that_holds_no_value_is_one_sentence(key, cell, kind, tmp_path, gates):
    pl.DataFrame({"x": [1.5] * 9, "origin": ["human"] * 9, "named": [cell] * 9}).write_parquet(
        tmp_path / "rows.parquet"
    )
    table = f'[datasets.rows]\ntype = "tabular"\npath = "rows.parquet"\n{key} = {{}}\n'
    (tmp_path / "gates.toml").write_text(table.format('["named"]' if key == "slices" else '"named"'))

    called = gates(tmp_path, "check")

    assert (called.code, called.out) == (2, "")
    expected = f"column 'named' holds {kind}, which cannot be '{key}'; expected one text, number or time per row"
    assert called.err == f"gates.toml:4: dataset 'rows': {expected}\n"


def test_same_answer_after_other_turns_is_another_row(tmp_path):
    turns = [[["Who?", "Ann."]], [["Who?", "Bob."]], [["Who?", "Ann."]], [], None]
    rows = [{"instruction": "And?", "output": "Yes.", "history": turn, "origin": "human"} for turn in turns]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = {"prompt": "instruction", "response": "output"}

    with open_dataset(DatasetConfig("d", tmp_path, 1, "instruction", path="rows.jsonl", columns=columns)) as opened:
        (batch,) = opened.batches()
        digests = Batch(batch).digest(opened.roles)

    first, other, again, empty, none = digests.tolist()
    assert (first == again, empty == none, len({first, other, empty})) == (True, True, 3)
