"""A large Parquet file is read in parts of whole row groups; each part is held to the driver's bytes, which are hashed once."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from gates.config.load import read_config
from gates.contract.plugins.early_exit import OWN
from gates.data.spark import units
from gates.data.spark.cluster import Cluster
from gates.data.spark.dataset import on_spark
from gates.errors import DataError
from tests.opened import open_dataset

ROWS, GROUP = 1000, 100


@pytest.fixture
def opened(tmp_path):
    row = pl.int_range(ROWS, eager=True).to_frame("a")
    rows = row.with_columns(text=pl.col("a").hash(1).cast(pl.String), origin=pl.lit("human"))
    rows.write_parquet(tmp_path / "rows.parquet", row_group_size=GROUP)
    rows.write_csv(tmp_path / "rows.csv")
    (tmp_path / "gates.toml").write_text('[datasets.notes]\ntype = "tabular"\npath = "rows.*"\n')
    with open_dataset(read_config(tmp_path / "gates.toml").datasets["notes"]) as dataset:
        yield dataset


def to_read(dataset):
    spread = on_spark(dataset, Cluster(None, is_classic=False, own=OWN))
    return spread._to_read(shows_written_origin=False)


def rows_of(files, place):
    with files.opened(place) as (connection, rows):
        return connection.sql(f"SELECT * FROM {rows}").pl()


def test_file_is_whole_where_it_is_small_or_no_parquet(opened, monkeypatch):
    assert [(one.number, len(one.rows), one.is_whole) for one in to_read(opened).units] == [
        (0, ROWS, True), (1, ROWS, True),
    ]  # fmt: skip

    monkeypatch.setattr(units, "UNIT_BYTES", 1)

    assert [one.is_whole for one in to_read(opened).units] == [True, *[False] * (ROWS // GROUP)]


@pytest.mark.parametrize(("limit", "least"), [
    ("UNIT_BYTES", 1), ("UNIT_BYTES", 2500), ("UNIT_BYTES", 4000), ("UNIT_ROWS", 1), ("UNIT_ROWS", 250),
])  # fmt: skip
def test_parts_of_a_file_are_its_rows_in_their_order(limit, least, opened, monkeypatch):
    monkeypatch.setattr(units, limit, least)

    files = to_read(opened)
    parts = [place for place, unit in enumerate(files.units) if unit.number == 1]
    starts = [(files.units[place].rows.start, files.units[place].rows.stop) for place in parts]

    assert len(parts) > 1
    assert [start for start, _ in starts] == [0, *[stop for _, stop in starts[:-1]]]
    assert starts[-1][1] == ROWS
    assert pl.concat([rows_of(files, place) for place in parts]).equals(
        opened.take(np.arange(ROWS) + (1 << 40)), null_equal=True
    )


def elsewhere(unit, path):
    """The same unit of a copy of its file."""
    shutil.copy(unit.file.path, path)
    return replace(unit, file=replace(unit.file, path=path))


def test_part_with_other_bytes_than_the_driver_saw_is_refused(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(units, "UNIT_BYTES", 1)
    changed, sound = (elsewhere(unit, tmp_path / "copy") for unit in to_read(opened).units[1:3])
    written = bytearray(changed.file.path.read_bytes())
    written[changed.spans[0][0] + 30] ^= 1
    changed.file.path.write_bytes(written)

    with pytest.raises(DataError, match=r"rows\.parquet: a Spark worker reads other bytes"):
        units.confirm_bytes(changed)
    units.confirm_bytes(sound)
    sound.file.path.write_bytes(written + b"more")
    with pytest.raises(DataError, match=r"rows\.parquet: a Spark worker reads other bytes"):
        units.confirm_bytes(sound)


def test_bytes_are_hashed_once_and_a_change_meanwhile_is_seen(opened, tmp_path, monkeypatch):
    files, hashed = to_read(opened), []
    sha256_of = units.sha256_of
    monkeypatch.setattr(units, "sha256_of", lambda path, spans: (hashed.append(path), sha256_of(path, spans))[1])

    rows_of(files, 1)
    assert hashed == [files.units[1].file.path]

    copy = elsewhere(files.units[0], tmp_path / "copy")
    with (
        pytest.raises(DataError, match=r"rows\.csv: changed while it was judged"),
        replace(files, units=[copy]).opened(0),
    ):
        copy.file.path.write_bytes(copy.file.path.read_bytes())


def test_hash_of_a_whole_file_is_that_of_its_bytes(opened):
    unit = to_read(opened).units[0]

    assert unit.sha256 == hashlib.sha256(unit.file.path.read_bytes()).hexdigest()
    with pytest.raises(DataError, match="a Spark worker reads other bytes"):
        units.confirm_bytes(replace(unit, sha256="0" * 64))


def test_file_whose_row_groups_lie_in_another_order_is_read_whole():
    parts = [(range(10), (500, 900)), (range(10, 20), (4, 500))]

    assert not units._is_in_order(parts)
    assert units._is_in_order(parts[::-1])
