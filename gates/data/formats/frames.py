"""Rows of a frame in memory, or of a stream, as a Parquet file: the same rows give the same bytes, whichever library has them."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from gates.data.formats.staging import plain_type
from gates.errors import DataError, foreign_code, foreign_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# Rows of one row group, so that how a frame happens to be cut does not show in the file. Held twice in memory: 80 MB where each
# is a text of two kilobytes. Fewer would be read more slowly.
_GROUP_ROWS = 20_000
# What pandas calls an index without a name once it is a column.
_INDEX = re.compile(r"__index_level_\d+__")
# How pyarrow ends what it says of a column of pandas that has Python's objects.
_OF_OBJECTS = re.compile(r"Conversion failed for column (.+) with type object")
NO_CONSTANTS: Mapping[str, str] = MappingProxyType({})


class Frame(Protocol):
    """Rows that any library can read: frames of pandas, polars and pyarrow, relations of DuckDB.

    https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
    """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...  # Arrow's name


def write_frame(frame: Frame, target: Path, name: str, constants: Mapping[str, str] = NO_CONSTANTS) -> None:
    """Write a frame's rows in their order. name: what messages call it. constants: columns to add, of one value each.

    Raises DataError for columns without a plain form, and for a frame that has a column to add already.
    """
    # What a library raises of its own, such as polars of a column of Python objects, has no common class.
    with foreign_code(lambda error: _unreadable(error, name)):
        reader = pa.RecordBatchReader.from_stream(frame)
        refuse_columns_twice(reader.schema.names, constants, name)
        write_batches(with_constants(reader, constants), plain_schema(reader.schema, constants), target)


def _unreadable(error: BaseException, name: str) -> DataError:
    if column := _OF_OBJECTS.search(str(error)):
        return DataError(
            f"{name}: the values of column '{column.group(1)}' are not all of one plain type, such as numbers, texts or dates; "
            f"make them of one, as in frame[{column.group(1)!r}].astype(str)"
        )
    return DataError(f"{name}: cannot be written as rows of Arrow: {foreign_text(error)}")


def refuse_columns_twice(names: Iterable[str], constants: Mapping[str, str], name: str) -> None:
    """Raises DataError where a frame has a column that is to be added. name: what messages call it."""
    twice = sorted({*names} & {*constants})
    if twice:
        raise DataError(
            f"{name} has a column '{twice[0]}' of its own; give one frame of all generators, whose columns have their names"
        )


def plain_schema(schema: pa.Schema, constants: Mapping[str, str] = NO_CONSTANTS) -> pa.Schema:
    """Names and plain types of the columns that hold data and of constants, without the metadata of libraries."""
    own = [pa.field(one.name, plain_type(one.type)) for one in schema if not _INDEX.fullmatch(one.name)]
    return pa.schema([*own, *(pa.field(name, pa.string()) for name in constants)])


def with_constants(batches: Iterable[pa.RecordBatch], constants: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """The batches with columns of one value each."""
    for batch in batches:
        columns = [*batch.columns, *(pa.repeat(value, batch.num_rows) for value in constants.values())]
        yield pa.record_batch(columns, names=[*batch.schema.names, *constants]) if constants else batch


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, target: Path) -> int:
    """Write rows as these columns of plain types, and return how many there are. Raises ArrowException."""
    rows = 0
    with pq.ParquetWriter(target, schema) as writer:
        for table in _groups(batches, schema):
            writer.write_table(table, row_group_size=_GROUP_ROWS)
            rows += table.num_rows
    return rows


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        rest = batch
        while rest.num_rows:
            part = rest.slice(0, _GROUP_ROWS - rows)
            rest = rest.slice(part.num_rows)
            waiting.append(_plain(part, schema))
            rows += part.num_rows
            if rows == _GROUP_ROWS:
                yield pa.Table.from_batches(waiting).combine_chunks()
                waiting, rows = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _plain(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([_column(batch.column(one.name), one.type) for one in schema], schema=schema)


def _column(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        # Texts of polars cannot be picked from a dictionary before they are plain.
        words = _column(values.dictionary, kind)
        return pa.DictionaryArray.from_arrays(values.indices, words).dictionary_decode()
    return values if values.type == kind else values.cast(kind)
