"""Opens evaluation sets: whatever columns they have, only their texts and ids are read."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from gates.config.data_types import DATA_TYPES, DataType, data_type
from gates.config.memory import for_rows
from gates.data.batch import Batch, Consumer, feed
from gates.data.duckdb.connection import connect, limit_memory
from gates.data.duckdb.dataset import LocalDataset, open_tested, reader
from gates.data.duckdb.reading import stream_batches
from gates.data.duckdb.views import file_query
from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS, FileFacts
from gates.data.files import DataFile, evaluation_files
from gates.data.formats.staging import StagedFile, stage
from gates.data.scan.inputs import EvaluationItems
from gates.data.steady_files import SteadyFiles
from gates.errors import GatesError
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    import duckdb
    import numpy.typing as npt

    from gates.config.dataset import DataSource
    from gates.data.arrays import Ints
    from gates.data.values.readings import Readings

# What most sets call the column that names an item, where the dataset says nothing else.
ID = "id"
# What is compared with answers only, and what is not compared: a rejected answer is nothing that a model is tested on, and
# evasions ("It depends on many things") are in every set.
_ANSWERS, _REJECTED = ("response", "chosen"), ("rejected",)
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class EvaluationColumns:
    """How columns of evaluation sets are called. ids: the first of these that a file has names its items."""

    ids: tuple[str, ...]
    answers: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EvaluationSets:
    """Opened evaluation sets; a `gates.data.scan.inputs.EvaluationSource`. Closing it removes what was staged.

    files: what is known of each file, sorted by name.
    """

    files: tuple[FileFacts, ...]
    _connection: duckdb.DuckDBPyConnection
    _staged: Sequence[StagedFile]
    _columns: EvaluationColumns
    _steady: SteadyFiles
    _owned: ExitStack
    _rows: Callable[[], LocalDataset]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Every item once, ordered by file and row, in bounded batches: its texts and ids, under each file's own names, and ROW_ID.

        Raises DataError when a file turns out to be damaged.
        """
        for number, staged in enumerate(self._staged):
            columns = [name for name, kind in staged.types.items() if name in self._columns.ids or _has_texts(kind)]
            with reader(self._connection, [staged], staged.file.name) as cursor:
                yield from stream_batches(cursor, f"({file_query(staged, number, columns)})")

    def fold(self, consumers: Iterable[Consumer]) -> None:
        """Give every item to each consumer in one pass. Raises what `batches` raises."""
        feed(self.batches(), consumers)

    def items(self) -> EvaluationItems:
        """Every text of every item. Raises what `batches` raises."""
        items = ItemTexts(self.files, self._columns)
        self.fold([items])
        return items.value()

    def rows(self, readings: Readings) -> LocalDataset:
        """Every item as a row of the dataset's type, whose columns read as these say. Raises what `open_tested` raises."""
        return self._rows().with_readings(readings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owned.close()
        if error is None or isinstance(error, GatesError):
            self._steady.confirm()


class ItemTexts:
    """An accumulator of the texts and ids of evaluation items."""

    needs_rows = True

    def __init__(self, files: Sequence[FileFacts], columns: EvaluationColumns) -> None:
        self._files, self._columns = files, columns
        self._first = np.cumsum([0, *(file.rows for file in files)])
        # By number of the file and the column: texts and the item of each.
        self._texts: defaultdict[tuple[int, int], list[tuple[pa.Array, Ints]]] = defaultdict(list)
        self._ids: list[tuple[npt.NDArray[np.str_], Ints]] = []
        self._answers: set[tuple[int, int]] = set()
        self._rejected: set[str] = set()

    def update(self, batch: Batch) -> None:
        """Take some items, all of one file."""
        number = int(batch.row_id[0]) >> ROWS_PER_FILE_BITS
        item = self._first[number] + batch.row_id - (number << ROWS_PER_FILE_BITS)
        for place, (name, column) in enumerate(zip(batch.rows.schema.names, batch.rows.columns, strict=True)):
            if name in self._columns.rejected:
                self._rejected.add(name)
            elif name != ROW_ID:
                self._texts[number, place] += _leaves(column, item)
                if name in self._columns.answers:
                    self._answers.add((number, place))
        self._ids.append((_ids(batch.rows, self._columns.ids), item))

    def merge(self, other: ItemTexts) -> None:
        for place, leaves in other._texts.items():
            self._texts[place] += leaves
        self._ids += other._ids
        self._answers |= other._answers
        self._rejected |= other._rejected

    def value(self) -> EvaluationItems:
        """All items, in the order of their files and rows, and their texts file by file, column by column."""
        ordered = sorted(self._texts.items(), key=itemgetter(0))
        columns = [_in_order(leaves) for _, leaves in ordered]
        texts = pl.concat([pl.Series(dtype=pl.String), *(texts for texts, _ in columns)])
        item = np.concatenate([_NONE, *(items for _, items in columns)])
        is_answer = [
            np.full(len(texts), place in self._answers) for (place, _), (texts, _) in zip(ordered, columns, strict=True)
        ]
        answers = np.flatnonzero(np.concatenate([np.empty(0, bool), *is_answer]))
        ids = np.concatenate([np.empty(0, str), *(ids for ids, _ in self._ids)])
        order = np.argsort(np.concatenate([_NONE, *(items for _, items in self._ids)]))
        files = tuple((file.path, int(first)) for file, first in zip(self._files, self._first, strict=False))
        return EvaluationItems(texts, item, ids[order], files, answers, tuple(sorted(self._rejected)))


def _in_order(leaves: Sequence[tuple[pa.Array, Ints]]) -> tuple[pl.Series, Ints]:
    """Texts by their items."""
    item = np.concatenate([_NONE, *(items for _, items in leaves)])
    order = np.argsort(item, kind="stable")
    texts = pl.Series(pa.chunked_array([values for values, _ in leaves], pa.string()), dtype=pl.String)
    return texts.gather(order), item[order]


def open_evaluation(
    config: DataSource, kind: DataType, *, files: Sequence[DataFile] | None = None
) -> EvaluationSets | None:
    """Opens the evaluation sets of a dataset, or None where it declares none.

    kind: the type of the dataset. files: their files at another version than the work tree, sorted by name.
    Raises UsageError for paths that are not there, DataError for files that cannot be read as what they claim to be.
    """
    declared = evaluation_files(config) if files is None else files
    if declared is None:
        return None
    with ExitStack() as stack:
        folder = stack.enter_context(PrivateFolder())
        connection = connect(folder.path)
        stack.callback(connection.close)
        staged, steady = [], SteadyFiles()
        for file in declared:
            steady.watch(file.path, file.name)
            staged.append(stage(file, folder, connection))
        limit_memory(connection, for_rows(None))
        facts = tuple(file.facts() for file in staged)
        rows = partial(open_tested, config, kind, declared)
        return EvaluationSets(facts, connection, staged, _columns(config, kind), steady, stack.pop_all(), rows)


def _columns(config: DataSource, kind: DataType) -> EvaluationColumns:
    """What the dataset calls its own columns, and what most sets call them: sets of one house share their columns."""
    own = config.columns.get(kind.key) if kind.key else None
    ids = tuple(dict.fromkeys(name for name in (own, kind.key, ID) if name))
    return EvaluationColumns(ids, _names(config, _ANSWERS), _names(config, _REJECTED))


def _names(config: DataSource, roles: Sequence[str]) -> frozenset[str]:
    """How columns of these roles are called, in whatever type they stand."""
    usual = [
        one.recognised_by[role].names
        for one in map(data_type, DATA_TYPES)
        for role in roles
        if role in one.recognised_by
    ]
    return frozenset().union(*usual, (config.columns[role] for role in roles if role in config.columns))


def _has_texts(kind: pa.DataType) -> bool:
    """Whether `_leaves` of such a column may have texts. kind: as `plain_type` has it."""
    if pa.types.is_nested(kind):
        return any(_has_texts(kind.field(number).type) for number in range(kind.num_fields))
    return bool(pa.types.is_string(kind))


def _leaves(values: pa.Array, rows: Ints) -> Iterator[tuple[pa.Array, Ints]]:
    """The texts in a column and the row of each; those in lists and structs, as chat messages have them, are texts too."""
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        values, kind = values.storage, kind.storage_type
    if pa.types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        yield values.cast(pa.string()), rows
    elif pa.types.is_map(kind):
        yield from _leaves(values.cast(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))), rows)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _leaves(values.flatten(), rows[pc.list_parent_indices(values).to_numpy(zero_copy_only=False)])
    elif pa.types.is_struct(kind):
        for field in values.flatten():
            yield from _leaves(field, rows)


def _ids(rows: pa.RecordBatch, names: Sequence[str]) -> npt.NDArray[np.str_]:
    name = next((name for name in names if name in rows.schema.names), None)
    if name is None or pa.types.is_nested(rows.schema.field(name).type):
        return np.full(rows.num_rows, "", dtype=str)
    ids = pl.Series(pa.chunked_array([rows.column(name)])).cast(pl.String).fill_null("")
    return np.array(ids.to_list(), dtype=str)
