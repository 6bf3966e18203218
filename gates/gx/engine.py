"""Great Expectations' SQL execution engine, made to work on DuckDB.

As shipped, Great Expectations reads a query's rows after its connection went back to the pool; DuckDB has forgotten
them by then, and most expectations end in `list index out of range`. This engine fetches the rows first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy
from duckdb_engine import ConnectionWrapper
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.pool import StaticPool

from gates.gx import column_types

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from gates.metrics.base.measurement import Measurement


class GatesDuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """A `SqlAlchemyExecutionEngine` whose results outlive their connection.

    Great Expectations finds metric providers by this class's name: `gates.gx.dialect` registers DuckDB's own.
    `measurements` holds what a caller has measured beforehand: by batch id, then by `measurement_key`.
    `failures` holds, by metric, what was raised where Great Expectations would tell only the last of several.
    `origin` is the column that says who made a row, `data_type` what a row is ("" for a text or a row of a table), where
    nothing was measured beforehand.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Where type expectations look a type's name up.
        self.dialect_module = column_types
        self.failures: dict[str, str] = {}
        self.measurements: dict[str, Mapping[str, Measurement]] = {}
        self.origin, self.data_type = "origin", ""
        self._is_borrowed = options.get("engine") is not None

    def execute_query(self, query: Any) -> Any:
        """All rows of the query, fetched before the connection goes back."""
        with self.get_connection() as connection:
            return self._execute_query_with_recovery(connection, query).freeze()()

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> Any:
        """The rows a metric is computed on; under a row condition as a subquery, which SQLAlchemy 2.1 asks for."""
        rows = super().get_domain_records(domain_kwargs)
        return rows.subquery() if isinstance(rows, sqlalchemy.Select) else rows

    def resolve_metric_bundle(self, metric_fn_bundle: Any) -> Any:
        """Values of several metrics in one query. Great Expectations asks again, one by one, when the query failed."""
        bundle = list(metric_fn_bundle)
        try:
            return super().resolve_metric_bundle(bundle)
        except Exception as error:
            if len(bundle) == 1:
                self.failures[str(bundle[0].metric_configuration.id)] = str(error)
            raise

    def native_connection(self) -> duckdb.DuckDBPyConnection:
        """The DuckDB connection that queries run on."""
        pooled = self.engine.raw_connection()
        try:
            # The wrapper has no public way to what it wraps; a bound method knows its object.
            native: duckdb.DuckDBPyConnection = pooled.driver_connection.execute.__self__
        finally:
            pooled.close()
        return native

    def close(self) -> None:
        """Closes the connections this engine opened itself; a borrowed engine stays open for its owner.

        Great Expectations calls this when the object is collected, which would empty an in-memory database.
        """
        if not self._is_borrowed:
            super().close()


class LentConnection(ConnectionWrapper):  # type: ignore[misc]
    """An open DuckDB connection that SQLAlchemy may use and must not close."""

    def close(self) -> None:
        """Leaves the connection open: it is the lender's."""


def lend(connection: duckdb.DuckDBPyConnection) -> sqlalchemy.Engine:
    """A SQLAlchemy engine whose every query runs on this open connection, which stays the caller's to close.

    Views and temporary tables of the connection are visible, in memory or on disk. The connection must not be inside
    a transaction, and nobody else may use it during a query.
    """
    return sqlalchemy.create_engine("duckdb://", creator=lambda: LentConnection(connection), poolclass=StaticPool)
