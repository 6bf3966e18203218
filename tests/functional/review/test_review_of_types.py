"""Rows of every data type, format and kind of value are drawn, shown and recognised again."""

from __future__ import annotations

import csv
import importlib
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from gates.config.data_types import DATA_TYPES

CONFIG = '[datasets.rows]\npath = "data"\ntype = "{}"\npurpose = "finetune"\n{}'


def write_config(root, kind="tabular", more=""):
    (root / "data").mkdir(exist_ok=True)
    (root / "gates.toml").write_text(CONFIG.format(kind, more))


def accepted_by_ana(root):
    """The tasks as they are written, filled in by somebody who accepts all."""
    text = (root / "tasks.csv").read_text(encoding="utf-8").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    filled = io.StringIO(newline="")
    writer = csv.DictWriter(filled, rows[0])
    writer.writeheader()
    writer.writerows({**row, "answer": "accept", "reviewer": "ana"} for row in rows)
    (root / "done.csv").write_text(filled.getvalue(), encoding="utf-8", newline="")
    return rows


def reviewed(root, gates):
    """The tasks of a review that accepts all rows, planned, imported and decided."""
    planned = gates(root, "review", "plan", "rows", "--output", "tasks.csv", "--double", "0")
    assert planned.code == 0, planned.err
    rows = accepted_by_ana(root)
    imported = gates(root, "review", "import", "rows", "done.csv")
    assert imported.code == 0, imported.err
    decided = gates(root, "review", "status", "rows")
    assert (decided.code, decided.err) == (0, "")
    return rows


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_rows_of_every_type_are_reviewed(kind, tmp_path, gates):
    made = importlib.import_module(f"tests.contract.data_types.{kind}")
    write_config(tmp_path, kind)
    for origin in ("human", "synthetic"):
        rows = made.rows(np.random.default_rng(1), 60, origin)
        rows.with_columns(origin=pl.lit(origin)).write_parquet(tmp_path / f"data/{origin}.parquet")

    rows = reviewed(tmp_path, gates)
    shown = set(rows[0]) - {"task", "row", "digest", "answer", "reviewer", "note"}
    assert shown
    assert "origin" not in shown
    assert {row["row"].split(":")[0] for row in rows} == {"data/human.parquet", "data/synthetic.parquet"}


def test_values_of_every_kind_are_shown_and_recognised(tmp_path, gates):
    write_config(tmp_path)
    moment = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)
    count = 40
    frame = pl.DataFrame({
        "number": [float("nan"), None, -0.0, *map(float, range(count - 3))],
        "price": [Decimal("1.10")] * count,
        "day": [date(2024, 2, 29)] * count,
        "moment": [moment + timedelta(microseconds=row) for row in range(count)],
        "took": [timedelta(seconds=row) for row in range(count)],
        "words": [["a", None], [], None, *([["b"]] * (count - 3))],
        "nested": [{"when": moment, "size": row} for row in range(count)],
        "raw": [b"\xff\x00"] * count,
        "text": ["émile 日本", 'quoted "x", y\nnext', "=1+1", *(f"row {row}" for row in range(count - 3))],
        "origin": ["human"] * count,
    })  # fmt: skip
    frame.with_columns(pl.col("moment").cast(pl.Datetime("ns", "UTC")).alias("finest")).write_parquet(
        tmp_path / "data/rows.parquet"
    )

    rows = {int(row["row"].split(":")[1]): row for row in reviewed(tmp_path, gates)}
    # Of 40 rows 23 are drawn.
    drawn = rows[max(rows)]
    number = max(rows) - 1
    assert drawn["price"] == "1.10"
    assert drawn["day"] == "2024-02-29"
    assert json.loads(drawn["nested"])["size"] == number
    assert drawn["moment"].startswith("2024-02-29 12:30:00")


def test_conversations_are_shown_as_prompt_and_response(tmp_path, gates):
    write_config(tmp_path, "instruction", 'columns = { messages = "turns" }\n')
    rows = [
        {
            "turns": [{"role": "user", "content": f"Question {row}?"}, {"role": "assistant", "content": f"Answer {row}."}],
            "origin": ("human", "synthetic")[row % 2],
        }
        for row in range(100)
    ]  # fmt: skip
    (tmp_path / "data/chat.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    for row in reviewed(tmp_path, gates):
        number = int(row["row"].split(":")[1]) - 1
        assert (row["prompt"], row["response"]) == (f"Question {number}?", f"Answer {number}.")


def test_origins_of_paths_and_rows_of_no_declared_origin(tmp_path, gates):
    write_config(tmp_path)
    rows = pl.DataFrame({"text": [f"row {row}" for row in range(300)], "origin": ["human", "web", "synthetic"] * 100})
    rows.write_csv(tmp_path / "data/rows.csv")

    planned = gates(tmp_path, "review", "plan", "rows")
    assert "  human: 58 of 100" in planned.out
    assert "  not drawn from: 100 rows of another origin" in planned.out
    (tmp_path / "gates.toml").write_text(
        CONFIG.format("tabular", "").replace('path = "data"', 'partitions = { human = "data", synthetic = "more" }')
    )
    (tmp_path / "more").mkdir()
    rows.drop("origin").write_csv(tmp_path / "more/rows.csv")
    rows.drop("origin").write_csv(tmp_path / "data/rows.csv")
    both = gates(tmp_path, "review", "plan", "rows")
    assert "  human: 94 of 300" in both.out
    assert "  synthetic: 94 of 300" in both.out
