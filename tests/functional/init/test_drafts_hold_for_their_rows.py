"""The rows that a draft was made from keep all of its rules, however their values are written."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

ROWS = 400


def rows(seed: int) -> pl.DataFrame:
    """Columns as people write them, each with its own way to say that a value is missing."""
    rng = np.random.default_rng(seed)
    amount = rng.gamma(3, 1_000, ROWS)

    def with_gaps(values: list[str], word: str) -> list[str]:
        return [word if at % 9 == seed % 9 else value for at, value in enumerate(values)]

    return pl.DataFrame({
        "id": range(ROWS),
        "yes_no": rng.choice(["yes", "no"], ROWS),
        "ja_nein": rng.choice(["Ja", "Nein"], ROWS),
        "true_false": rng.choice(["True", "False"], ROWS),
        "letter": with_gaps(list(rng.choice(["Y", "N"], ROWS)), ""),
        "score": with_gaps([str(value) for value in rng.integers(300, 850, ROWS)], "NA"),
        "price": with_gaps([f"$ {value:,.2f}" for value in amount], "n/a"),
        "betrag": [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in amount],
        "share": with_gaps([f"{value:.1f} %" for value in rng.uniform(0, 100, ROWS)], "None"),
        "day": with_gaps([f"{d}.{m}.2024" for d, m in zip(rng.integers(1, 29, ROWS), rng.integers(1, 13, ROWS), strict=True)], "NaN"),
    })  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_neither_origin_breaks_a_drafted_rule(tmp_path, gates, ending):
    for name, seed in (("real", 1), ("synthetic", 2)):
        path = tmp_path / f"{name}.{ending}"
        rows(seed).write_csv(path) if ending == "csv" else rows(seed).write_parquet(path)
    initialised = gates(tmp_path, "init", f"real.{ending}", f"synthetic.{ending}", "--accept")
    assert initialised.code == 0, initialised.err

    checks = json.loads(gates(tmp_path, "check", "--format", "json").out)["checks"]

    judged = {
        check["id"]: check["outcome"] for check in checks if "row_failure" in check["id"] or "constraint" in check["id"]
    }
    assert len(judged) >= 2 * len(rows(1).columns)
    assert {name: outcome for name, outcome in judged.items() if outcome != "pass"} == {}


def test_keys_that_origins_share_within_one_file_break_the_drafted_rule(tmp_path, gates):
    both = [
        rows(seed).select("id", "score").with_columns(origin=pl.lit(origin))
        for seed, origin in ((1, "human"), (2, "synthetic"))
    ]
    pl.concat(both).write_csv(tmp_path / "data.csv")
    gates(tmp_path, "init", "data.csv", "--accept")

    called = gates(tmp_path, "check", "--only", "constraint_violation_ratio")

    assert called.code == 1
    assert f"{ROWS:,} rows have the value of a human row" in called.out
