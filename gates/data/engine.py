"""The seam between checks and whatever holds the rows: what an engine offers, and nothing else is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import polars as pl
    import pyarrow as pa

    from gates.data.arrays import Ints, Mask
    from gates.data.batch import Consumer
    from gates.data.facts import FileFacts, Roles
    from gates.data.values.readings import Readings
    from gates.verdict import Scope


class ScopeView(Protocol):
    """The rows of a scope where Great Expectations reads them; only `gates.gx` knows the kinds that engines have."""

    @property
    def name(self) -> str:
        """What the rows are called there."""


@dataclass(frozen=True)
class Grouped:
    """A question about groups of rows of an index.

    keys: columns whose values a group has in common. masks: rows to count, by name; of each group it is known how many
    rows are under each mask (`name`), and the position of the first of them (`name_first`, -1 where there is none).
    at_least: how many rows a group must have under a mask; others are left out. numbers: by name a number of each row that
    stands in no column, and is a key too.
    """

    keys: tuple[str, ...]
    masks: Mapping[str, Mask]
    at_least: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, Ints | npt.NDArray[np.int32]] = field(default_factory=dict)


class IndexTable(Protocol):
    """An entry per row, in the order of row ids; a position counts entries from 0. Nothing of it has to fit in memory."""

    def __len__(self) -> int: ...

    def append(self, rows: pa.RecordBatch) -> None:
        """Add entries; every batch has the same columns, `row_id` among them. Batches may come in any order."""

    def columns(self, *names: str, row_ids: tuple[int, int] | None = None) -> Iterator[pa.RecordBatch]:
        """These columns in the order of row ids. row_ids: of the rows with ids from the first to before the second."""

    def group(self, question: Grouped) -> Iterator[pa.RecordBatch]:
        """The groups with a row under a mask, in no order; `Grouped` says what is known of each."""

    def members(self, question: Grouped) -> Iterator[Ints]:
        """Positions of all rows, under a mask or not, of the groups that `group` has, in no order; numbers are no keys here."""

    def ranks(self, keys: Sequence[str], by: str) -> Iterator[tuple[Ints, Ints]]:
        """Positions of the rows whose keys another row has too, and how many of these come before it by a column, then by row id."""


class SortedTable(Protocol):
    """Rows that come in any order and are read back in one. Nothing of it has to fit in memory."""

    def append(self, rows: pa.RecordBatch | pa.Table) -> None:
        """Add rows; all have the same columns."""

    def in_order(self) -> Iterator[pa.RecordBatch]:
        """All rows by the columns that the table was made for, missing values first, in bounded batches."""


class Source(Protocol):
    """An opened dataset: columns have the roles' names, plus ROW_ID (int64) and ORIGIN (string).

    ROW_ID is `file index << 40 | row number`, rows counted from 0 within their file, files in path order.
    """

    @property
    def roles(self) -> Roles: ...

    @property
    def files(self) -> tuple[FileFacts, ...]: ...

    @property
    def readings(self) -> Readings:
        """What columns read as that are written as text."""

    def schema(self) -> pa.Schema:
        """Names and types of the columns as checks compare them, ROW_ID and ORIGIN among them."""

    def fold(self, consumers: Iterable[Consumer], files: Collection[int] | None = None) -> None:
        """Give every row of every origin once to each consumer, in one pass and in bounded batches.

        files: numbers of the files to read; None reads all.
        """

    def take(self, row_ids: Ints, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The rows with these ids, in the order asked for, with ROW_ID and ORIGIN. columns: no others are read."""

    def index_table(self) -> IndexTable:
        """An empty table beside the rows, for an entry per row."""

    def sorted_table(self, by: Sequence[str]) -> SortedTable:
        """An empty table beside the rows, for what checks read in the order of these columns."""


class Dataset(Source, Protocol):
    """A source that an engine opened, which has a view of each scope for Great Expectations."""

    def view(self, scope: Scope) -> ScopeView:
        """The rows of a scope, as the engine's own kind of batch."""
