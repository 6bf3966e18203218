"""Reads rows out of DuckDB in bounded batches and by their ids; every source of rows shares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from gates.data.facts import ROW_ID
from gates.data.sql import identifier, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from gates.data.arrays import Ints

# A pandera call costs milliseconds per column whatever the rows: a batch has this many rows, or this many bytes.
BATCH_ROWS = 50_000
BATCH_BYTES = 64 << 20
# DuckDB's own vector size: the smallest step, so that long texts do not add up beyond BATCH_BYTES by much.
_STEP_ROWS = 2048
_WANTED = "_gates_wanted_rows"
_POSITION = "_gates_position"


def stream_batches(connection: duckdb.DuckDBPyConnection, source: str) -> Iterator[pa.RecordBatch]:
    """All rows of a relation or a bracketed query, in its order, BATCH_ROWS or BATCH_BYTES at a time.

    The connection serves nothing else until the last batch is out.
    """
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for step in connection.sql(select("*", source)).to_arrow_reader(_STEP_ROWS):
        waiting.append(step)
        rows += step.num_rows
        size += step.nbytes
        if rows >= BATCH_ROWS or size >= BATCH_BYTES:
            yield pa.concat_batches(waiting)
            waiting, rows, size = [], 0, 0
    if rows:
        yield pa.concat_batches(waiting)


def take_rows(connection: duckdb.DuckDBPyConnection, source: str, row_ids: Ints) -> pl.DataFrame:
    """The rows with these ids in the order asked for, an id asked for twice twice.

    Raises KeyError for an id that no row has.
    """
    wanted = pa.table({
        ROW_ID: pa.array(np.asarray(row_ids, dtype=np.int64)),
        _POSITION: pa.array(np.arange(len(row_ids), dtype=np.int64)),
    })  # fmt: skip
    connection.register(_WANTED, wanted)
    try:
        query = select(
            "data.*",
            f"{source} AS data JOIN {_WANTED} AS wanted ON data.{identifier(ROW_ID)} = wanted.{identifier(ROW_ID)}",
            f"ORDER BY wanted.{_POSITION}",
        )
        frame = pl.DataFrame(connection.sql(query).to_arrow_table())
    finally:
        connection.unregister(_WANTED)
    if frame.height < len(row_ids):
        missing = sorted(set(np.asarray(row_ids).tolist()) - set(frame[ROW_ID].to_list()))
        raise KeyError(f"no row has the id {missing[0]}")
    return frame
