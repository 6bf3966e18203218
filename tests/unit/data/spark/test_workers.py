"""What a worker refuses, what it sends back, and in which order the driver takes it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from gates.config.load import read_config
from gates.contract.plugins.early_exit import OWN
from gates.data.batch import OnBatch
from gates.data.scan.index import IndexBuilder
from gates.data.spark.cluster import Cluster, reason_of
from gates.data.spark.dataset import on_spark
from gates.data.spark.messages import packed, pieces_of_answer, versions_here, whole_answers
from gates.errors import DataError, GatesError
from tests.opened import open_dataset


@dataclass(frozen=True)
class Repeat:
    """Answers with many letters, or raises."""

    def answer(self, part):
        if isinstance(part, Exception):
            raise part
        return part * (40 << 20)


@dataclass
class HereInPieces:
    """Workers in this process, whose rows come back last part first, each from its last piece."""

    pieces: list = field(default_factory=list)

    def range(self, _start, count, _step, _partitions):
        self.parts = range(count)
        return self

    def mapInArrow(self, run, _columns):  # noqa: N802  # as Spark has it
        batches = [SimpleNamespace(column=lambda _at: SimpleNamespace(to_pylist=lambda: list(self.parts)))]
        rows = [SimpleNamespace(**row) for batch in run(batches) for row in batch.to_pylist()]
        self.pieces = rows[::-1]
        return self

    def toLocalIterator(self):  # noqa: N802  # as Spark has it
        return iter(self.pieces)


def answers(session, parts, task=None):
    return list(Cluster(session, is_classic=False, own=OWN).answers(task or Repeat(), parts))


def opened(root, frames):
    (root / "rows").mkdir()
    for name, frame in frames.items():
        frame.write_parquet(root / "rows" / f"{name}.parquet")
    (root / "gates.toml").write_text('[datasets.notes]\ntype = "tabular"\npath = "rows"\n')
    return open_dataset(read_config(root / "gates.toml").datasets["notes"])


def two_files(root):
    first = pl.DataFrame({"a": [1, 2], "origin": ["human", "synthetic"]})
    return opened(root, {"0": first, "1": pl.DataFrame({"a": [3.5], "b": ["x"], "origin": ["human"]})})


def test_answers_come_in_the_order_of_parts_and_whole_however_pieces_arrive():
    session = HereInPieces()

    assert [(one[0], len(one)) for one in answers(session, ["a", "b"])] == [("a", 40 << 20), ("b", 40 << 20)]
    assert len(session.pieces) == 6


def test_answers_that_wait_for_their_turn_wait_on_disk(tmp_path):
    pieces = [
        SimpleNamespace(**row)
        for number, part in enumerate("ab")
        for batch in pieces_of_answer(packed(Repeat(), OWN), versions_here(), number, part)
        for row in batch.to_pylist()
    ]

    whole = list(whole_answers(pieces[::-1], tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
    assert [(number, answer() == part * (40 << 20)) for (number, answer), part in zip(whole, "ba", strict=True)] == [
        (1, True), (0, True),
    ]  # fmt: skip
    assert not list(tmp_path.iterdir())


def test_missing_answers_are_no_answer():
    class Losing(HereInPieces):
        def toLocalIterator(self):  # noqa: N802  # as Spark has it
            return iter(self.pieces[1:])

    with pytest.raises(GatesError, match="Spark answered for 0 of 1 parts of the data"):
        answers(Losing(), ["a"])


@pytest.mark.parametrize("error", [DataError("rows.csv:3: no number"), KeyError("no row has the id 7")])
def test_what_a_worker_raises_is_raised_on_the_driver(error):
    with pytest.raises(type(error), match=str(error.args[0])):
        answers(HereInPieces(), [error])


def test_worker_with_another_version_of_a_library_is_refused(tmp_path):
    pieces = pieces_of_answer(packed(Repeat(), OWN), {**versions_here(), "polars": "1.0.0"}, 0, "a")
    rows = [SimpleNamespace(**row) for batch in pieces for row in batch.to_pylist()]

    with pytest.raises(GatesError, match=r"a Spark worker has polars .*, the driver 1.0.0; install the same on both"):
        [answer() for _, answer in whole_answers(rows, tmp_path)]


def test_what_cannot_be_sent_is_refused_before_any_row_is_read():
    with pytest.raises(GatesError, match=r"cannot be sent to Spark's workers: .*; leave out --engine spark"):
        packed((one for one in ()), OWN)


def test_consumer_that_cannot_be_merged_is_refused(tmp_path):
    with two_files(tmp_path) as dataset:
        spread = on_spark(dataset, Cluster(HereInPieces(), is_classic=False, own=OWN))

        with pytest.raises(GatesError, match="OnBatch cannot be merged, so that Spark cannot feed it"):
            spread.fold([OnBatch(print)])


def test_files_are_read_with_the_types_that_all_of_them_have(tmp_path):
    with two_files(tmp_path) as dataset:
        spread = on_spark(dataset, Cluster(HereInPieces(), is_classic=False, own=OWN))
        here, spread_out = (IndexBuilder(dataset.roles, dataset.index_table()) for _ in range(2))
        dataset.fold([here])
        spread.fold([spread_out])

        for name in ("row_id", "digest", "whole"):
            ours, theirs = (pa.Table.from_batches(one.table.columns(name)).column(0) for one in (here, spread_out))
            assert ours.equals(theirs)
        wanted = np.array([1 << 40, 1, 1, 0])
        assert spread.take(wanted).equals(dataset.take(wanted))
        for columns in (["a"], ["a", "a"], []):
            assert spread.take(wanted, columns).equals(dataset.take(wanted, columns))
        assert spread.take(wanted[:0]).schema == dataset.take(wanted[:0]).schema
        for missing in (np.array([2]), np.array([5 << 40])):
            with pytest.raises(KeyError, match="no row has the id"):
                spread.take(missing)


def test_worker_that_sees_other_bytes_or_no_file_is_refused(tmp_path):
    with two_files(tmp_path) as dataset:
        files = on_spark(dataset, Cluster(None, is_classic=False, own=OWN))._to_read(shows_written_origin=False)
        other = replace(files, units=[replace(files.units[0], sha256="0" * 64)])
        gone = replace(files.units[0], file=replace(files.units[0].file, path=tmp_path / "elsewhere.parquet"))

        with (
            pytest.raises(
                DataError, match=r"rows/0.parquet: a Spark worker reads other bytes at .*rows/0.parquet than the driver"
            ),
            other.opened(0),
        ):
            pass
        with (
            pytest.raises(
                DataError, match=r"a Spark worker cannot read .*elsewhere.parquet \(No such file or directory\)"
            ),
            replace(files, units=[gone]).opened(0),
        ):
            pass


def test_tables_travel_as_rows_and_empty_ones_as_tables(tmp_path):
    with two_files(tmp_path) as dataset:
        table = pickle.loads(pickle.dumps(dataset.index_table()))
        rows = pl.DataFrame({"row_id": [2, 1], "digest": [5, 6]}).to_arrow()
        table.append(rows)

        sent = pickle.loads(pickle.dumps(table))

        assert pl.DataFrame(next(sent.columns("digest")))["digest"].to_list() == [6, 5]
        assert pl.DataFrame(next(sent.in_order()))["row_id"].to_list() == [1, 2]


def test_reason_is_the_error_of_a_worker_and_not_its_traceback():
    text = (
        "An exception was thrown from the Python worker.\nTraceback (most recent call last):\n  File x\nValueError: no"
    )

    assert reason_of(RuntimeError(text)) == "ValueError: no"
    assert "no gates; install origin-gates[spark]" in reason_of(
        RuntimeError("x\nModuleNotFoundError: No module named 'gates'")
    )
    assert reason_of(RuntimeError("")) == "RuntimeError"
