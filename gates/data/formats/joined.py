"""Files that were cut or joined at a seam that readers do not see: of two they read one, and of a cut one what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from gates.data.files import DataFile

# A file of Parquet begins and ends so; footer and length of the footer stand before the end.
_MAGIC = b"PAR1"
_LENGTH = 4
# Where one file of Arrow ends and another begins.
_ARROW_SEAM = b"ARROW1" + b"ARROW1\0\0"
_BLOCK = 1 << 20


def refuse_joined_parquet(file: DataFile) -> None:
    """Raises DataError where one Parquet file follows another: the footer of the last is read with rows of the first.

    Raises what pyarrow raises for a file that is no Parquet.
    """
    with pq.ParquetFile(file.path) as opened:
        about = opened.metadata
        group = about.row_group(about.num_row_groups - 1) if about.num_row_groups else None
        chunks = [group.column(at) for at in range(group.num_columns)] if group else []
    begins = [(one.dictionary_page_offset or one.data_page_offset, one.total_compressed_size) for one in chunks]
    rows_end = max((begin + size for begin, size in begins), default=0)
    # Between rows and footer lie indexes and filters, if anything.
    between = file.path.stat().st_size - rows_end - about.serialized_size - _LENGTH - len(_MAGIC)
    if between <= 0:
        return
    with file.path.open("rb") as stream:
        stream.seek(rows_end)
        if _MAGIC + _MAGIC in stream.read(between):
            raise DataError(f"{file.name}: two Parquet files in one, as where files are joined; keep them apart")


def of_whole_stream(
    file: DataFile, reader: pa.ipc.RecordBatchStreamReader, source: pa.NativeFile
) -> Iterator[pa.RecordBatch]:
    """The batches of a stream that ends with its mark, and nothing behind it: Arrow's own reader asks for neither."""
    last = source.tell()
    for batch in reader:
        yield batch
        last = source.tell()
    if source.tell() == last:
        raise DataError(f"{file.name}: the stream has no end, as one that was cut or not closed; write it anew")
    if source.tell() < source.size():
        raise DataError(f"{file.name}: more follows the end of the stream, as where files are joined; write one stream")


def refuse_joined_arrow(file: DataFile) -> None:
    """As `refuse_joined_parquet`, of a file of Arrow with a footer; where its rows end is known to Arrow alone."""
    tail = b""
    with file.path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if _ARROW_SEAM in tail + block:
                raise DataError(f"{file.name}: two Arrow files in one, as where files are joined; keep them apart")
            tail = block[-len(_ARROW_SEAM) :]
