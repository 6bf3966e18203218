"""The seam between checks and whatever holds the rows: what an engine offers, and nothing else is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import duckdb
    import polars as pl
    import pyarrow as pa

    from gates.data.arrays import Ints
    from gates.data.batch import Consumer
    from gates.data.facts import FileFacts, Roles
    from gates.verdict import Scope


@dataclass(frozen=True)
class ScopeView:
    """The rows of a scope where Great Expectations reads them: what its engine runs on, and their name there."""

    connection: duckdb.DuckDBPyConnection
    name: str


class Source(Protocol):
    """An opened dataset: columns bear the roles' names, plus ROW_ID (int64) and ORIGIN (string).

    ROW_ID is `file index << 40 | row number`, rows counted from 0 within their file, files in path order.
    """

    @property
    def roles(self) -> Roles: ...

    @property
    def files(self) -> tuple[FileFacts, ...]: ...

    def schema(self) -> pa.Schema:
        """Names and types of the columns as batches have them, ROW_ID and ORIGIN among them."""

    def fold(self, consumers: Iterable[Consumer], files: Collection[int] | None = None) -> None:
        """Give every row of every origin once to each consumer, in one pass and in bounded batches.

        files: numbers of the files to read; None reads all.
        """

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for, with ROW_ID and ORIGIN."""


class Dataset(Source, Protocol):
    """A source that an engine opened, which has a view of each scope for Great Expectations."""

    def view(self, scope: Scope) -> ScopeView:
        """The rows of a scope, as the engine's own kind of batch."""
