"""A project in git whose data DVC tracks, small enough to be judged many times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.dvc_repositories import commit, new_repository, track, write
from tests.projects import mixed, table_rows

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[defaults]
type = "tabular"
purpose = "finetune"
inconclusive = "warn"

[datasets.first]
path = "data/first.csv"

[datasets.second]
path = "data/second.csv"
"""
SCHEMA = """\
import pandera.polars as pa

from limits import HIGHEST

First = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check.le(HIGHEST, name="grade-at-most"))})
"""
LIMITS = "HIGHEST = 9\n"


def good(seed: int = 1) -> str:
    """CSV whose two partitions follow one law. Each version has the same human rows, so that none gets lost."""
    return mixed(table_rows(60, 1), table_rows(60, seed + 10)).write_csv()


def bad() -> str:
    """CSV with one synthetic row over and over, of which all copy a person."""
    human = table_rows(60, 1)
    return mixed(human, pl.concat([human.head(1)] * 60)).write_csv()


def put(root: Path, name: str, text: str) -> None:
    """Data in the work tree and, as after `dvc add`, its pointer and its object."""
    track(root, f"data/{name}.csv", text)
    write(root, f"data/{name}.csv", text)


def version_project(root: Path) -> Path:
    """Two datasets, the first with a schema of its own, committed."""
    new_repository(root)
    write(root, "gates.toml", CONFIG)
    write(root, "schemas/first.py", SCHEMA)
    write(root, "schemas/limits.py", LIMITS)
    write(root, ".gitignore", "/.gates/\n")
    put(root, "first", good())
    put(root, "second", good(3))
    commit(root, "start")
    return root
