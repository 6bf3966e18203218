"""Data sources of Great Expectations on DuckDB connections that are open, each with its context, kept for the next run."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Final

import great_expectations as gx
from great_expectations.data_context import AbstractDataContext, set_context
from great_expectations.data_context.data_context.context_factory import project_manager
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.exceptions import DataContextRequiredError

from gates.gx.datasource import GatesDuckDBDatasource

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

SOURCE: Final = "gates"
# Great Expectations has one context in all the program, the one that was made or set last.
_ONE_AT_A_TIME = RLock()
# By the names of their views. A context and its source take a twentieth of a small check to make.
_IDLE: dict[tuple[str, ...], list[tuple[AbstractDataContext, GatesDuckDBDatasource]]] = {}


@contextmanager
def source_on(connection: duckdb.DuckDBPyConnection, views: tuple[str, ...]) -> Iterator[GatesDuckDBDatasource]:
    """A data source with a whole-table batch definition per view, each called as its view, for one run.

    Runs of other threads wait. Afterwards the program has the context again that it had before.
    """
    with _ONE_AT_A_TIME:
        before = _current_context()
        idle = _IDLE.setdefault(views, [])
        try:
            context, source = idle.pop() if idle else _made(connection, views)
            set_context(context)
            source.use(connection)
            yield source
        finally:
            if before is not None:
                set_context(before)
        # Not after an error: who knows what state it left behind.
        source.forget()
        idle.append((context, source))


def _current_context() -> AbstractDataContext | None:
    try:
        return project_manager.get_current_project()
    except DataContextRequiredError:
        return None


def _made(
    connection: duckdb.DuckDBPyConnection, views: tuple[str, ...]
) -> tuple[AbstractDataContext, GatesDuckDBDatasource]:
    # The stores are in memory, and without the documentation site that would be written to a temporary folder.
    settings = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=settings)
    source = GatesDuckDBDatasource(name=SOURCE, connection_string="duckdb:///:memory:")
    source.use(connection)
    for view in views:
        # In double quotes Great Expectations takes the name as it is.
        source.add_table_asset(view, table_name=f'"{view}"').add_batch_definition_whole_table(view)
    # Last, because the context writes down its whole configuration at each change of a source that it has.
    return context, context.data_sources.add_gates_duckdb(source)
