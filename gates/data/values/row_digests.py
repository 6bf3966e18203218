"""Rows known by what they say, wherever they stand."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from gates.data.facts import ROW_ID, TURNS, WRITTEN_ORIGIN
from gates.data.values.plain_values import plain, python_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from gates.data.arrays import Hashes

_NO_CONTENT = (ROW_ID, TURNS, WRITTEN_ORIGIN)


def row_digests(rows: pa.RecordBatch) -> Hashes:
    """Rows x 4 words of the sha256 of what each row says, its origin among it."""
    return np.frombuffer(b"".join(_digests(rows)), dtype=">u8").astype(np.uint64).reshape(-1, 4)


def sha256_of_rows(digests: Hashes) -> str:
    """What names all rows together, in whatever order and files they are. digests: rows x 4 words."""
    ordered = digests[np.lexsort(digests.T[::-1])]
    return hashlib.sha256(ordered.astype(">u8").tobytes()).hexdigest()


def _digests(rows: pa.RecordBatch) -> Iterator[bytes]:
    """sha256 of each row as JSON, by the names of its columns."""
    names = sorted(name for name in rows.schema.names if name not in _NO_CONTENT)
    columns = [python_values(rows.column(name)) for name in names]
    for values in zip(*columns, strict=True):
        yield hashlib.sha256(json.dumps(dict(zip(names, map(plain, values), strict=True))).encode()).digest()
