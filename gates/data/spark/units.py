"""What a worker reads at once: a file, or some row groups of a large Parquet file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from gates.data.files import DataFile, Format
from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gates.data.facts import FileFacts
    from gates.data.formats.staging import StagedFile

# Row groups are read together until they have so many bytes: with fewer, what a task costs by itself would show; with more,
# the others would wait for the last worker. HDFS and Spark split files at the same size.
UNIT_BYTES = 128 << 20
# Some 60 bytes come back of a row, of which the driver holds three copies at a time: 90 MB.
UNIT_ROWS = 500_000
_BLOCK = 1 << 20
# Bytes behind the footer: its length and a mark.
_FOOTER_END = 8


@dataclass(frozen=True)
class ReadUnit:
    """Some rows of a file, by their numbers within it. number: the file's number.

    spans: half-open ranges of the file's bytes that have to be the driver's, the last up to its end. sha256: of all of them, in
    hex. is_whole: whether these are all rows.
    """

    file: DataFile
    number: int
    rows: range
    spans: Sequence[tuple[int, int]]
    sha256: str
    is_whole: bool = True


def units_of(number: int, staged: StagedFile, fact: FileFacts) -> list[ReadUnit]:
    """The file in parts of some `UNIT_BYTES` or `UNIT_ROWS`, in the order of rows; whole where it is no Parquet, or small."""
    whole = ReadUnit(staged.file, number, range(fact.rows), ((0, fact.size),), fact.sha256)
    path = staged.file.path
    is_as_written = staged.file.format is Format.PARQUET and staged.parquet.samefile(path)
    is_small = fact.size <= UNIT_BYTES and fact.rows <= UNIT_ROWS
    if is_small or not is_as_written:
        return [whole]
    with pq.ParquetFile(staged.parquet) as opened:
        metadata = opened.metadata
    parts = list(_parts(metadata))
    if len(parts) < 2 or not _is_in_order(parts):  # noqa: PLR2004  # one part is the file
        return [whole]
    footer = fact.size - metadata.serialized_size - _FOOTER_END, fact.size
    return [
        ReadUnit(staged.file, number, rows, spans, sha256_of(path, spans), is_whole=False)
        for rows, span in parts
        for spans in [(span, footer)]
    ]


def sha256_of(path: Path, spans: Sequence[tuple[int, int]]) -> str:
    """sha256 in hex of these bytes of a file, one after the other. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for first, end in spans:
            stream.seek(first)
            for at in range(first, end, _BLOCK):
                digest.update(stream.read(min(_BLOCK, end - at)))
    return digest.hexdigest()


def confirm_bytes(unit: ReadUnit) -> None:
    """Raises DataError where the file is not the one that the driver saw, and OSError."""
    path, size = unit.file.path, unit.spans[-1][1]
    if path.stat().st_size != size or sha256_of(path, unit.spans) != unit.sha256:
        raise DataError(
            f"{unit.file.name}: a Spark worker reads other bytes at {path} than the driver; expected one shared file"
        )


def _parts(metadata: pq.FileMetaData) -> Iterator[tuple[range, tuple[int, int]]]:
    """Row groups that together have at least `UNIT_BYTES` or `UNIT_ROWS`, as numbers of their rows and where their bytes lie."""
    row = first_row = 0
    first_byte: int | None = None
    for at in range(metadata.num_row_groups):
        group = metadata.row_group(at)
        begin, end = _span(group)
        first_byte = begin if first_byte is None else first_byte
        row += group.num_rows
        is_full = end - first_byte >= UNIT_BYTES or row - first_row >= UNIT_ROWS
        if is_full or at == metadata.num_row_groups - 1:
            yield range(first_row, row), (first_byte, end)
            first_row, first_byte = row, None


def _span(group: pq.RowGroupMetaData) -> tuple[int, int]:
    """Where the pages of a row group begin and end."""
    chunks = [group.column(at) for at in range(group.num_columns)]
    begins = [one.dictionary_page_offset or one.data_page_offset for one in chunks]
    return min(begins), max(begin + one.total_compressed_size for begin, one in zip(begins, chunks, strict=True))


def _is_in_order(parts: Sequence[tuple[range, tuple[int, int]]]) -> bool:
    """Whether parts lie in the file as their rows follow each other, which no writer has to keep to."""
    spans = [span for _, span in parts]
    return all(first < end for first, end in spans) and all(one[1] <= two[0] for one, two in pairwise(spans))
