"""`gates weights` on files: what each source counts, the file that is written, and when there is nothing to weigh."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

CONFIG = """\
[datasets.rows]
path = "data/rows.parquet"
type = "tabular"
purpose = "finetune"
label = "label"
columns = { generator = "generator" }
"""
HUMAN, MADE = 120, 400


def labelled(count, rng, flipped=0.0):
    """Rows of one logistic law, of which a share has the other label."""
    values = rng.normal(size=(count, 6)).round(3)
    score = values @ np.array([2.0, -2, 1.5, -1.5, 1, -1])
    labels = (rng.random(count) < 1 / (1 + np.exp(-score))) ^ (rng.random(count) < flipped)
    frame = pl.DataFrame(values, schema=[f"x{number}" for number in range(6)])
    return frame.with_columns(label=pl.Series(np.where(labels, "yes", "no")))


def rows(human=HUMAN, **flipped):
    """Human rows, and those of generators that flip a share of the labels."""
    rng = np.random.default_rng(3)
    parts = [labelled(human, rng).with_columns(origin=pl.lit("human"), generator=pl.lit(None, dtype=pl.String))]
    parts += [
        labelled(MADE, rng, share).with_columns(origin=pl.lit("synthetic"), generator=pl.lit(name))
        for name, share in flipped.items()
    ]
    return pl.concat(parts)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "gates.toml").write_text(CONFIG)
    rows(good=0.0, noise=0.5).write_parquet(tmp_path / "data/rows.parquet")
    return tmp_path


def weights_of(root):
    return pl.read_parquet(root / "promotions/rows/weights.parquet")


def test_source_that_helps_has_a_weight_and_noise_has_none(project, gates):
    called = gates(project, "weights", "rows")

    frame = weights_of(project)
    by_source = dict(frame.group_by("source").agg(pl.col("weight").unique()).iter_rows())
    assert called.code == 0, called.err
    assert by_source["human"] == [1.0]
    assert by_source["noise"] == [0.0]
    assert 0 < by_source["good"][0] <= 1
    assert "no gain over human rows alone was shown" in called.out
    assert "health: 5 of 5 checks pass" in called.out
    # In the order of the dataset, so that the column is a sample_weight as it stands.
    data = pl.read_parquet(project / "data/rows.parquet")
    assert frame["origin"].to_list() == data["origin"].to_list()
    assert frame["row"].to_list() == list(range(1, data.height + 1))
    assert frame["digest"].str.starts_with("sha256:").all()


def test_rows_of_no_or_a_small_generator_count_nothing_and_are_named(project, gates):
    frame = rows(300, good=0.0, noise=0.5).with_row_index("number")
    few = pl.col("number") % 4 == 0
    small = pl.when(few & (pl.col("generator") == "noise")).then(pl.lit("small"))
    nobody = pl.when(few & (pl.col("generator") == "good")).then(None)
    frame.with_columns(generator=small.otherwise(nobody.otherwise(pl.col("generator")))).drop("number").write_parquet(
        project / "data/rows.parquet"
    )

    called = gates(project, "weights", "rows", "--learner", "logistic")

    assert called.code == 0, called.err
    assert "100 rows; rows that name no generator are no source" in called.out
    assert "100 rows; fewer rows than a source is measured from" in called.out
    unmeasured = weights_of(project).filter(pl.col("source").is_in(["(no generator)", "small"]))
    assert (unmeasured.height, unmeasured["weight"].max()) == (200, 0.0)


def test_same_rows_and_seed_give_the_same_bytes_that_name_what_they_are_about(project, gates):
    gates(project, "weights", "rows", "--learner", "logistic", "--output", "one.parquet")
    gates(project, "weights", "rows", "--learner", "logistic", "--output", "two.parquet")

    assert (project / "one.parquet").read_bytes() == (project / "two.parquet").read_bytes()
    head = json.loads(pq.read_schema(project / "one.parquet").metadata[b"gates"])
    assert (head["dataset"], head["method"], head["seed"], head["schema_version"]) == ("rows", "source", 0, 1)
    assert len(head["rows_sha256"]) == len(head["digest"]) == 64


def test_noise_alone_gives_no_gain_which_is_an_answer(project, gates):
    rows(noise=0.5).write_parquet(project / "data/rows.parquet")

    called = gates(project, "weights", "rows", "--learner", "logistic")

    assert called.code == 0
    assert "no gain here: train on the human rows alone" in called.out
    assert weights_of(project).filter(pl.col("weight") > 0)["origin"].unique().to_list() == ["human"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda root: (root / "gates.toml").write_text(CONFIG.replace('label = "label"\n', "")),
            "no label is declared",
        ),
        (lambda root: rows(human=20, good=0.0).write_parquet(root / "data/rows.parquet"), "20 human rows"),
        (
            lambda root: rows(good=0.0).filter(pl.col("origin") != "human").write_parquet(root / "data/rows.parquet"),
            "there is no human row",
        ),
    ],
)
def test_what_cannot_be_weighed_is_a_sentence_and_no_file(project, gates, change, message):
    change(project)

    called = gates(project, "weights", "rows")

    assert called.code == 3
    assert message in called.err
    assert not (project / "promotions").exists()


def test_raking_gives_people_the_declared_shares(project, gates):
    (project / "gates.toml").write_text(CONFIG + 'population = "people.csv"\n')
    (project / "people.csv").write_text("dimension,level,share,source\nlabel,yes,0.7,census\nlabel,no,0.3,census\n")

    called = gates(project, "weights", "rows", "--method", "raking")

    human = weights_of(project).filter(pl.col("origin") == "human")
    labels = pl.read_parquet(project / "data/rows.parquet").filter(pl.col("origin") == "human")["label"]
    yes = float(human.filter(labels == "yes")["weight"].sum()) / float(human["weight"].sum())
    assert called.code == 0, called.err
    assert yes == pytest.approx(0.7, abs=1e-3)
    assert float(human["weight"].mean()) == pytest.approx(1, abs=1e-3)


def test_shares_that_few_people_would_stand_for_are_not_written(project, gates):
    (project / "gates.toml").write_text(CONFIG + 'population = "people.csv"\n')
    (project / "people.csv").write_text("dimension,level,share,source\nkind,rare,0.9,x\nkind,usual,0.1,x\n")
    frame = rows(good=0.0)
    frame = frame.with_columns(kind=pl.Series(["rare"] * 3 + ["usual"] * (frame.height - 3)))
    frame.write_parquet(project / "data/rows.parquet")

    called = gates(project, "weights", "rows", "--method", "raking")

    assert called.code == 1
    assert "health: 2 of 5 checks pass" in called.out
    assert "nothing written" in called.err
    assert not (project / "promotions").exists()


def test_raking_without_a_population_is_a_wrong_call(project, gates):
    called = gates(project, "weights", "rows", "--method", "raking")

    assert called.code == 2
    assert "no population is declared" in called.err


def test_weights_among_the_data_are_refused(project, gates):
    called = gates(project, "weights", "rows", "--output", "data/weights.parquet")

    assert called.code == 2
    assert "lies among the data" in called.err
