"""A Parquet file of every failing row with its rule and reason, written batch by batch."""

from __future__ import annotations

import json
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gates.atomic_files import unfinished
from gates.data.facts import ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, WRITTEN_ORIGIN
from gates.data.values.plain_values import plain, python_values

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
        columns = [python_values(column) for column in kept.columns]
        return [
            json.dumps(dict(zip(names, map(plain, values), strict=True)), ensure_ascii=False)
            for values in zip(*columns, strict=True)
        ]


def _reason(failures: BatchFailures, rule: str, row: int) -> str:
    turn = failures.turns.get(rule, {}).get(row)
    return (f"turn {turn}: " if turn else "") + failures.reasons.get(rule, "")
