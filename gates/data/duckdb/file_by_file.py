"""Opens files of a dataset one at a time, under the columns that all files known by then give, before a deadline."""

from __future__ import annotations

import shutil
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from gates.config.deadline import TimeUpError
from gates.data.duckdb.dataset import check_origin, connect, reader
from gates.data.duckdb.reading import stream_batches
from gates.data.duckdb.views import rows_query
from gates.data.formats.staging import stage
from gates.data.roles import Binder, role_columns
from gates.data.sql import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig
    from gates.config.deadline import Deadline
    from gates.data.columns import Column
    from gates.data.facts import Roles
    from gates.data.files import DataFile
    from gates.data.formats.staging import StagedFile

# Nobody notices a delay this short, and interrupts so far apart cost nothing.
_AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class FileByFile:
    """Files of a dataset in the order of ROW_ID's file index; `roles` and the columns are those of all of them."""

    files: Sequence[StagedFile]
    roles: Roles
    _config: DatasetConfig
    _columns: Sequence[Column]
    _connection: duckdb.DuckDBPyConnection

    def column_types(self) -> dict[str, str]:
        """Arrow type of each column, the same for every file."""
        return {column.name: str(column.kind) for column in self._columns}

    def batches(self, number: int) -> Iterator[pa.RecordBatch]:
        """Every row of one file once, in order, with ROW_ID and ORIGIN.

        Raises DataError when the file turns out to be damaged.
        """
        file = self.files[number]
        # SQL knows no type of a column that this file lacks; the empty part has those that other files give.
        nothing = select("*", f"({self._rows_of(dict(enumerate(self.files)))})", "WHERE false")
        query = f"({nothing} UNION ALL {self._rows_of({number: file})})"
        with reader(self._connection, [file], self._config.where()) as cursor:
            yield from stream_batches(cursor, query)

    def _rows_of(self, files: Mapping[int, StagedFile]) -> str:
        return rows_query(files, self._columns, self._config.origin, self._config.origins)


@contextmanager
def open_file_by_file(
    config: DatasetConfig,
    kind: DataType,
    files: Iterable[DataFile],
    deadline: Deadline,
    *,
    is_lenient: bool = False,
) -> Iterator[FileByFile]:
    """Opens files of a dataset of this type, sorted by name. Parquet costs its footer; every other format is read whole here.

    is_lenient: not all files of the dataset are among them, so that columns may be missing that the configuration
    names; required roles are refused all the same. Raises what `open_dataset` raises, and TimeUpError.
    """
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="gates-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        connection = connect(folder)
        stack.callback(connection.close)
        staged = []
        for number, file in enumerate(files):
            deadline.check()
            with _interrupted_at(deadline, connection):
                staged.append(stage(file, folder, number, connection))
        if not is_lenient:
            check_origin(config, staged, config.where())
        columns = role_columns(staged, config, kind)
        roles = Binder(config, kind, columns, config.where(), is_lenient=is_lenient).roles()
        yield FileByFile(staged, roles, config, columns, connection)


@contextmanager
def _interrupted_at(deadline: Deadline, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Ends a query that runs at the deadline or later, with TimeUpError."""
    is_over = threading.Event()

    def interrupt() -> None:
        wait = min(max(0.0, deadline.left()), threading.TIMEOUT_MAX)
        # An interrupt between two queries is lost.
        while not is_over.wait(wait):
            connection.interrupt()
            wait = _AGAIN_SECONDS

    watch = threading.Thread(target=interrupt, daemon=True)
    watch.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TimeUpError from error
    finally:
        is_over.set()
        watch.join()
