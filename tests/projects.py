"""A small project as a user would have it, and the command line run on it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tests.warm import warm_gates

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 400
CONFIG = """\
[defaults]
purpose = "finetune"
type = "tabular"
inconclusive = "warn"

[datasets.sound]
path = "data/sound.parquet"
holdout = "data/holdout.csv"

[datasets.flawed]
path = "data/flawed.parquet"
"""


@dataclass(frozen=True)
class Called:
    """What one call of the program did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder in which every dataset was judged; check: the call that judged them, with --format json."""

    root: Path
    check: Called


def table_rows(count: int, seed: int) -> pl.DataFrame:
    """Made-up people: a dependent pair of columns, a town, an income."""
    row = pl.int_range(count, eager=True).to_frame("row")
    drawn = row.select(
        grade=pl.col("row").hash(seed) % 5,
        town=pl.format("town {}", pl.col("row").hash(seed + 1) % 7),
        income=(pl.col("row").hash(seed + 2) % 100_003).cast(pl.Float64) / 7.0,
    )
    return drawn.with_columns(pl.col("grade").cast(pl.Int64), title=pl.format("grade {}", pl.col("grade")))


def mixed(human: pl.DataFrame, synthetic: pl.DataFrame) -> pl.DataFrame:
    """Both partitions in one table."""
    return pl.concat([
        human.with_columns(origin=pl.lit("human")),
        synthetic.with_columns(origin=pl.lit("synthetic")),
    ])  # fmt: skip


def write_project(root: Path) -> None:
    """Two datasets: `sound` from one law, `flawed` with one synthetic row over and over."""
    (root / "data").mkdir()
    human = table_rows(ROWS, seed=1)
    mixed(human, table_rows(ROWS, seed=11)).write_parquet(root / "data/sound.parquet")
    table_rows(ROWS, seed=21).write_csv(root / "data/holdout.csv")
    repeated = pl.concat([table_rows(1, seed=31)] * ROWS)
    mixed(human, repeated).write_parquet(root / "data/flawed.parquet")
    (root / "gates.toml").write_text(CONFIG)


def program(root: Path, *arguments: str) -> Called:
    """Run `gates` as a program of its own."""
    done = subprocess.run([warm_gates(), *arguments], cwd=root, capture_output=True, text=True, check=False)
    return Called(done.returncode, done.stdout, done.stderr)
