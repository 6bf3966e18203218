"""A light entry for every row of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from gates.data.arrays import Flags, Hashes, Ints


@dataclass(frozen=True)
class RowIndex:
    """One entry per row of the dataset, sorted by row id; all arrays have the same length n.

    digest: 64-bit hash of the row's content. group: hash of the group column's value, or the digest without one.
    generator: index into `generators`, -1 for rows without one. marks: bit set of `gates.data.text.markers.Mark`
    (all zero for types without text). tokens: number of tokens of the main text (0 without text).
    """

    row_id: Ints
    origin: npt.NDArray[np.int8]
    digest: Hashes
    group: Hashes
    generator: npt.NDArray[np.int16]
    marks: Flags
    tokens: npt.NDArray[np.int32]
    generators: tuple[str, ...] = ()

    @cached_property
    def by_content(self) -> Ints:
        """The rows' positions by content, then by origin, then by row id: sorted once, because sorting is what takes long."""
        order: Ints = np.lexsort((self.origin, self.digest))
        return order

    @cached_property
    def starts(self) -> npt.NDArray[np.bool_]:
        """Where in `by_content` the rows of another content or origin begin."""
        digest, origin = self.digest[self.by_content], self.origin[self.by_content]
        starts = np.ones(len(digest), dtype=bool)
        starts[1:] = (digest[1:] != digest[:-1]) | (origin[1:] != origin[:-1])
        return starts

    @cached_property
    def is_first(self) -> npt.NDArray[np.bool_]:
        """Mask of one row per distinct content and origin: ratios are taken over distinct rows."""
        first = np.empty(len(self.digest), dtype=bool)
        first[self.by_content] = self.starts
        return first

    def of(self, code: int) -> npt.NDArray[np.bool_]:
        """Mask of the rows with this origin code."""
        mask: npt.NDArray[np.bool_] = self.origin == code
        return mask
