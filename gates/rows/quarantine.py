"""A Parquet file of every failing row with its rule and reason, written batch by batch."""

from __future__ import annotations

import base64
import json
import math
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gates.atomic_files import unfinished
from gates.data.facts import ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, WRITTEN_ORIGIN
from gates.rows.conversion import readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from gates.data.arrays import Ints
    from gates.rows.failures import BatchFailures


class QuarantineMode(StrEnum):
    """What the quarantine keeps of a failing row: its content, only where it stands, or nothing at all."""

    ROWS = "rows"
    IDS = "ids"
    OFF = "off"


SCHEMA = pa.schema([
    ("file", pa.string()),
    ("row", pa.int64()),
    ("origin", pa.string()),
    ("rule", pa.string()),
    ("reason", pa.string()),
    ("content", pa.string()),
])  # fmt: skip


class QuarantineWriter:
    """Context manager that writes one line per failing (row, rule) pair, `row` counted from 1 within `file`.

    The file appears whole at the end, readable by its owner only, since it may hold personal data; after an error
    nothing appears. `content` is the row as JSON in mode `rows`, else null. Mode `off` writes nothing.
    `failing_rows` counts distinct rows so far. origins: what to call an origin instead, by its name.
    """

    def __init__(
        self,
        path: Path,
        files: Sequence[str],
        mode: QuarantineMode = QuarantineMode.ROWS,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self.path, self.files, self.mode = path, files, QuarantineMode(mode)
        self._origins = origins or {}
        self.failing_rows = 0
        self._owned = ExitStack()
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        if self.mode is not QuarantineMode.OFF:
            temporary = self._owned.enter_context(unfinished(self.path))
            self._writer = self._owned.enter_context(pq.ParquetWriter(temporary, SCHEMA, compression="zstd"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._owned.__exit__(kind, error, trace)

    def write(self, batch: pa.RecordBatch, failures: BatchFailures) -> None:
        """Append the failing rows of one batch, by position and then by rule."""
        rows = failures.failing_rows()
        self.failing_rows += len(rows)
        if self._writer is None or not len(rows):
            return
        order = sorted(failures.failing)
        at = np.concatenate([failures.failing[rule] for rule in order])
        which = np.repeat(np.arange(len(order)), [len(failures.failing[rule]) for rule in order])
        by_row = np.lexsort((which, at))
        at, which = at[by_row], which[by_row]
        ids = failures.row_id[at]
        content = self._content(batch, rows)
        self._writer.write_table(
            pa.table(
                {
                    "file": [self.files[index] for index in (ids >> ROWS_PER_FILE_BITS).tolist()],
                    "row": (ids & ((1 << ROWS_PER_FILE_BITS) - 1)) + 1,
                    "origin": [self._origins.get(origin, origin) for origin in failures.origin[at].tolist()],
                    "rule": [order[index] for index in which.tolist()],
                    "reason": [
                        _reason(failures, order[index], row)
                        for index, row in zip(which.tolist(), at.tolist(), strict=True)
                    ],
                    "content": [content[index] for index in np.searchsorted(rows, at).tolist()],
                },
                schema=SCHEMA,
            )
        )

    def _content(self, batch: pa.RecordBatch, rows: Ints) -> list[str | None]:
        if self.mode is QuarantineMode.IDS:
            return [None] * len(rows)
        own = [name for name in batch.schema.names if name not in (ROW_ID, ORIGIN, WRITTEN_ORIGIN)]
        kept = batch.select(own).take(pa.array(rows))
        names = kept.schema.names
        columns = [_python_values(column) for column in kept.columns]
        return [
            json.dumps(dict(zip(names, map(_plain, values), strict=True)), ensure_ascii=False)
            for values in zip(*columns, strict=True)
        ]


def _reason(failures: BatchFailures, rule: str, row: int) -> str:
    turn = failures.turns.get(rule, {}).get(row)
    return (f"turn {turn}: " if turn else "") + failures.reasons.get(rule, "")


def _python_values(column: pa.Array) -> list[object]:
    try:
        return list(readable(column).to_pylist())
    except (OverflowError, ValueError):
        # A time that Python has no word for is kept as Arrow writes it.
        return list(column.cast(pa.string()).to_pylist())


def _plain(value: object) -> object:
    """A value as JSON knows it; what JSON cannot say becomes text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
