"""Places of rows, for messages and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.scan.result import Scan

EVIDENCE_ROWS = 10


def first_places(scan: Scan, mask: Mask) -> list[str]:
    """`path:row` of the first ten rows under a mask."""
    return [scan.place(row) for row in scan.index.ids_of(mask, EVIDENCE_ROWS).tolist()]
