"""What a check may need of every row, and of evaluation sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from gates.data.facts import Roles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    from gates.data.arrays import Ints
    from gates.data.batch import Batch

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class EvaluationItems:
    """The texts of evaluation sets, one entry per text cell: a text and the number of the item (row) it belongs to.

    ids: the items' ids as strings, "" where an item has none. files: names of the files and the number of the first
    item of each.
    """

    texts: pl.Series
    item: Ints
    ids: npt.NDArray[np.str_]
    files: tuple[tuple[str, int], ...]

    def __len__(self) -> int:
        return len(self.ids)

    def place(self, item: int) -> str:
        """`path:row`, rows counted from 1, for evidence and messages."""
        path, first = next((path, first) for path, first in reversed(self.files) if first <= item)
        return f"{path}:{item - first + 1}"


class EvaluationSource(Protocol):
    """Opened evaluation sets."""

    def items(self) -> EvaluationItems:
        """Every text of every item, read when it is called."""


@runtime_checkable
class Gatherer(Protocol[T_co]):
    """What a check needs of every row, gathered batch by batch in whatever order batches come.

    needs_rows: False where no row can change the value; then none is read for it.
    """

    @property
    def needs_rows(self) -> bool: ...

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""

    def value(self) -> T_co:
        """What came of all rows."""


# Makes a gatherer for a dataset with these roles and evaluation sets, if any are declared.
Gather = Callable[[Roles, EvaluationSource | None], Gatherer[T]]
