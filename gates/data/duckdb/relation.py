"""Rows of a table or view that somebody else's program holds in DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from gates.config.data_types import DATA_TYPES, LINEAGE_ROLES, data_type
from gates.config.dataset import DataSource, Origins
from gates.data.batch import Consumer, feed
from gates.data.columns import Column
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckSortedTable, DuckTable, table_apart
from gates.data.duckdb.reading import stream_batches, take_rows
from gates.data.facts import ORIGIN, ROW_ID, FileFacts, Roles
from gates.data.roles import Binder
from gates.data.scan.run import ScanRequest, scan
from gates.data.sql import identifier, origin_of, select
from gates.data.values.readings import NO_READINGS
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import polars as pl

    from gates.data.arrays import Ints
    from gates.data.scan.result import Scan


class RelationSource:
    """A `gates.data.engine.Source` over a relation with an origin column; nothing is created in the database.

    ROW_ID counts the relation's rows from 0 in the order DuckDB returns them, which is that of insertion while
    `preserve_insertion_order` is on. The origin column itself is replaced by ORIGIN.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        *,
        origin: str = "origin",
        origins: Origins | None = None,
        data_type: str = "",
    ) -> None:
        """Raises UsageError when there is no such relation, column or data type, or a required role has no column."""
        self.connection = connection
        name = identifier(relation)
        try:
            described = connection.execute(f"DESCRIBE {name}").fetchall()
        except duckdb.CatalogException as error:
            raise UsageError(f"no table or view {name} on this connection") from error
        columns = [str(row[0]) for row in described]
        if origin not in columns:
            raise UsageError(f"no column '{origin}' in {name} ({did_you_mean(origin, columns)})")
        self.roles = _roles(data_type, [column for column in columns if column != origin], name)
        types = {str(row[0]): str(row[1]).lower() for row in described}
        self.files = (FileFacts(relation, 0, types, "", 0),)
        kept = [identifier(column) for column in columns if column != origin]
        number = f"row_number() OVER () - 1 AS {identifier(ROW_ID)}"
        mapped = f"{origin_of(identifier(origin), origins or Origins())} AS {identifier(ORIGIN)}"
        self._source = f"({select(', '.join((*kept, number, mapped)), name)})"

    readings = NO_READINGS

    def batches(self, files: Collection[int] | None = None) -> Iterator[pa.RecordBatch]:
        """Every row of every origin once, in bounded batches; the relation is file 0."""
        if files is not None and 0 not in files:
            return iter(())
        return stream_batches(self._reader(), self._source)

    def fold(self, consumers: Iterable[Consumer], files: Collection[int] | None = None) -> None:
        feed(self.batches(files), consumers)

    def schema(self) -> pa.Schema:
        """Names and types of the columns as batches have them."""
        return self._reader().sql(select("*", self._source, "LIMIT 0")).to_arrow_table().schema

    def take(self, row_ids: Ints, columns: Sequence[str] | None = None) -> pl.DataFrame:
        return take_rows(self._reader(), self._source, row_ids, columns)

    def index_table(self) -> DuckTable:
        """An empty table for an entry per row, in a database of its own: nothing is written to somebody else's."""
        return table_apart(connect, DuckTable)

    def sorted_table(self, by: Sequence[str]) -> DuckSortedTable:
        """An empty table for what is read in the order of these columns, in a database of its own."""
        return table_apart(connect, lambda reader: DuckSortedTable(reader, by))

    def _reader(self) -> duckdb.DuckDBPyConnection:
        """A cursor, so that queries of others do not end a running stream; temporary tables exist only on their own connection."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(f"EXPLAIN {select('1', self._source)}")
        except duckdb.CatalogException:
            return self.connection
        return cursor


def scan_of_relation(
    connection: duckdb.DuckDBPyConnection, relation: str, origin: str = "origin", data_type: str = ""
) -> Scan:
    """What metrics read, for a table or view of somebody else's program.

    Columns named like roles of the data type have these. Without a type, a column `text` makes it a dataset of texts,
    else it is a table. Raises UsageError where `RelationSource` does.
    """
    return scan(RelationSource(connection, relation, origin=origin, data_type=data_type), ScanRequest())


def _roles(kind: str, columns: list[str], where: str) -> Roles:
    kind = kind or ("text" if "text" in columns else "tabular")
    if kind not in DATA_TYPES:
        raise UsageError(f"no data type '{kind}' ({did_you_mean(kind, DATA_TYPES)})")
    # Columns of a table that are named like lineage roles are lineage here, because nothing else can say so.
    mapped = {name: name for name in LINEAGE_ROLES if name in columns}
    config = DataSource(where, Path(), 0, kind, columns=mapped, source="the data source")
    described = [Column(name, name, pa.null(), "", is_key=False) for name in columns]
    missing = [role for role in data_type(kind).required_roles if role not in columns]
    if missing:
        raise UsageError(
            f"no column '{missing[0]}' in {where}: a dataset of type {kind} has one; name it so in the query"
        )
    return Binder(config, data_type(kind), described, where).roles()
