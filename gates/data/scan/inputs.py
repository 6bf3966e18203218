"""What is known of a dataset before any of its rows is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from gates.data.values.readings import NO_READINGS, Readings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    import numpy.typing as npt
    import polars as pl

    from gates.config.removals import Removal
    from gates.data.arrays import Ints
    from gates.data.engine import IndexTable, SortedTable, Source
    from gates.data.facts import Roles
    from gates.data.previous_version import CommitBefore, KeptFiles, PromotedBefore
    from gates.data.scan.index import FileIndex


@dataclass(frozen=True)
class EvaluationItems:
    """The texts of evaluation sets, one entry per text cell: a text and the number of the item (row) it belongs to.

    ids: the items' ids as strings, "" where an item has none. files: names of the files and the number of the first
    item of each. answers: positions of the texts that are answers. rejected: columns of rejected answers, which are not
    among the texts.
    """

    texts: pl.Series
    item: Ints
    ids: npt.NDArray[np.str_]
    files: tuple[tuple[str, int], ...]
    answers: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    rejected: tuple[str, ...] = ()

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

    def rows(self, readings: Readings) -> AbstractContextManager[Source]:
        """Every item as a row of the dataset's type, whose columns read as these say."""


@dataclass(frozen=True)
class Declarations:
    """What the configuration states about the rows, as far as checks read it.

    human_rows: "set" where the set has them, "reference" where they lie outside of it, "none" where there are none.
    population: declared share of people by column and level. critical_domains: least share of "human" and of "expert" rows by
    domain. removals: the records of why human rows went. review: the record of what people said of rows, None where they
    said nothing.
    """

    purpose: str | None = None
    extends_human_law: bool = False
    human_rows: Literal["set", "reference", "none"] = "set"
    population: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    critical_domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    removals: tuple[Removal, ...] = ()
    review: bytes | None = None

    @property
    def is_synthetic_alone(self) -> bool:
        """Whether no human rows are meant to be there, so that nothing is compared with them."""
        return self.human_rows == "none"


@dataclass(frozen=True)
class VersionBefore:
    """What the dataset is compared with in its own past.

    kept_files: what became of the files of the version before, None where there was none. promoted: what was promoted
    last, None where nothing was. commit: whose human rows must not get lost as long as nothing was promoted; None where
    there is none. remembered: what is known of files of that commit whose bytes are not here, all of them or None.
    """

    kept_files: KeptFiles | None = None
    promoted: PromotedBefore | None = None
    commit: CommitBefore | None = None
    remembered: Callable[[], Sequence[FileIndex] | None] = field(default=lambda: None, repr=False)


@dataclass(frozen=True)
class PassInputs:
    """What accumulators are made from. schema: the columns of all rows with their types; evaluation: None without sets.

    sorted_table: an empty table of the engine, for rows that are read in the order of these columns. index_table: one
    for an entry per row.
    readings: what columns read as; the schema has them read.
    """

    roles: Roles
    schema: Mapping[str, pl.DataType]
    sorted_table: Callable[[Sequence[str]], SortedTable]
    index_table: Callable[[], IndexTable]
    declared: Declarations = field(default_factory=Declarations)
    before: VersionBefore = field(default_factory=VersionBefore)
    evaluation: EvaluationSource | None = None
    readings: Readings = NO_READINGS
