"""An opened dataset whose rows are read by Spark's workers, each file by the code that reads it on one machine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import polars as pl

from gates.data.batch import Consumer
from gates.data.duckdb.dataset import LocalDataset
from gates.data.duckdb.views import written_rows
from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS
from gates.data.spark.files import FilesToRead, FileToRead, TakeTask, UpdateTask
from gates.errors import GatesError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from typing import Any

    from gates.data.arrays import Ints
    from gates.data.spark.cluster import Cluster

# A state that comes back costs some milliseconds and a copy of what a consumer begins with, however few its rows are.
_PARTS_AT_MOST = 500


@runtime_checkable
class _Merging(Consumer, Protocol):
    def merge(self, other: Any) -> None: ...


@dataclass(frozen=True, kw_only=True)
class SparkDataset(LocalDataset):
    """A `gates.data.engine.Dataset`: `fold` and `take` are Spark's, and views, tables and questions DuckDB's on the driver."""

    cluster: Cluster

    def fold(self, consumers: Iterable[Consumer], files: Collection[int] | None = None) -> None:
        """Give every row of these files, or of all, to copies of the consumers on the workers, and merge what comes of each.

        Files are merged in their order. Raises GatesError where a consumer cannot be sent or Spark fails, and what reading
        raises on a worker.
        """
        listed = [_merging(consumer) for consumer in consumers]
        numbers = [number for number, file in enumerate(self.files) if file.rows and (files is None or number in files)]
        parts = [part.tolist() for part in np.array_split(numbers, min(len(numbers), _PARTS_AT_MOST) or 1)]
        task = UpdateTask(self._to_read(shows_written_origin=self.shows_written_origin), listed)
        for states in self.cluster.answers(task, [part for part in parts if part]):
            for consumer, state in zip(listed, states, strict=True):
                consumer.merge(state)

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for, with ROW_ID and ORIGIN. Raises KeyError for other ids."""
        wanted = np.unique(np.asarray(row_ids, dtype=np.int64))
        numbers = wanted >> ROWS_PER_FILE_BITS
        if not len(wanted) or not self._has(numbers):
            return super().take(row_ids)
        parts = [(number, wanted[numbers == number]) for number in np.unique(numbers).tolist()]
        task = TakeTask(self._to_read(shows_written_origin=False))
        rows = self.readings.apply(pl.concat(self.cluster.answers(task, parts)).sort(ROW_ID))
        return rows[np.searchsorted(wanted, row_ids)]

    def _has(self, numbers: Ints) -> bool:
        return all(0 <= number < len(self.files) and self.files[number].rows for number in np.unique(numbers).tolist())

    def _to_read(self, *, shows_written_origin: bool) -> FilesToRead:
        with self._reader() as reader:
            described = reader.execute(f'DESCRIBE "{written_rows(self.views)}"').fetchall()
        files = [
            FileToRead(staged.file, fact.rows, fact.sha256)
            for staged, fact in zip(self._staged, self.files, strict=True)
        ]
        return FilesToRead(
            files=files,
            query=self._query,
            columns=[(str(row[0]), str(row[1])) for row in described],
            readings=self.readings,
            where=self.where,
            drops_written_origin=self.written_origin is not None and not shows_written_origin,
        )


def _merging(consumer: Consumer) -> _Merging:
    if not isinstance(consumer, _Merging):
        raise GatesError(f"{type(consumer).__name__} cannot be merged, so that Spark cannot feed it")
    return consumer


def on_spark(opened: LocalDataset, cluster: Cluster) -> SparkDataset:
    """The same dataset, whose rows the cluster's workers read."""
    parts: Sequence[str] = [one.name for one in fields(LocalDataset)]
    return SparkDataset(**{name: getattr(opened, name) for name in parts}, cluster=cluster)
