"""Turns one data file of any format into a Parquet file with known types; Parquet itself stays where it is."""

from __future__ import annotations

import errno
import os
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from gates.data.facts import FileFacts
from gates.data.files import DataFile, Format, fingerprints
from gates.data.formats.csv_files import stage_csv
from gates.data.formats.decompress import as_plain_text
from gates.data.formats.joined import of_whole_stream, refuse_joined_arrow, refuse_joined_parquet
from gates.data.formats.json_files import as_json_lines
from gates.data.formats.jsonl import ColumnNotes, stage_jsonl
from gates.data.formats.python_lists import with_json_lists
from gates.data.formats.wide_decimals import with_narrow_decimals
from gates.errors import DataError
from gates.regular_files import refuse_pointer_at
from gates.run_state import doing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gates.private_folder import PrivateFolder

# DuckDB takes these names for the number of a file and of a row in it, unless a file has such a column.
_VIRTUAL_COLUMNS = ("file_index", "file_row_number")

_PLAIN = {
    pa.large_string(): pa.string(),
    pa.string_view(): pa.string(),
    pa.large_binary(): pa.binary(),
    pa.binary_view(): pa.binary(),
}


@dataclass(frozen=True)
class StagedFile:
    """A data file as Parquet. `types`: Arrow type by column, `null` where a column has no value at all.

    labels: what to call the type of columns whose values are of several types, as in `mixed(bool,string); bool first in row 12`.
    nested: by column, which nested values of JSON it has, as its type does not tell where they stay text.
    part: the numbers of the rows that are read; None reads all.
    """

    file: DataFile
    parquet: Path
    rows: int
    types: Mapping[str, pa.DataType]
    labels: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)
    part: range | None = None

    def type_names(self) -> dict[str, str]:
        """The type of each column as people and checks see it."""
        return {name: self.labels.get(name, str(kind)) for name, kind in self.types.items()}

    def facts(self, origin: str | None = None, *, is_hashed: bool = True) -> FileFacts:
        """What is known of the file. origin: of all its rows."""
        sha256, md5, size = fingerprints(self.file.path) if is_hashed else ("", "", 0)
        return FileFacts(self.file.name, self.rows, self.type_names(), sha256, size, origin, md5)


def stage(file: DataFile, folder: PrivateFolder, connection: duckdb.DuckDBPyConnection) -> StagedFile:
    """The file as Parquet, rows in order, at a path without any part of its name; `folder` takes what has to be written.

    Raises DataError naming file and, where it is known, line.
    """
    with doing(f"reading {file.name}"):
        return _staged(file, folder, connection)


def _staged(file: DataFile, folder: PrivateFolder, connection: duckdb.DuckDBPyConnection) -> StagedFile:
    if file.path.stat().st_size == 0 and file.format in (Format.PARQUET, Format.ARROW):
        raise DataError(f"{file.name}: empty, 0 bytes; expected {file.format.value}")
    refuse_pointer_at(file.path, file.name)
    notes = ColumnNotes()
    if file.format is Format.PARQUET:
        return _described(file, _narrowed(file, folder.link(file.path), folder), notes)
    target = folder.new_file()
    if file.format is Format.ARROW:
        _stage_arrow(file, target)
        target = _narrowed(file, target, folder)
    else:
        text = as_plain_text(file, folder)
        try:
            if file.format in (Format.JSONL, Format.JSON):
                lines, text = as_json_lines(file, text, folder, connection)
                notes = stage_jsonl(lines, text, target, folder, connection)
            else:
                notes = ColumnNotes(stage_csv(file, text, target, folder, connection))
        except duckdb.InterruptException:
            # Whoever interrupts knows why.
            raise
        except duckdb.Error as error:
            # Neither the file's fault nor its format's: memory or disk ran out.
            raise DataError(f"{file.name}: cannot be read: {_sentence(error)}") from error
        folder.discard(text)
        target = with_json_lists(target, folder)
    return _described(file, target, notes)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type without how Arrow happens to encode it: no dictionaries, no large or view variants."""
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(plain_type(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(part.name, plain_type(part.type)) for part in kind])
    return _PLAIN.get(kind, kind)


def _narrowed(file: DataFile, parquet: Path, folder: PrivateFolder) -> Path:
    try:
        if file.format is Format.PARQUET:
            refuse_joined_parquet(file)
        return with_narrow_decimals(parquet, folder)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{file.name}: not readable as Parquet: {_sentence(error)}") from error


def _described(file: DataFile, parquet: Path, notes: ColumnNotes) -> StagedFile:
    try:
        with pq.ParquetFile(parquet) as opened:
            schema, rows = opened.schema_arrow, opened.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{file.name}: not readable as Parquet: {_sentence(error)}") from error
    _check_names(schema.names, file)
    types = {part.name: pa.null() if part.name in notes.empty else plain_type(part.type) for part in schema}
    return StagedFile(file, parquet, rows, types, notes.labels, notes.nested)


def _check_names(names: list[str], file: DataFile) -> None:
    """Raises DataError for column names that SQL cannot tell apart, or that the engine needs for itself."""
    first: dict[str, str] = {}
    counts = Counter(names)
    for name in names:
        if not name:
            raise DataError(f"{file.name}: a column has an empty name; give it one")
        if "\0" in name:
            raise DataError(f"{file.name}: a column has a NUL byte in its name, {name!r}; rename it")
        if name.casefold() in _VIRTUAL_COLUMNS:
            raise DataError(f"{file.name}: a column may not be called '{name}'; rename it")
        if counts[name] > 1:
            raise DataError(f"{file.name}: {counts[name]} columns are called '{name}'; rename all but one")
        other = first.setdefault(name.casefold(), name)
        if other != name:
            raise DataError(f"{file.name}: columns '{other}' and '{name}' differ only in case; rename one of them")


def _stage_arrow(file: DataFile, target: Path) -> None:
    try:
        # Not mapped into memory: a file that is cut off meanwhile would end the process.
        with pa.OSFile(str(file.path)) as source:
            try:
                reader = pa.ipc.open_file(source)
                refuse_joined_arrow(file)
                batches: Iterator[pa.RecordBatch] = map(reader.get_batch, range(reader.num_record_batches))
            except pa.ArrowInvalid:
                # Not the file format with its footer: perhaps the stream format.
                source.seek(0)
                reader = pa.ipc.open_stream(source)
                batches = of_whole_stream(file, reader, source)
            with pq.ParquetWriter(target, reader.schema) as writer:
                for batch in batches:
                    # An offset beyond the end would be followed, and end the process.
                    batch.validate(full=True)
                    writer.write_batch(batch)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{file.name}: not readable as Arrow IPC or Feather: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    """The first line of a library's message, without a full stop; for a full disk, what to do."""
    if os.strerror(errno.ENOSPC) in str(error):
        return f"no space left in {tempfile.gettempdir()}, the folder for temporary files; free some, or set TMPDIR"
    return str(error).strip().split("\n")[0].rstrip(".")
