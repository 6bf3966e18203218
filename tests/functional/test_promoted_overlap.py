"""Evaluation sets and training sets that share rows are not promoted side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.configuration.find import read_config
from gates.promotion.ground import ground_of
from gates.promotion.overlap import overlaps
from gates.versions.repository import open_repository
from tests.dvc_repositories import commit, git
from tests.forgeries import VERSION, retag, words_of
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


def test_a_dataset_that_was_promoted_for_training_does_not_become_what_is_asked(done: Path) -> None:
    ground = ground_of(open_repository(done))
    dataset = replace(read_config(done / "gates.toml").dataset("first"), purpose="evaluation")

    told = overlaps(ground, dataset, ground.version)

    rows = pl.read_csv(done / "data/first.csv").height
    assert [sentence.partition(":")[0] for sentence in told] == [f"{rows} rows of first@v1.0.0 hold what first asks"]


def promoted_with(root: Path, trained: pl.DataFrame) -> None:
    """The promoted version with other rows, however it came to them."""
    put(root, "first", trained.write_csv())
    git(root, "commit", "-q", "-a", "--amend", "--no-edit")
    retag(root, VERSION, words_of(root, VERSION), target="HEAD")


def test_rows_that_a_training_set_repeats_do_not_hide_the_others(done: Path) -> None:
    tested = human(people(40, 77))
    trained = human(people(200, 5))
    promoted_with(done, pl.concat([trained, trained.head(10), tested]))

    found = told(done, tested)

    assert [sentence.partition(":")[0] for sentence in found] == ["40 rows of first@v1.0.0 hold what second asks"]


def test_rows_of_a_coarse_table_coincide_with_those_of_others(done: Path) -> None:
    def coarse(rows: int, seed: int) -> pl.DataFrame:
        drawn = np.random.default_rng(seed).integers(0, 30, (rows, 2))
        return pl.DataFrame({"grade": drawn[:, 0] % 10, "year": drawn[:, 1]}).with_columns(origin=pl.lit("human"))

    promoted_with(done, coarse(600, 1))

    assert told(done, coarse(200, 2)) == []
