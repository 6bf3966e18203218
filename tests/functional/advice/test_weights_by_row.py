"""`gates weights --method rows`: rows of a source that lie where no human rows do count less, where that helps."""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.functional.advice.test_weights import CONFIG, rows

COLUMNS = 40


def wide(count, rng, shift=0.0):
    """Rows of a logistic law of many columns, from which few rows teach little; shifted ones have a label of their own."""
    values = rng.normal(size=(count, COLUMNS))
    score = values @ np.linspace(1.5, -1.5, COLUMNS)
    values[:, 0] += shift
    labels = (rng.random(count) < 1 / (1 + np.exp(-score))) & (shift == 0)
    frame = pl.DataFrame(values.round(3), schema=[f"x{number}" for number in range(COLUMNS)])
    return frame.with_columns(label=pl.Series(np.where(labels, "yes", "no")))


def source_of_two_laws(human, near, far):
    """Human rows, and a source of which a fifth is far away."""
    rng = np.random.default_rng(4)
    parts = [wide(human, rng), wide(near, rng), wide(far, rng, shift=6.0)]
    origins = [("human", None), ("synthetic", "half"), ("synthetic", "half")]
    return pl.concat(
        one.with_columns(origin=pl.lit(origin), generator=pl.lit(name, dtype=pl.String))
        for one, (origin, name) in zip(parts, origins, strict=True)
    )


def written(root, gates, frame):
    (root / "data").mkdir()
    (root / "gates.toml").write_text(CONFIG)
    frame.write_parquet(root / "data/rows.parquet")
    called = gates(root, "weights", "rows", "--method", "rows", "--learner", "logistic")
    assert called.code == 0, called.err
    return called.out, pl.read_parquet(root / "promotions/rows/weights.parquet")


def test_rows_far_from_human_ones_count_less_or_not_at_all(tmp_path, gates):
    out, frame = written(tmp_path, gates, source_of_two_laws(human=150, near=800, far=200))

    made = frame.filter(pl.col("source") == "half")["weight"].to_numpy()
    near, far = made[:800], made[800:]
    assert frame.filter(pl.col("source") == "human")["weight"].unique().to_list() == [1.0]
    assert "no weights per row" not in out
    assert near.mean() > 3 * far.mean()


def test_rows_that_nothing_tells_apart_count_the_same(tmp_path, gates):
    out, frame = written(tmp_path, gates, rows(110, good=0.0))

    assert frame.filter(pl.col("source") == "good")["weight"].n_unique() == 1
    assert "good: no weights per row: no gain shown" in out
