"""Evaluation sets and training sets that share rows are not promoted side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.config.data_types import data_type
from gates.config.load import read_config
from gates.promotion.git.history import tag_history
from gates.promotion.git.promoted_version import openable, promoted_version
from gates.promotion.verification.findings import Finding, FindingState
from gates.promotion.verification.overlap import counterparts, overlaps, verify_overlap
from gates.run_state import no_progress
from gates.versions.changes.clean_repository import require_clean
from gates.versions.repository import open_repository
from tests.dvc_repositories import commit, git, track, write
from tests.projects import table_rows
from tests.promotions.forgeries import VERSION, date_of, retag, words_of
from tests.version_projects import put

if TYPE_CHECKING:
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.versions.changes.clean_repository import CleanRepository

SECOND = 'path = "data/second.csv"'


def overlaps_with(root: Path, tested: pl.DataFrame) -> list[str]:
    """What stands against the second dataset as an evaluation set with these rows."""
    put(root, "second", tested.write_csv())
    commit(root, "an evaluation set")
    ground = require_clean(open_repository(root))
    dataset = replace(read_config(root / "gates.toml").dataset("second"), purpose="evaluation")
    return [*shared_by(ground, dataset).values()]


def shared_by(clean: CleanRepository, dataset: DatasetConfig) -> dict[str, str]:
    files = openable(clean.repository, dataset, data_type(dataset.type), clean.version)
    return overlaps(counterparts(clean.repository, dataset.purpose), dataset.purpose, files, no_progress)


def human(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(origin=pl.lit("human"))


def test_rows_that_were_trained_on_are_counted(done: Path) -> None:
    trained = pl.read_csv(done / "data/first.csv").filter(pl.col("origin") == "human").head(3)
    assert overlaps_with(done, pl.concat([human(table_rows(40, 77)), trained])) == [
        "3 rows of first@v1.0.0 overlap with second: what was trained on cannot be tested on"
    ]


def test_other_human_rows_are_shared_with_no_promotion(done: Path) -> None:
    assert overlaps_with(done, human(table_rows(40, 77))) == []


def test_two_training_sets_may_share_rows(done: Path) -> None:
    ground = require_clean(open_repository(done))
    dataset = read_config(done / "gates.toml").dataset("second")
    assert shared_by(ground, dataset) == {}


def test_without_a_purpose_nothing_is_checked(done: Path) -> None:
    ground = require_clean(open_repository(done))
    dataset = replace(read_config(done / "gates.toml").dataset("second"), purpose=None)
    assert shared_by(ground, dataset) == {}


def test_a_dataset_that_was_promoted_for_training_does_not_become_what_is_asked(done: Path) -> None:
    ground = require_clean(open_repository(done))
    dataset = replace(read_config(done / "gates.toml").dataset("first"), purpose="evaluation")

    rows = pl.read_csv(done / "data/first.csv").height
    assert shared_by(ground, dataset) == {
        VERSION: f"{rows:,} rows of {VERSION} overlap with first: what was trained on cannot be tested on"
    }


def promoted_with(root: Path, trained: pl.DataFrame) -> None:
    """The promoted version with other rows, however it came to them."""
    put(root, "first", trained.write_csv())
    git(root, "commit", "-q", "-a", "--amend", "--no-edit")
    retag(root, VERSION, words_of(root, VERSION), target="HEAD")


def test_rows_that_a_training_set_repeats_do_not_hide_the_others(done: Path) -> None:
    tested = human(table_rows(40, 77))
    trained = human(table_rows(200, 5))
    promoted_with(done, pl.concat([trained, trained.head(10), tested]))

    finding = overlaps_with(done, tested)

    assert [sentence.partition(":")[0] for sentence in finding] == ["40 rows of first@v1.0.0 overlap with second"]


def test_rows_of_a_coarse_table_coincide_with_those_of_others(done: Path) -> None:
    def coarse(rows: int, seed: int) -> pl.DataFrame:
        drawn = np.random.default_rng(seed).integers(0, 30, (rows, 2))
        return pl.DataFrame({"grade": drawn[:, 0] % 10, "year": drawn[:, 1]}).with_columns(origin=pl.lit("human"))

    promoted_with(done, coarse(600, 1))

    assert overlaps_with(done, coarse(200, 2)) == []


@pytest.mark.parametrize("times", [2, 3])
def test_rows_of_a_training_set_that_was_repeated_whole_are_found(done: Path, times: int) -> None:
    tested = human(table_rows(40, 77))
    promoted_with(done, pl.concat([table_rows(200, 5).pipe(human), tested] * times))

    finding = overlaps_with(done, tested)

    words = f"{40 * times} rows of first@v1.0.0 overlap with second"
    assert [sentence.partition(":")[0] for sentence in finding] == [words]


def test_lists_and_structs_are_compared_by_value(done: Path) -> None:
    def items(first: int, *, swapped: bool = False) -> pl.DataFrame:
        sizes = [{"height": n, "width": 1} if swapped else {"width": 1, "height": n} for n in range(first, first + 40)]
        return human(pl.DataFrame({"tags": [["a", str(size["height"])] for size in sizes], "size": sizes}))

    write(done, "gates.toml", (done / "gates.toml").read_text().replace(".csv", ".jsonl"))
    for name, rows in (("first", items(0)), ("second", items(38, swapped=True))):
        track(done, f"data/{name}.jsonl", rows.write_ndjson())
    git(done, "add", "--all")
    git(done, "commit", "-q", "--amend", "--no-edit")
    retag(done, VERSION, words_of(done, VERSION), target="HEAD")
    clean = require_clean(open_repository(done))
    dataset = replace(read_config(done / "gates.toml").dataset("second"), purpose="evaluation")

    shared = shared_by(clean, dataset)

    assert [words.split()[0] for words in shared.values()] == ["2"]


def instructions(prompts: list[str], seed: list[str | None]) -> pl.DataFrame:
    answers = [f"answer {number} is long enough to be nobody's: {number * 7919}" for number in range(len(prompts))]
    return pl.DataFrame({"prompt": prompts, "response": answers, "seed_id": seed}).pipe(human)


def prompts(count: int, word: str) -> list[str]:
    return [f"What did {word} number {number} say?" for number in range(count)]


def test_short_prompts_and_seeds_of_an_evaluation_set_are_found_as_the_check_finds_them(done: Path) -> None:
    write(done, "gates.toml", (done / "gates.toml").read_text().replace('"tabular"', '"instruction"'))
    none = [None] * 30
    # Two rows hold a prompt, one of them was made from it as well, and a third was made from another.
    items = [*prompts(2, "Ada"), *prompts(28, "Bob")]
    promoted_with(done, instructions(items, ["exam-0", None, "exam-7", *none[3:]]))
    tested = instructions(prompts(30, "Ada"), none).with_columns(id=pl.format("exam-{}", pl.int_range(30)))

    finding = overlaps_with(done, tested.with_columns(response=pl.lit("Yes, it is so.")))

    assert [sentence.partition(":")[0] for sentence in finding] == ["3 rows of first@v1.0.0 overlap with second"]
    assert overlaps_with(done, instructions(prompts(30, "Eve"), none)) == []


def promoted_for_evaluation(gates, root: Path, rows: pl.DataFrame) -> None:
    """The second dataset, promoted as an evaluation set by somebody who does not have the tags of the first."""
    write(root, "gates.toml", (root / "gates.toml").read_text().replace(SECOND, f'{SECOND}\npurpose = "evaluation"'))
    put(root, "second", rows.write_csv())
    commit(root, "an evaluation set")
    names = git(root, "tag", "-l", "first*").split()
    kept = {name: git(root, "rev-parse", name) for name in names}
    git(root, "tag", "-d", *names)
    for words in (("check", "second", "--quiet"), ("promote", "second", "--stage", "staging")):
        called = gates(root, *words)
        assert called.code == 0, called.out + called.err
    for name, made in kept.items():
        git(root, "update-ref", f"refs/tags/{name}", made)


def looked_for(root: Path) -> list[Finding]:
    repository = open_repository(root)
    history = tag_history(repository, "second", "")
    return [*verify_overlap(promoted_version(repository, history.versions[0]), is_rerun=True)]


def test_verify_asks_again_what_was_shared_when_an_evaluation_set_was_promoted(gates, done: Path) -> None:
    trained = pl.read_csv(done / "data/first.csv").filter(pl.col("origin") == "human").head(3)
    promoted_for_evaluation(gates, done, pl.concat([human(table_rows(300, 77)), trained]))
    words = "3 rows of first@v1.0.0 overlap with second: what was trained on cannot be tested on"
    unseen = "overlap: whether it shares rows with first@v1.0.0 takes reading all of them: --rerun looks"

    called = gates(done, "verify", "second@v1.0.0")

    assert (called.code, unseen in called.out) == (0, True), called.out + called.err
    assert looked_for(done) == [Finding("second@v1.0.0", "overlap", FindingState.WRONG, words)]
    # Of the first, nothing that it could share rows with stood when it was promoted.
    assert "overlap" not in gates(done, "verify", VERSION).out
    # What had been taken back by then was nobody's training set any more.
    retag(done, "first@v1.0.0!", "taken back", date=date_of(done, VERSION))
    assert looked_for(done) == []


def test_what_shares_nothing_holds_again(gates, done: Path) -> None:
    promoted_for_evaluation(gates, done, human(table_rows(300, 77)))

    assert looked_for(done) == [Finding("second@v1.0.0", "overlap", FindingState.VERIFIED)]
