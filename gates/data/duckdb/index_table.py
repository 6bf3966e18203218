"""Tables beside the rows in DuckDB: what they hold, and what order and groups take, spills to disk beyond the memory limit."""

from __future__ import annotations

import itertools
import weakref
from contextlib import AbstractContextManager, closing, suppress
from typing import TYPE_CHECKING, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from gates.config.memory import entries_bytes, for_rows
from gates.data.duckdb.connection import connect, limit_memory
from gates.data.sql import identifier, select
from gates.errors import GatesError
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gates.data.arrays import Ints
    from gates.data.engine import Grouped

    Reader = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]

T = TypeVar("T")
_NUMBERS = itertools.count()
_BATCH_ROWS = 100_000
# Rows are written together: a statement costs as much as writing 60,000 entries, and as many entries take 8 MB.
_WRITTEN_ROWS, _WRITTEN_BYTES = 200_000, 16 << 20
_ROWS, _MASKS = "_gates_rows", "_gates_masks"
_ROW_ID, _POSITION = "row_id", "position"


class DuckSortedTable:
    """A `gates.data.engine.SortedTable`. reader: a connection per question, to the database that holds the table."""

    def __init__(self, reader: Reader, by: Sequence[str]) -> None:
        self._reader, self._columns = reader, tuple(by)
        self._by = ", ".join(f"{identifier(name)} NULLS FIRST" for name in by)
        self._name = f"_gates_table_{next(_NUMBERS)}"
        weakref.finalize(self, _drop, reader, self._name).atexit = False
        self._waiting: list[pa.Table] = []
        self._waiting_bytes = self._rows = self._written = 0
        self._is_sorted = True

    def append(self, rows: pa.RecordBatch | pa.Table) -> None:
        if not rows.num_rows:
            return
        self._waiting.append(rows if isinstance(rows, pa.Table) else pa.Table.from_batches([rows]))
        self._waiting_bytes += rows.nbytes
        self._rows += rows.num_rows
        self._is_sorted = False
        if self._is_full():
            self._write()

    def in_order(self) -> Iterator[pa.RecordBatch]:
        """All rows by the columns that the table was made for, missing values first, in bounded batches."""
        if self._rows:
            with self._reader() as connection:
                yield from connection.sql(select("*", self._sorted())).to_arrow_reader(_BATCH_ROWS)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        """In another process: an empty table of that process, or the rows of this one to be read and appended there."""
        if not self._rows:
            return _empty_table, (type(self), self._columns)
        return TableRows, (pa.Table.from_batches(self.in_order()),)

    def _is_full(self) -> bool:
        """Whether what waits is to be written before more comes."""
        return self._rows - self._written >= _WRITTEN_ROWS or self._waiting_bytes > _WRITTEN_BYTES

    def _write(self) -> None:
        """Bring into the table what waits for it."""
        if not self._waiting:
            return
        with self._reader() as connection:
            connection.register(_ROWS, pa.concat_tables(self._waiting, promote_options="permissive"))
            into = f"INSERT INTO {self._name}" if self._written else f"CREATE TABLE {self._name} AS"
            connection.execute(f"{into} {select('*', _ROWS)}")
        self._waiting, self._waiting_bytes, self._written = [], 0, self._rows

    def _sorted(self) -> str:
        """The table's name; its rows stand in order from now on."""
        self._write()
        if not self._is_sorted:
            with self._reader() as connection:
                ordered = f"{self._name}_sorted"
                connection.execute(f"CREATE TABLE {ordered} AS {select('*', self._name, f'ORDER BY {self._by}')}")
                connection.execute(f"DROP TABLE {self._name}")
                connection.execute(f"ALTER TABLE {ordered} RENAME TO {self._name}")
            self._is_sorted = True
        return self._name


