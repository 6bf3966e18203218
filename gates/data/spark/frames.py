"""A frame of Spark as Parquet files that its workers write: no row of it passes through the driver."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from gates.data.formats.frames import plain_schema, with_constants, write_batches
from gates.data.spark.session import cluster_of
from gates.data.spark.units import sha256_of
from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_COLUMNS = "name string, rows long, sha256 string"
_SHARE = "set TMPDIR to a folder that driver and workers reach under one path"


def write_spark_frame(frame: Any, folder: Path, part: str, own: str, constants: Mapping[str, str]) -> None:
    """Have each partition written to a file below folder / part; files are numbered in the order of their hashes.

    So it does not show which worker had which partition. part: which rows of the dataset these are, such as "human". own: as in
    `Cluster`. constants: as for `write_frame`. Raises GatesError where Spark fails, and DataError where there is no row, or the driver does not see what workers wrote.
    """
    target, added = str(folder), {**constants}

    def on_worker(batches: Iterable[Any]) -> Iterator[Any]:
        from gates.data.spark.frames import written_part

        return written_part(batches, target, added)

    cluster = cluster_of(frame.sparkSession, own)
    written = sorted((row.sha256, row.name, row.rows) for row in cluster.rows(frame.mapInArrow(on_worker, _COLUMNS)))
    if not written:
        raise DataError(f"{part}: the frame has no row")
    (folder / part).mkdir()
    for number, (_, name, rows) in enumerate(written):
        path = folder / name
        if not path.exists():
            raise DataError(f"{part}: a worker of Spark wrote {path}, which the driver does not see; {_SHARE}")
        seen = pq.read_metadata(path).num_rows
        if seen != rows:
            raise DataError(
                f"{part}: a worker of Spark wrote {rows:,} rows to {path}, the driver sees {seen:,}; {_SHARE}"
            )
        path.rename(folder / part / f"{number:06}.parquet")


def written_part(
    batches: Iterable[pa.RecordBatch], folder: str, constants: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """On a worker: writes a partition's rows, and names the file; nothing where it has none.

    A task that is tried again writes another file: only the one that the driver hears of counts.
    """
    coming = (batch for batch in batches if batch.num_rows)
    first = next(coming, None)
    if first is None:
        return
    path = Path(folder) / uuid.uuid4().hex

    def rows() -> Iterator[pa.RecordBatch]:
        yield first
        yield from coming

    try:
        count = write_batches(with_constants(rows(), constants), plain_schema(first.schema, constants), path)
        sha256 = sha256_of(path, [(0, path.stat().st_size)])
    except OSError as error:
        raise DataError(f"a worker of Spark cannot write to {folder} ({error.strerror or error}); {_SHARE}") from error
    yield pa.record_batch({"name": [path.name], "rows": [count], "sha256": [sha256]})
