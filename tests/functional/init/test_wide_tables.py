"""Rows that hold texts of both origins are named, with a command that parts them and that works as it is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROWS, EMPTY = 100, 17
ROW_RULES = "expect_row_failure_ratio_to_be_less_than"


def answer(number: int) -> str:
    return f"The town number {number * 7919 % 1000} lies by river {number} and has {number * 31 % 97} bridges."


def wide(human: str, synthetic: str, *, is_list: bool) -> list[dict[str, object]]:
    """A question a row, with the answers of both origins; that of a model to the seventeenth is empty."""
    rows: list[dict[str, object]] = []
    for number in range(1, ROWS + 1):
        answers = {human: answer(number), synthetic: "" if number == EMPTY else answer(number + 2_000)}
        texts = {name: [text] if is_list else text for name, text in answers.items()}
        maker = {"model": "davinci"} if synthetic == "machine_text" else {}
        rows.append({"id": number, "question": f"What of '{number}', say?", **texts, "source": "forum", **maker})
    return rows


@pytest.mark.parametrize(
    ("name", "columns", "is_list"),
    [
        ("rows.jsonl", ("human_answers", "chatgpt_answers"), True),
        ("rows.parquet", ("human_answers", "chatgpt_answers"), True),
        ("rows.csv", ("human", "gpt"), False),
        ("rows.json", ("human_answer", "llm_answer"), False),
        ("rows.jsonl", ("human_text", "machine_text"), False),
    ],
)
def test_command_makes_a_row_of_each_origin(name, columns, is_list, tmp_path, gates):
    human, synthetic = columns
    frame = pl.DataFrame(wide(human, synthetic, is_list=is_list))
    writers = {
        ".jsonl": frame.write_ndjson,
        ".parquet": frame.write_parquet,
        ".csv": frame.write_csv,
        ".json": frame.write_json,
    }
    writers[Path(name).suffix](tmp_path / name)

    refused = gates(tmp_path, "init", name)
    assert (refused.code, refused.out) == (2, "")
    assert f"texts of both origins (human: {human}; synthetic: {synthetic})" in refused.err
    command = refused.err.split("\n\n")[1]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["bash", "-c", command], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)

    assert gates(tmp_path, "init", "rows_by_origin.parquet").code == 0
    verdict = json.loads(gates(tmp_path, "check", "--format", "json", "--only", ROW_RULES).out)
    failed = [check["id"] for check in verdict["checks"] if check["outcome"] == "fail"]
    assert failed == [f"synthetic/{ROW_RULES}/response/not-blank"]
    rows = pl.read_parquet(tmp_path / "rows_by_origin.parquet")
    assert dict(rows["origin"].value_counts().iter_rows()) == {"human": ROWS, "synthetic": ROWS}
    made_by = {None, "davinci" if synthetic == "machine_text" else synthetic}
    assert {*rows["generator"]} == made_by
    assert set(rows.columns) == {"prompt_id", "prompt", "source", "response", "origin", "generator"}


def test_columns_that_only_count_something_of_both_are_no_texts(tmp_path, gates):
    pl.DataFrame({"human_score": [1, 2] * 30, "gpt_score": [2, 1] * 30, "x": ["a", "b"] * 30}).write_csv(
        tmp_path / "rows.csv"
    )

    refused = gates(tmp_path, "init", "rows.csv")

    assert (refused.code, "texts of both origins" in refused.err) == (2, False)
