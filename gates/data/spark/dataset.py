"""An opened dataset whose rows are read by Spark's workers, each file by the code that reads it on one machine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import polars as pl

from gates.data.batch import Consumer
from gates.data.duckdb.dataset import LocalDataset
from gates.data.duckdb.views import written_rows
from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS
from gates.data.spark.files import FilesToRead, TakeTask, UpdateTask
from gates.data.spark.units import UNIT_ROWS, ReadUnit, units_of
from gates.errors import GatesError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gates.data.arrays import Ints
    from gates.data.spark.cluster import Cluster

# A state that comes back costs some milliseconds and a copy of what a consumer begins with, however few its rows are: more small
# files than these share parts. The driver holds the state of one part, so that many rows are more parts than these.
_PARTS, _PART_ROWS = 500, 2 * UNIT_ROWS


@runtime_checkable
class _Merging(Consumer, Protocol):
    def merge(self, other: Any) -> None: ...


@dataclass(frozen=True, kw_only=True)
class SparkDataset(LocalDataset):
    """A `gates.data.engine.Dataset`: `fold` and `take` are Spark's, and views, tables and questions DuckDB's on the driver."""

    cluster: Cluster

    def fold(self, consumers: Iterable[Consumer], files: Collection[int] | None = None) -> None:
        """Give every row of these files, or of all, to copies of the consumers on the workers, and merge them in the order of rows.

        Raises GatesError where a consumer cannot be sent or Spark fails, and what reading raises on a worker.
        """
        listed = [_merging(consumer) for consumer in consumers]
        places = [place for place, unit in enumerate(self._units) if files is None or unit.number in files]
        rows = sum(len(self._units[place].rows) for place in places)
        parts = [
            part.tolist() for part in np.array_split(places, min(len(places), max(_PARTS, rows // _PART_ROWS)) or 1)
        ]
        task = UpdateTask(self._to_read(shows_written_origin=self.shows_written_origin), listed)
        for states in self.cluster.answers(task, [part for part in parts if part]):
            for consumer, state in zip(listed, states, strict=True):
                consumer.merge(state)

    def take(self, row_ids: Ints, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """As `gates.data.engine.Source.take`. Raises KeyError for ids that no row has."""
        wanted = np.unique(np.asarray(row_ids, dtype=np.int64))
        first = np.array([(unit.number << ROWS_PER_FILE_BITS) + unit.rows.start for unit in self._units], np.int64)
        places = np.searchsorted(first, wanted, side="right") - 1
        if not len(wanted) or places[0] < 0:
            return super().take(row_ids, columns)
        parts = [(place, wanted[places == place]) for place in np.unique(places).tolist()]
        task = TakeTask(self._to_read(shows_written_origin=False), columns)
        rows = self.readings.apply(pl.concat(self.cluster.answers(task, parts)).sort(ROW_ID))
        return rows[np.searchsorted(wanted, row_ids)]

    @cached_property
    def _units(self) -> Sequence[ReadUnit]:
        """What there is to read, in the order of rows."""
        files = zip(self._staged, self.files, strict=True)
        return [
            unit for number, (staged, fact) in enumerate(files) if fact.rows for unit in units_of(number, staged, fact)
        ]

    def _to_read(self, *, shows_written_origin: bool) -> FilesToRead:
        with self._reader() as reader:
            described = reader.execute(f'DESCRIBE "{written_rows(self.views)}"').fetchall()
        return FilesToRead(
            units=self._units,
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
