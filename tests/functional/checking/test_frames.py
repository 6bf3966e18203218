"""`gates.check` on frames in memory: the verdict that files with these rows get, whichever library holds them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import gates
from gates.verdicts.from_json import verdict_of
from tests.projects import ROWS, mixed, table_rows


@pytest.fixture(scope="module")
def human():
    return table_rows(ROWS, seed=1)


@pytest.fixture(scope="module")
def synthetic():
    return table_rows(ROWS, seed=11)


def judged(verdict):
    """What a verdict says but for the files."""
    return [check.judged_on() for check in verdict.checks], dict(verdict.rows), verdict.answer


def test_frame_is_judged_as_the_file_with_its_rows(human, synthetic, tmp_path):
    holdout = table_rows(ROWS, seed=21)
    mixed(human, synthetic).write_parquet(tmp_path / "rows.parquet")
    holdout.write_parquet(tmp_path / "holdout.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.table]\ntype = "tabular"\npath = "rows.parquet"\nholdout = "holdout.parquet"\n'
        'purpose = "finetune"\nlabel = "grade"\n'
    )

    of_file = gates.check(config=tmp_path)
    of_frame = gates.check(mixed(human, synthetic), holdout=holdout, purpose="finetune", label="grade")

    assert judged(of_frame) == judged(of_file)
    assert of_frame.rows == {"human": ROWS, "synthetic": ROWS, "undeclared": 0}
    assert not list(Path(tempfile.gettempdir()).glob("gates-frame-*"))


def test_same_rows_have_one_digest_whoever_holds_them(human, synthetic):
    first = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])
    categories = [frame.with_columns(pl.col("town").cast(pl.Categorical)) for frame in (human, synthetic)]
    tables = [frame.to_arrow() for frame in (human, synthetic)]
    in_pieces = [pa.Table.from_batches(table.to_batches(max_chunksize=7)) for table in tables]
    frames = [frame.to_pandas().sample(frac=1, random_state=1).sort_index() for frame in (human, synthetic)]

    for pair in (categories, tables, in_pieces, frames):
        assert gates.check(human=pair[0], synthetic=pair[1], only=["human_ratio"]).digest() == first.digest()
    other = human.with_columns(pl.col("income") + 1.0)
    assert gates.check(human=other, synthetic=synthetic, only=["human_ratio"]).digest() != first.digest()


def test_stream_of_many_pieces_is_every_row_in_order(tmp_path):
    from gates.data.formats import frames

    table = pl.DataFrame({"a": range(50_000)}).to_arrow()
    sizes = (1, 0, 19_999, 3, 20_000, 9_997)
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    batches = [
        table.slice(start, size).combine_chunks().to_batches() for start, size in zip(starts, sizes, strict=True)
    ]

    rows = frames.write_batches([batch for one in batches for batch in one], table.schema, tmp_path / "a")

    assert rows == 50_000
    assert pl.read_parquet(tmp_path / "a")["a"].to_list() == list(range(50_000))


def test_flawed_frame_fails_and_raises_nothing(human):
    verdict = gates.check(human=human, synthetic=pl.concat([table_rows(1, seed=31)] * ROWS))

    assert verdict.answer is gates.Answer.FAIL
    assert not verdict.is_partial


def test_verdict_on_a_frame_says_so_and_is_read_back(human, synthetic):
    verdict = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])

    assert verdict.data["in_memory"] is True
    assert verdict_of(verdict.to_json()).digest() == verdict.digest()


@pytest.mark.parametrize(("rows", "keys", "sentence"), [
    (None, {"type": "text"}, "give a frame of all rows, or human= and synthetic="),
    ("frame", {"human": "frame"}, "give a frame of all rows, or human= and synthetic="),
    ("frame", {"config": "."}, "and not both"),
    ("name", {"label": "grade"}, "and not both"),
    ("frame", {"lable": "grade"}, r"gates\.check:3: dataset 'frame': unknown key 'lable' \(did you mean 'label'"),
    ("frame", {"path": "rows.csv"}, "'path' names files, and a frame has none"),
    ("frame", {"type": "tabula"}, "'tabula'"),
    ("frame", {"label": object()}, "object is no value of a dataset's table"),
    ([1, 2], {}, "rows is a list; expected a frame of pandas, polars, pyarrow, Spark"),
])  # fmt: skip
def test_what_makes_no_dataset_is_refused_with_a_sentence(rows, keys, sentence, human, synthetic):
    frame = mixed(human, synthetic)
    given = {name: frame if value == "frame" else value for name, value in keys.items()}

    with pytest.raises(gates.GatesError, match=sentence):
        gates.check(frame if rows == "frame" else rows, **given)
