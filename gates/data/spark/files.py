"""What a worker does: it reads units of files as one machine does, and feeds consumers or picks rows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from gates.config.memory import for_rows
from gates.data.batch import Consumer, feed
from gates.data.duckdb.connection import connect, limit_memory, make_readable
from gates.data.duckdb.dataset import reader
from gates.data.duckdb.reading import stream_batches, take_rows
from gates.data.duckdb.views import BUT_WRITTEN_ORIGIN
from gates.data.formats.staging import StagedFile, stage
from gates.data.spark.units import ReadUnit, confirm_bytes
from gates.data.sql import identifier, select
from gates.data.steady_files import SteadyFiles
from gates.errors import DataError
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb
    import polars as pl
    import pyarrow as pa

    from gates.data.arrays import Ints
    from gates.data.values.readings import Readings


@dataclass(frozen=True)
class FilesToRead:
    """How to read units of files by their place in a list.

    query: SQL of the rows of staged files. columns: name and DuckDB's type of each column that it has, as all files
    together have them. drops_written_origin: whether rows go without WRITTEN_ORIGIN. where: the data's path for messages.
    """

    units: Sequence[ReadUnit]
    query: Callable[[Mapping[int, StagedFile]], str]
    columns: Sequence[tuple[str, str]]
    readings: Readings
    where: str
    drops_written_origin: bool

    @contextmanager
    def opened(self, place: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """A connection and SQL of one unit's rows on it. Raises DataError where the file is not the one that the driver saw.

        Its bytes are hashed once; whether they change meanwhile is seen as on one machine, by size, times and place of the file.
        """
        unit = self.units[place]
        with PrivateFolder() as folder:
            connection = connect(folder.path)
            try:
                steady = _confirmed(unit)
                staged = stage(unit.file, folder, connection)
                limit_memory(connection, for_rows(len(unit.rows)))
                rows = self._rows(unit, staged)
                make_readable(connection, rows)
                with reader(connection, [staged], self.where) as cursor:
                    yield cursor, rows
                steady.confirm()
            finally:
                connection.close()

    def _rows(self, unit: ReadUnit, staged: StagedFile) -> str:
        """The empty part has the types of all files, which one file alone may not have."""
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in self.columns)
        part = staged if unit.is_whole else replace(staged, part=unit.rows)
        rows = f"SELECT {nothing} WHERE false UNION ALL {self.query({unit.number: part})}"
        return f"({select(BUT_WRITTEN_ORIGIN if self.drops_written_origin else '*', f'({rows})')})"


def _confirmed(unit: ReadUnit) -> SteadyFiles:
    steady, path = SteadyFiles(), unit.file.path
    try:
        steady.watch(path, unit.file.name)
        confirm_bytes(unit)
    except OSError as error:
        raise DataError(
            f"{unit.file.name}: a Spark worker cannot read {path} ({error.strerror or error}); data has to lie where driver "
            "and workers reach it under one path, such as a shared file system"
        ) from error
    return steady


@dataclass(frozen=True)
class UpdateTask:
    """Feeds consumers. consumers: as they are before the first row; each part begins with copies of its own."""

    files: FilesToRead
    consumers: Sequence[Consumer]

    def answer(self, places: Sequence[int]) -> Sequence[Consumer]:
        """The consumers, fed with all rows of the units at these places."""
        feed(chain.from_iterable(map(self._batches, places)), self.consumers, self.files.readings)
        return self.consumers

    def _batches(self, place: int) -> Iterator[pa.RecordBatch]:
        with self.files.opened(place) as (connection, rows):
            count = 0
            for batch in stream_batches(connection, rows):
                count += batch.num_rows
                yield batch
            unit = self.files.units[place]
            if count != len(unit.rows):
                raise DataError(f"{unit.file.name}: a Spark worker read {count:,} rows, expected {len(unit.rows):,}")


@dataclass(frozen=True)
class TakeTask:
    """Picks rows by their ids. columns: as in `gates.data.engine.Source.take`."""

    files: FilesToRead
    columns: Sequence[str] | None = None

    def answer(self, part: tuple[int, Ints]) -> pl.DataFrame:
        """The rows of one unit with these ids. Raises KeyError for an id that no row has."""
        place, row_ids = part
        with self.files.opened(place) as (connection, rows):
            return take_rows(connection, rows, row_ids, self.columns)
