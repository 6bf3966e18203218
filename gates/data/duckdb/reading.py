"""Reads rows out of DuckDB in bounded batches and by their ids; every source of rows shares it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from gates.config.memory import batch_bytes
from gates.data.facts import ORIGIN, ROW_ID, row_number
from gates.data.sql import identifier, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from gates.data.arrays import Ints

# A pandera call costs milliseconds per column whatever the rows: a batch has this many rows, or the bytes that there are for it.
BATCH_ROWS = 50_000
# DuckDB's own vector size: the smallest step, so that long texts do not add up beyond these bytes by much.
_STEP_ROWS = 2048
_WANTED = "_gates_wanted_rows"
_POSITION = "_gates_position"


def stream_batches(connection: duckdb.DuckDBPyConnection, source: str) -> Iterator[pa.RecordBatch]:
    """All rows of a relation or a bracketed query, in its order, BATCH_ROWS or `batch_bytes` at a time.

    The connection serves nothing else until the last batch is out. Raises ArrowInvalid for a time that no calendar holds.
    """
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    bytes_at_most = batch_bytes()
    for step in connection.sql(select("*", source)).to_arrow_reader(_STEP_ROWS):
        _refuse_times_outside_of_calendars(step)
        waiting.append(step)
        rows += step.num_rows
        size += step.nbytes
        if rows >= BATCH_ROWS or size >= bytes_at_most:
            yield pa.concat_batches(waiting)
            waiting, rows, size = [], 0, 0
    if rows:
        yield pa.concat_batches(waiting)


def take_rows(
    connection: duckdb.DuckDBPyConnection, source: str, row_ids: Ints, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """The rows with these ids in the order asked for, an id asked for twice twice. columns: as in `Source.take`.

    Raises KeyError for an id that no row has.
    """
    if columns is not None:
        source = f"({select(', '.join(map(identifier, dict.fromkeys([*columns, ROW_ID, ORIGIN]))), source)})"
    wanted = pa.table({
        ROW_ID: pa.array(np.asarray(row_ids, dtype=np.int64)),
        _POSITION: pa.array(np.arange(len(row_ids), dtype=np.int64)),
    })  # fmt: skip
    connection.register(_WANTED, wanted)
    try:
        query = select(
            f"data.*, wanted.{_POSITION}",
            f"{source} AS data JOIN {_WANTED} AS wanted ON data.{identifier(ROW_ID)} = wanted.{identifier(ROW_ID)}",
        )
        # Put in order here, where rows need not be copied for it.
        rows = connection.sql(query).to_arrow_reader(_STEP_ROWS).read_all()
        frame = pl.DataFrame(rows).sort(_POSITION).drop(_POSITION)
    finally:
        connection.unregister(_WANTED)
    if frame.height < len(row_ids):
        missing = sorted(set(np.asarray(row_ids).tolist()) - set(frame[ROW_ID].to_list()))
        raise KeyError(f"no row has the id {missing[0]}")
    return frame


def _refuse_times_outside_of_calendars(rows: pa.RecordBatch) -> None:
    """Raises ArrowInvalid for a time outside of the years 1 to 9999: Python has none, and polars ends at one as text."""
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        first, last = _calendar(column.type)
        if first is None:
            continue
        is_outside = pc.fill_null(pc.or_(pc.less(column, first), pc.greater(column, last)), fill_value=False)
        at = pc.index(is_outside, value=True).as_py()
        if at >= 0:
            raise pa.ArrowInvalid(f"column '{name}' has a time outside of the years 1 to 9999{_in_row(rows, at)}")


def _in_row(rows: pa.RecordBatch, at: int) -> str:
    """Which row of its file one of a batch is, where the batch knows."""
    if ROW_ID not in rows.schema.names:
        return ""
    return f" in row {row_number(int(rows.column(ROW_ID)[at].as_py()))}"


def _calendar(kind: pa.DataType) -> tuple[pa.Scalar | None, pa.Scalar | None]:
    """The first and last moment of the calendar in a type; none in one that is no time, or that cannot leave it."""
    if pa.types.is_date(kind):
        return pa.scalar(date.min, kind), pa.scalar(date.max, kind)
    if not pa.types.is_timestamp(kind) or kind.unit == "ns":
        return None, None
    zone = UTC if kind.tz else None
    last = datetime.max.replace(microsecond=0, tzinfo=zone)
    return pa.scalar(datetime.min.replace(tzinfo=zone), kind), pa.scalar(last, kind)
