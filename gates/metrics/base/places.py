"""Places of rows, for messages and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.scan.result import Scan


def first_places(scan: Scan, mask: Mask) -> list[str]:
    """`path:row` of the first rows under a mask, as many as a finding names."""
    return [scan.place(row) for row in scan.index.ids_of(mask, scan.named_rows).tolist()]