class DuckTable(DuckSortedTable):
    """A `gates.data.engine.IndexTable`, in the order of row ids.

    As long as entries fit they stay in memory, where columns are read; whoever asks for groups has them written first.
    """

    def __init__(self, reader: Reader, _by: Sequence[str] = (_ROW_ID,)) -> None:
        super().__init__(reader, [_ROW_ID])
        self._last, self._bytes_in_memory = -1, entries_bytes()

    def append(self, rows: pa.RecordBatch | pa.Table) -> None:
        row_id = rows.column(_ROW_ID).to_numpy()
        if not len(row_id):
            return
        is_next = self._is_sorted and bool(row_id[0] > self._last and (row_id[1:] > row_id[:-1]).all())
        super().append(rows)
        self._last, self._is_sorted = max(self._last, int(row_id.max())), is_next

    def __len__(self) -> int:
        return self._rows

    def columns(self, *names: str, row_ids: tuple[int, int] | None = None) -> Iterator[pa.RecordBatch]:
        if not self._written:
            return self._in_memory(names, row_ids)
        where = [] if row_ids is None else [f"WHERE {_ROW_ID} >= {row_ids[0]} AND {_ROW_ID} < {row_ids[1]}"]
        return self._ask(select(", ".join(map(identifier, names)), self._sorted(), *where))

    def group(self, question: Grouped) -> Iterator[pa.RecordBatch]:
        """The groups with a row under a mask, in no order; `Grouped` says what is known of each."""
        columns = [*map(identifier, (*question.keys, *question.numbers))]
        for name in question.masks:
            rows = f"FILTER ({identifier(name)})"
            columns.append(f"count(*) {rows} AS {identifier(name)}")
            columns.append(f"coalesce(min({_POSITION}) {rows}, -1) AS {identifier(f'{name}_first')}")
        return self._ask(self._groups(question, ", ".join(columns)), question)

    def members(self, question: Grouped) -> Iterator[Ints]:
        """Positions of all rows, under a mask or not, of the groups that `group` has, in no order; numbers are no keys here."""
        keys = ", ".join(map(identifier, question.keys))
        groups = f"({self._groups(question, keys)}) AS groups"
        rows = f"({select(f'rowid AS {_POSITION}, {keys}', self._sorted())}) AS entries"
        query = select(_POSITION, f"{rows} SEMI JOIN {groups} USING ({keys})")
        return (batch.column(0).to_numpy() for batch in self._ask(query, question))

    def ranks(self, keys: Sequence[str], by: str) -> Iterator[tuple[Ints, Ints]]:
        """Positions of the rows whose keys another row has too, and how many of these come before it by a column, then by row id."""
        listed = ", ".join(map(identifier, keys))
        groups = select(listed, self._sorted(), f"GROUP BY {listed} HAVING count(*) > 1")
        rows = f"({select(f'rowid AS {_POSITION}, {listed}, {identifier(by)}', self._sorted())}) AS entries"
        rank = f"row_number() OVER (PARTITION BY {listed} ORDER BY {identifier(by)}, {_POSITION}) - 1"
        query = select(f"{_POSITION}, {rank}", f"{rows} SEMI JOIN ({groups}) AS groups USING ({listed})")
        return ((batch.column(0).to_numpy(), batch.column(1).to_numpy()) for batch in self._ask(query))

    def _is_full(self) -> bool:
        return super()._is_full() and (self._written > 0 or self._waiting_bytes > self._bytes_in_memory)

    def _sorted(self) -> str:
        if not self._written:
            self._sort_in_memory()
        return super()._sorted()

    def _sort_in_memory(self) -> None:
        if not self._is_sorted:
            rows = pa.concat_tables(self._waiting, promote_options="permissive")
            order = np.argsort(rows.column(_ROW_ID).to_numpy(), kind="stable")
            self._waiting, self._is_sorted = [rows.take(pa.array(order))], True

    def _in_memory(self, names: Sequence[str], row_ids: tuple[int, int] | None) -> Iterator[pa.RecordBatch]:
        """As `columns`, while nothing is written."""
        self._sort_in_memory()
        for rows in self._waiting:
            part = rows
            if row_ids is not None:
                begin, end = np.searchsorted(rows.column(_ROW_ID).to_numpy(), row_ids).tolist()
                part = rows.slice(begin, end - begin)
            yield from part.select(names).to_batches(_BATCH_ROWS)

    def _groups(self, question: Grouped, columns: str) -> str:
        """SQL of the groups. Masks and numbers stand beside the rows, in their order."""
        keys, beside = (
            ", ".join(map(identifier, question.keys)),
            [*map(identifier, (*question.masks, *question.numbers))],
        )
        entries = f"({select(f'rowid AS {_POSITION}, {keys}', self._sorted())}) AS entries"
        listed = ", ".join((_POSITION, keys, *beside))
        source = f"({select(listed, f'{entries} POSITIONAL JOIN {_MASKS}')}) AS masked"
        every_key = ", ".join((keys, *map(identifier, question.numbers)))
        clauses = [f"WHERE {' OR '.join(map(identifier, question.masks))}", f"GROUP BY {every_key}"]
        least = [f"count(*) FILTER ({identifier(name)}) >= {rows}" for name, rows in question.at_least.items()]
        return select(columns, source, *clauses, *([f"HAVING {' AND '.join(least)}"] if least else []))

    def _ask(self, query: str, question: Grouped | None = None) -> Iterator[pa.RecordBatch]:
        if not self._rows:
            return
        with self._reader() as connection:
            if question:
                masks = {name: pa.array(np.asarray(mask, dtype=bool)) for name, mask in question.masks.items()}
                connection.register(_MASKS, pa.table({**masks, **question.numbers}))
            yield from connection.sql(query).to_arrow_reader(_BATCH_ROWS)


class TableRows:
    """The rows of a table of another process, in its order."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def in_order(self) -> Iterator[pa.RecordBatch]:
        """All rows."""
        return iter(self._rows.to_batches())

    def columns(self, *names: str) -> Iterator[pa.RecordBatch]:
        """These columns of all rows."""
        return iter(self._rows.select(names).to_batches())


def _empty_table(kind: Callable[[Reader, Sequence[str]], DuckSortedTable], by: Sequence[str]) -> DuckSortedTable:
    return table_apart(connect, lambda reader: kind(reader, by))


def table_apart(connect: Callable[[Path], duckdb.DuckDBPyConnection], make: Callable[[Reader], T]) -> T:
    """A table in a database of its own, for rows that come from elsewhere; both go when nobody needs them any more."""
    folder = PrivateFolder()
    database = connect(folder.path)
    limit_memory(database, for_rows(0))
    table = make(lambda: closing(database.cursor()))
    weakref.finalize(table, _remove, database, folder)
    return table


def _drop(reader: Reader, name: str) -> None:
    """Give the database back what a table took that nobody needs any more."""
    # Where the database was closed before, the table is gone with it.
    with suppress(duckdb.Error, GatesError), reader() as connection:
        connection.execute(f"DROP TABLE IF EXISTS {name}")


def _remove(database: duckdb.DuckDBPyConnection, folder: PrivateFolder) -> None:
    database.close()
    folder.close()
