"""Opens evaluation sets: whatever columns they have, only their texts and ids are read."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gates.data.duckdb.dataset import connect
from gates.data.facts import FileFacts
from gates.data.files import DataFile, evaluation_files, fingerprints
from gates.data.formats.staging import stage
from gates.data.scan.inputs import EvaluationItems
from gates.data.steady_files import SteadyFiles
from gates.errors import DataError, GatesError
from gates.private_folder import PrivateFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from gates.config.data_types import DataType
    from gates.config.dataset import DataSource
    from gates.data.arrays import Ints
    from gates.data.formats.staging import StagedFile

# What most sets call the column that names an item, where the dataset says nothing else.
ID = "id"


@dataclass(frozen=True)
class EvaluationSets:
    """Opened evaluation sets; a `gates.data.scan.inputs.EvaluationSource`. Closing it removes what was staged.

    files: what is known of each file, sorted by name.
    """

    files: tuple[FileFacts, ...]
    _staged: Sequence[StagedFile]
    _id_columns: tuple[str, ...]
    _steady: SteadyFiles
    _owned: ExitStack

    def items(self) -> EvaluationItems:
        """Every text of every item. Raises DataError when a file turns out to be damaged."""
        texts, items, ids = [pa.array([], pa.string())], [np.empty(0, np.int64)], [np.empty(0, str)]
        files: list[tuple[str, int]] = []
        first = 0
        for staged in self._staged:
            files.append((staged.file.name, first))
            table = _read(staged)
            for column in table.columns:
                for values, rows in _leaves(column.combine_chunks(), np.arange(first, first + len(table))):
                    texts.append(values)
                    items.append(rows)
            ids.append(_ids(table, self._id_columns))
            first += len(table)
        cells = pl.Series(pa.chunked_array(texts), dtype=pl.String)
        return EvaluationItems(cells, np.concatenate(items), np.concatenate(ids), tuple(files))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owned.close()
        if error is None or isinstance(error, GatesError):
            self._steady.confirm()


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
        facts = tuple(map(_facts, staged))
        return EvaluationSets(facts, staged, _id_columns(config, kind), steady, stack.pop_all())


def _facts(file: StagedFile) -> FileFacts:
    sha256, md5, size = fingerprints(file.file.path)
    return FileFacts(file.file.name, file.rows, file.type_names(), sha256, size, None, md5)


def _id_columns(config: DataSource, kind: DataType) -> tuple[str, ...]:
    """What the dataset calls its own key comes first: sets of one house share their columns."""
    own = config.columns.get(kind.key) if kind.key else None
    return tuple(dict.fromkeys(name for name in (own, kind.key, ID) if name))


def _read(staged: StagedFile) -> pa.Table:
    try:
        return pq.read_table(staged.parquet, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{staged.file.name}: cannot be read: {str(error).strip().splitlines()[0]}") from error


def _leaves(values: pa.Array, rows: Ints) -> Iterator[tuple[pa.Array, Ints]]:
    """The texts in a column and the row of each; those in lists and structs, as chat messages have them, are texts too."""
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        values, kind = values.storage, kind.storage_type
    if pa.types.is_dictionary(kind):
        values, kind = values.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        yield values.cast(pa.string()), rows
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _leaves(values.flatten(), rows[pc.list_parent_indices(values).to_numpy(zero_copy_only=False)])
    elif pa.types.is_struct(kind):
        for field in values.flatten():
            yield from _leaves(field, rows)


def _ids(table: pa.Table, names: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    name = next((name for name in names if name in table.column_names), None)
    if name is None or pa.types.is_nested(table.schema.field(name).type):
        return np.full(len(table), "", dtype=str)
    ids = pl.Series(table[name]).cast(pl.String).fill_null("")
    return np.array(ids.to_list(), dtype=str)
