"""Places of rows, for messages and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.scan.result import Scan

EVIDENCE_ROWS = 10


def first_places(scan: Scan, row_id: Ints) -> list[str]:
    """`path:row` of the first ten of these rows."""
    return [scan.place(row) for row in row_id[:EVIDENCE_ROWS].tolist()]
