"""What a worker does: it reads files as one machine does, and feeds consumers or picks rows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from gates.config.memory import for_rows
from gates.data.batch import feed
from gates.data.duckdb.connection import connect_to_read, limit_memory
from gates.data.duckdb.dataset import reader
from gates.data.duckdb.reading import stream_batches, take_rows
from gates.data.duckdb.views import BUT_WRITTEN_ORIGIN
from gates.data.files import DataFile, fingerprints
from gates.data.formats.staging import stage
from gates.data.sql import identifier, select
from gates.errors import DataError
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb
    import polars as pl
    import pyarrow as pa

    from gates.data.arrays import Ints
    from gates.data.batch import Consumer
    from gates.data.formats.staging import StagedFile
    from gates.data.values.readings import Readings


@dataclass(frozen=True)
class FileToRead:
    """A file with what the driver saw of it: its rows, and the sha256 of its bytes."""

    file: DataFile
    rows: int
    sha256: str


@dataclass(frozen=True)
class FilesToRead:
    """How to read files by their number.

    query: SQL of the rows of staged files. columns: name and DuckDB's type of each column that it has, as all files
    together have them. drops_written_origin: whether rows go without WRITTEN_ORIGIN. where: the data's path for messages.
    """

    files: Sequence[FileToRead]
    query: Callable[[Mapping[int, StagedFile]], str]
    columns: Sequence[tuple[str, str]]
    readings: Readings
    where: str
    drops_written_origin: bool

    @contextmanager
    def opened(self, number: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """A connection and SQL of one file's rows on it. Raises DataError where the file is not the one that the driver saw."""
        wanted = self.files[number]
        with PrivateFolder() as folder:
            connection = connect_to_read(folder.path)
            try:
                self._confirm(wanted)
                staged = stage(wanted.file, folder, connection)
                limit_memory(connection, for_rows(wanted.rows))
                with reader(connection, [staged], self.where) as cursor:
                    yield cursor, self._rows(number, staged)
                self._confirm(wanted)
            finally:
                connection.close()

    def _rows(self, number: int, staged: StagedFile) -> str:
        """The empty part has the types of all files, which one file alone may not have."""
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in self.columns)
        rows = f"SELECT {nothing} WHERE false UNION ALL {self.query({number: staged})}"
        return f"({select(BUT_WRITTEN_ORIGIN if self.drops_written_origin else '*', f'({rows})')})"

    def _confirm(self, wanted: FileToRead) -> None:
        name, path = wanted.file.name, wanted.file.path
        try:
            sha256, _, _ = fingerprints(path)
        except OSError as error:
            raise DataError(
                f"{name}: a Spark worker cannot read {path} ({error.strerror or error}); data has to lie where driver and "
                "workers reach it under one path, such as a shared file system"
            ) from error
        if sha256 != wanted.sha256:
            raise DataError(
                f"{name}: a Spark worker reads other bytes at {path} than the driver; expected one shared file"
            )


@dataclass(frozen=True)
class UpdateTask:
    """Feeds consumers. consumers: as they are before the first row; each part begins with copies of its own."""

    files: FilesToRead
    consumers: Sequence[Consumer]

    def answer(self, numbers: Sequence[int]) -> Sequence[Consumer]:
        """The consumers, fed with all rows of these files."""
        feed(chain.from_iterable(map(self._batches, numbers)), self.consumers, self.files.readings)
        return self.consumers

    def _batches(self, number: int) -> Iterator[pa.RecordBatch]:
        with self.files.opened(number) as (connection, rows):
            count = 0
            for batch in stream_batches(connection, rows):
                count += batch.num_rows
                yield batch
            wanted = self.files.files[number]
            if count != wanted.rows:
                raise DataError(f"{wanted.file.name}: a Spark worker read {count:,} rows, expected {wanted.rows:,}")


@dataclass(frozen=True)
class TakeTask:
    """Picks rows by their ids."""

    files: FilesToRead

    def answer(self, part: tuple[int, Ints]) -> pl.DataFrame:
        """The rows of one file with these ids. Raises KeyError for an id that no row has."""
        number, row_ids = part
        with self.files.opened(number) as (connection, rows):
            return take_rows(connection, rows, row_ids)
