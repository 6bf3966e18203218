"""The DuckDB data source: `context.data_sources.add_gates_duckdb(name=..., connection_string="duckdb:///file")`."""

# pydantic reads the annotations of fields when the class is made, so they are not postponed here.

from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy
from great_expectations.datasource.fluent import SQLDatasource
from sqlalchemy.pool import StaticPool

from gates.gx.engine import GatesDuckDBExecutionEngine, lend

if TYPE_CHECKING:
    import duckdb

# Said here because inside the class `type` is the field.
EngineType = type[GatesDuckDBExecutionEngine]


class GatesDuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A DuckDB database, a file or in memory; importing this module registers it with Great Expectations.

    One connection serves everything: a second one would see another in-memory database, and DuckDB refuses to open a
    file twice under two configurations.
    """

    type: Literal["gates_duckdb"] = "gates_duckdb"
    # The column that says who made a row, for our own expectations outside `gates check`.
    origin: str = "origin"
    # The rows' data type, whose roles are the columns of these names; "" lets a column `text` decide.
    data_type: str = ""

    @property
    def execution_engine_type(self) -> EngineType:
        """The engine that Great Expectations computes on."""
        return GatesDuckDBExecutionEngine

    def use(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """Runs every later query on this open connection instead of one of its own (see `gates.gx.engine.lend`)."""
        self._engine = lend(connection)
        self._cached_connection_string = self.connection_string

    def get_execution_engine(self) -> GatesDuckDBExecutionEngine:
        """The one execution engine of this data source, on the connection of `get_engine`."""
        engine = self.get_engine()
        current: GatesDuckDBExecutionEngine | None = self._execution_engine  # type: ignore[has-type]
        if current is None or current.engine is not engine:
            current = GatesDuckDBExecutionEngine(
                name=self.name, engine=engine, create_temp_table=self.create_temp_table
            )
            self._execution_engine = current
        current.origin, current.data_type = self.origin, self.data_type
        return current

    def forget(self) -> None:
        """Lets go of the connection that it used, and of what was computed on it."""
        self._engine = None  # type: ignore[assignment]
        self._execution_engine = None  # type: ignore[assignment]

    def _create_engine(self) -> sqlalchemy.Engine:
        settings = self.dict(exclude=self._get_exec_engine_excludes(), config_provider=self._config_provider)
        options: dict[str, Any] = settings.get("kwargs", {})
        return sqlalchemy.create_engine(settings["connection_string"], poolclass=StaticPool, **options)
