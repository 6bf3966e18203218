"""Opens a dataset on one machine: DuckDB views for SQL, Arrow batches for the scan, rows by id."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Self

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from gates.config import memory
from gates.config.dataset import DataSource, Origins, shown_specs
from gates.data.batch import Consumer, feed
from gates.data.columns import with_written_origin
from gates.data.conversations.sql import MEDIA, media_pattern
from gates.data.duckdb.connection import connect, limit_memory
from gates.data.duckdb.index_table import DuckSortedTable, DuckTable
from gates.data.duckdb.interrupt import interrupted_at
from gates.data.duckdb.reading import stream_batches, take_rows
from gates.data.duckdb.views import (
    BUT_WRITTEN_ORIGIN,
    DuckView,
    create_views,
    file_columns_view,
    fixed_origin,
    rows_query,
    undeclared_origins,
    written_rows,
)
from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.files import DataFile, data_files, holdout_files
from gates.data.formats.staging import StagedFile, stage
from gates.data.roles import Binder, mapped_roles, role_columns
from gates.data.sql import identifier, select
from gates.data.steady_files import SteadyFiles
from gates.data.values.readings import NO_READINGS, Readings
from gates.errors import DataError, GatesError, NoRowsError, UsageError, did_you_mean
from gates.private_folder import PrivateFolder
from gates.verdict import UNDECLARED, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from gates.config.data_types import DataType
    from gates.config.deadline import Deadline
    from gates.data.arrays import Ints

__all__ = [
    "VIEWS",
    "LocalDataset",
    "QuickOpening",
    "data_files",
    "open_dataset",
    "open_holdout",
    "open_tested",
]

VIEWS: Mapping[Scope, str] = {scope: scope.value for scope in (Scope.COMBINED, Scope.HUMAN, Scope.SYNTHETIC)}


@dataclass(frozen=True)
class LocalDataset:
    """An opened dataset; a `gates.data.engine.Dataset`. Closing it ends the connection and removes what was staged.

    At the end of a `with` it raises DataError where a file changed meanwhile.

    connection: its views, named in `views`, show the columns under their roles' names with ROW_ID and ORIGIN.
    files: what is known of each file, in the order of ROW_ID's file index. where: the data's path for messages.
    undeclared_origins: names the origins that are not declared, read when it is called.
    readings: what columns read as, for whoever compares rows; views and `batches` have them as files do.
    written_origin: what the files call the origin column, where they have it and no role does. shows_written_origin: whether
    batches have it too, as WRITTEN_ORIGIN.
    """

    connection: duckdb.DuckDBPyConnection
    views: Mapping[Scope, str]
    files: tuple[FileFacts, ...]
    roles: Roles
    where: str
    undeclared_origins: Callable[[], str]
    _query: Callable[[Mapping[int, StagedFile]], str]
    _staged: Sequence[StagedFile]
    _steady: SteadyFiles
    _owned: ExitStack
    readings: Readings = NO_READINGS
    written_origin: str | None = None
    shows_written_origin: bool = False

    def batches(self, files: Collection[int] | None = None) -> Iterator[pa.RecordBatch]:
        """Every row of every origin once, ordered by file and row, in bounded batches.

        files: numbers of the files to read; no other is decoded. Raises DataError when a file turns out to be damaged.
        """
        if files is not None and not files:
            return
        with self._reader() as reader:
            yield from stream_batches(reader, self._rows if files is None else f"({self._rows_of(files)})")

    def fold(self, consumers: Iterable[Consumer], files: Collection[int] | None = None) -> None:
        """Give every row of these files, or of all, to each consumer in one pass. Raises what `batches` raises."""
        feed(self.batches(files), consumers, self.readings)

    def columns(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        with self._reader() as reader:
            yield from stream_batches(reader, f"({select(', '.join(map(identifier, names)), self._combined)})")

    def with_written_origin(self) -> LocalDataset:
        """The same rows, of which batches have the files' origin column too, as WRITTEN_ORIGIN."""
        return replace(self, shows_written_origin=self.written_origin is not None)

    def with_readings(self, readings: Readings) -> LocalDataset:
        """The same rows, whose columns read as these say."""
        return replace(self, readings=readings)

    def schema(self) -> pa.Schema:
        return self.readings.schema(self.raw_schema())

    def raw_schema(self) -> pa.Schema:
        """Names and types of the columns as files have them, ROW_ID and ORIGIN last."""
        with self._reader() as reader:
            return reader.sql(select("*", self._combined, "LIMIT 0")).to_arrow_table().schema

    def view(self, scope: Scope) -> DuckView:
        """The rows of a scope with the columns of the files alone, for Great Expectations on DuckDB."""
        return DuckView(self.connection, file_columns_view(self.connection, self.views, scope, self.written_origin))

    def is_unchanged(self, number: int) -> bool:
        """Whether a file still is the one that `files` names."""
        return self._steady.is_steady(self._staged[number].file.path)

    def take(self, row_ids: Ints, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """As `gates.data.engine.Source.take`. Raises KeyError for ids that no row has."""
        with self._reader() as reader:
            return self.readings.apply(take_rows(reader, self._combined, row_ids, columns))

    def rows(self, query: str) -> pl.DataFrame:
        """The rows of a query on the views, at least one, with ROW_ID among its columns. Raises what `batches` raises."""
        with self._reader() as reader:
            return pl.DataFrame(pa.Table.from_batches(stream_batches(reader, f"({query})")))

    def index_table(self) -> DuckTable:
        """An empty table for an entry per row; it shares the connection's memory limit."""
        return DuckTable(self._reader)

    def sorted_table(self, by: Sequence[str]) -> DuckSortedTable:
        """An empty table for what is read in the order of these columns; it shares the connection's memory limit."""
        return DuckSortedTable(self._reader, by)

    def row_counts(self) -> dict[str, int]:
        """How many rows are human, synthetic and undeclared."""
        counts = {Scope.HUMAN.value: 0, Scope.SYNTHETIC.value: 0, UNDECLARED: 0}
        origin = identifier(ORIGIN)
        with self._reader() as reader:
            rows = reader.execute(select(f"{origin}, count(*)", self._combined, f"GROUP BY {origin}")).fetchall()
        return counts | dict(rows)

    def unread_parts(self) -> dict[str, int]:
        """How many pictures, sounds, videos and files the texts of conversations have, which are not looked at."""
        texts = [name for name in self.roles.spoken if name in self.roles.texts]
        if not texts:
            return {}
        texts_together = f"concat_ws(' ', {', '.join(map(identifier, texts))})"
        counts = (
            f"coalesce(sum(len(regexp_extract_all({texts_together}, '{media_pattern(kind)}'))), 0)" for kind in MEDIA
        )
        with self._reader() as reader:
            row = reader.execute(select(", ".join(counts), self._combined)).fetchone() or ()
        return {kind: int(count) for kind, count in zip(MEDIA, row, strict=True) if count}

    def close(self) -> None:
        """Ends the connection and removes the staged files."""
        self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is None or isinstance(error, GatesError):
            self._steady.confirm()

    def _rows_of(self, files: Collection[int]) -> str:
        """SQL of the rows of these files. The empty part has the types of all files, which a part alone may not have."""
        nothing = select("*", identifier(written_rows(self.views)), "WHERE false")
        query = self._query({number: self._staged[number] for number in sorted(files)})
        rows = f"{nothing} UNION ALL {query}" if query else nothing
        is_whole = self.written_origin is None or self.shows_written_origin
        return rows if is_whole else select(BUT_WRITTEN_ORIGIN, f"({rows})")

    @property
    def _combined(self) -> str:
        return identifier(self.views[Scope.COMBINED])

    @property
    def _rows(self) -> str:
        return identifier(written_rows(self.views)) if self.shows_written_origin else self._combined

    def _reader(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A connection of its own, so that queries on `connection` do not end a running stream."""
        return reader(self.connection, self._staged, self.where)


@dataclass(frozen=True)
class QuickOpening:
    """Files opened before a deadline, and not hashed, which takes as long as to read them; Parquet costs its footer.

    is_whole: all files of the dataset are among them; otherwise columns may be missing that the configuration names,
    and required roles are refused all the same.
    """

    deadline: Deadline
    is_whole: bool = field(default=True, kw_only=True)


def open_dataset(
    config: DataSource,
    kind: DataType,
    *,
    files: Sequence[DataFile] | None = None,
    views: Mapping[Scope, str] = VIEWS,
    quick: QuickOpening | None = None,
) -> LocalDataset:
    """Opens a dataset as its configuration describes it; a context manager.

    kind: its type. files: the files at another version than the work tree, sorted by name. views: names of the views.
    quick: raises TimeUpError too. Raises UsageError for paths, columns and roles that are not there, DataError for files that cannot be read as what
    they claim to be.
    """
    return _open((config, kind), data_files(config) if files is None else files, views, quick=quick)


def open_holdout(
    config: DataSource,
    kind: DataType,
    *,
    files: Sequence[DataFile] | None = None,
) -> LocalDataset | None:
    """Opens the held-out human rows of a dataset, or None where there are none.

    kind: the type of the dataset. files: the held-out files at another version than the work tree, sorted by name.
    Every row counts as human whatever its columns say; columns other than required roles may be missing.
    Raises what `open_dataset` raises, and UsageError when the holdout lies within the dataset.
    """
    held_out = holdout_files(config) if files is None else files
    if held_out is None:
        return None
    return _open((config, kind), _of_humans(held_out), VIEWS, outside=shown_specs(config.holdout))


def open_tested(config: DataSource, kind: DataType, files: Sequence[DataFile]) -> LocalDataset:
    """Opens evaluation sets as rows of the dataset's type, as a holdout is opened. Raises what `open_holdout` raises."""
    return _open((config, kind), _of_humans(files), VIEWS, outside=shown_specs(config.evaluation))


def _of_humans(files: Sequence[DataFile]) -> list[DataFile]:
    return [replace(file, origin=Scope.HUMAN.value) for file in files]


def _open(
    typed: tuple[DataSource, DataType],
    files: Sequence[DataFile],
    views: Mapping[Scope, str],
    *,
    outside: str = "",
    quick: QuickOpening | None = None,
) -> LocalDataset:
    """outside: the paths, where the rows are no part of the dataset but a holdout or evaluation sets."""
    config, kind = typed
    is_lenient = bool(outside) or (quick is not None and not quick.is_whole)
    where = outside or config.where()
    # A holdout is human throughout: no value of its origin column means anything.
    origins = Origins((), ()) if outside else config.origins
    stack, steady = ExitStack(), SteadyFiles()
    try:
        folder = stack.enter_context(PrivateFolder())
        connection = connect(folder.path)
        stack.callback(connection.close)
        staged: list[StagedFile] = []
        without_rows: dict[str, NoRowsError] = {}
        for file in files:
            with interrupted_at(quick.deadline if quick else None, connection):
                steady.watch(file.path, file.name)
                staged.append(_stage_or_leave_out(file, folder, connection, without_rows))
        _refuse_nothing(staged, without_rows)
        if not is_lenient:
            _check_origin(config, staged, where)
        with _refused(staged, where):
            columns = role_columns(staged, config, kind)
            roles = Binder(config, kind, columns, where, is_lenient=is_lenient).roles()
            shown = with_written_origin(columns, staged, config.origin, mapped_roles(config, kind))
            query = partial(rows_query, columns=shown, origin=config.origin, origins=origins)
            create_views(connection, query(dict(enumerate(staged))), views)
        limit_memory(connection, memory.for_rows(None if outside else sum(file.rows for file in staged)))
        facts = tuple(one.facts(fixed_origin(one, config.origin, origins), is_hashed=quick is None) for one in staged)
    except BaseException as error:
        stack.close()
        if isinstance(error, GatesError):
            # Half of a file that somebody writes is wrong in many ways.
            steady.confirm()
        raise

    def undeclared() -> str:
        with reader(connection, staged, where) as cursor:
            return undeclared_origins(cursor, staged, config.origin, origins)

    opened = LocalDataset(connection, views, facts, roles, where, undeclared, query, staged, steady, stack)
    return opened if len(shown) == len(columns) else replace(opened, written_origin=config.origin)


def _stage_or_leave_out(
    file: DataFile,
    folder: PrivateFolder,
    connection: duckdb.DuckDBPyConnection,
    without_rows: dict[str, NoRowsError],
) -> StagedFile:
    """The staged file; one without columns where it holds no row, which `without_rows` then notes by name."""
    try:
        return stage(file, folder, connection)
    except NoRowsError as error:
        without_rows[file.name] = error
        return StagedFile(file, folder.path, 0, {})


def _refuse_nothing(staged: Sequence[StagedFile], without_rows: Mapping[str, NoRowsError]) -> None:
    """Raises what was noted of the first file of a path, or of a partition, none of whose files has columns."""
    for origin in {file.file.origin for file in staged}:
        files = [file for file in staged if file.file.origin == origin]
        if not any(file.types for file in files):
            raise without_rows[files[0].file.name]


@contextmanager
def reader(
    connection: duckdb.DuckDBPyConnection, files: Sequence[StagedFile], where: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor on files that were staged; what goes wrong with it is a DataError. where: the data's path for messages."""
    cursor = connection.cursor()
    try:
        with _refused(files, where):
            yield cursor
    finally:
        cursor.close()


@contextmanager
def _refused(files: Sequence[StagedFile], where: str) -> Iterator[None]:
    """What goes wrong with files that were staged is a DataError."""
    try:
        yield
    # An error in the middle of a stream comes through Arrow, as OSError.
    except (duckdb.Error, OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(error, files, where) from error


def _unreadable(error: Exception, files: Sequence[StagedFile], where: str) -> DataError:
    sentence = str(error).strip().split("\n")[0]
    if "Out of Memory" in sentence:
        return DataError(f"{where}: out of memory; raise {memory.MEMORY_OPTION}, now {memory.limit() // memory.MB}MB")
    # The longest first: one may be the beginning of another.
    for file in sorted(files, key=lambda file: -len(str(file.parquet))):
        sentence = sentence.replace(str(file.parquet), file.file.name)
    return DataError(f"{_damaged(files) or where}: cannot be read: {sentence}")


def _check_origin(config: DataSource, files: Sequence[StagedFile], where: str) -> None:
    """Raises UsageError when neither a path, nor a folder name, nor a column can say who made a row."""
    if any(file.file.origin or config.origin in file.file.hive or config.origin in file.types for file in files):
        return
    names = {name for file in files for name in (*file.types, *file.file.hive)}
    near = did_you_mean(config.origin, names)
    hint = f" ({near})" if near.startswith("did") else ""
    raise UsageError(
        f"{config.place('origin')}: no column '{config.origin}' in {where}{hint}; name the column that says who made "
        'a row with origin = "…", or give human and synthetic paths under partitions'
    )


def _damaged(files: Sequence[StagedFile]) -> str | None:
    """Name of the first file whose pages cannot be decoded, looked for only after something went wrong."""
    for file in (file for file in files if file.types):
        try:
            with pq.ParquetFile(file.parquet) as opened:
                for batch in opened.iter_batches():
                    batch.validate(full=True)
        except (OSError, pa.ArrowException):
            return file.file.name
    return None
