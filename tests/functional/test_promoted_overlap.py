"""Evaluation sets and training sets that share rows are not promoted side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gates.configuration.find import read_config
from gates.promotion.ground import ground_of
from gates.promotion.overlap import overlaps
from gates.versions.repository import open_repository
from tests.dvc_repositories import commit
from tests.projects import people
from tests.version_projects import put

if TYPE_CHECKING:
    from pathlib import Path


def told(root: Path, tested: pl.DataFrame) -> list[str]:
    """What stands against the second dataset as an evaluation set with these rows."""
    put(root, "second", tested.write_csv())
    commit(root, "an evaluation set")
    ground = ground_of(open_repository(root))
    dataset = replace(read_config(root / "gates.toml").dataset("second"), purpose="evaluation")
    return overlaps(ground, dataset, ground.version)


def human(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(origin=pl.lit("human"))


def test_rows_that_were_trained_on_are_counted(done: Path) -> None:
    trained = pl.read_csv(done / "data/first.csv").filter(pl.col("origin") == "human").head(3)
    assert told(done, pl.concat([human(people(40, 77)), trained])) == [
        (
            "3 rows of first@v1.0.0 hold what second asks: what was trained on cannot be tested on; take them out of second, "
            "or take first@v1.0.0 back first."
        )
    ]


def test_rows_of_other_people_are_shared_with_nobody(done: Path) -> None:
    assert told(done, human(people(40, 77))) == []


def test_two_training_sets_may_share_rows(done: Path) -> None:
    ground = ground_of(open_repository(done))
    dataset = read_config(done / "gates.toml").dataset("second")
    assert overlaps(ground, dataset, ground.version) == []


def test_without_a_purpose_nothing_is_asked(done: Path) -> None:
    ground = ground_of(open_repository(done))
    dataset = replace(read_config(done / "gates.toml").dataset("second"), purpose=None)
    assert overlaps(ground, dataset, ground.version) == []
