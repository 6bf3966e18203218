"""What the one shared pass over a dataset learned, in the form that metrics read.

A `Scan` holds a light index of every row, and samples of the rows themselves. Both are independent of row order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt
import polars as pl

from gates.text.batch import Batch
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from gates.kept_files import KeptFiles
    from gates.promoted_before import PromotedBefore
    from gates.removals import Removal

ROW_ID = "_gates_row_id"
ORIGIN = "_gates_origin"
ROWS_PER_FILE_BITS = 40

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.uint16]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Where more human rows than this repeat each other, repetition belongs to the law (a table of few coarse columns);
# below it, a repeated row is an accident and inference uses distinct rows. The limit of the duplicate check.
NATURAL_REPEAT_RATIO = 0.01

# Origins as they stand in `RowIndex.origin`.
HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE = 0, 1, 2


class Source(Protocol):
    """An opened dataset: columns bear the roles' names, plus ROW_ID (int64) and ORIGIN (string).

    ROW_ID is `file index << 40 | row number`, rows counted from 0 within their file, files in path order.
    """

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Every row of every origin once, in bounded batches."""

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for, with ROW_ID and ORIGIN."""


@dataclass(frozen=True)
class FileFacts:
    """One file of a dataset. `columns` maps a column's name in the file to its Arrow type.

    origin: the origin of all its rows where a separate partition path or a hive key says so, else None.
    md5: of the same bytes as sha256, to recognise them in what DVC tracks; "" where there is no file.
    """

    path: str
    rows: int
    columns: Mapping[str, str]
    sha256: str
    size: int
    origin: str | None = None
    md5: str = ""


@dataclass(frozen=True)
class Roles:
    """Which column plays which part; names are those of the opened dataset's columns.

    content: the columns that make up what a row says; origin, lineage and keys are not content.
    texts: content columns of free text, the main one first.
    lineage: generator, generator_version, prompt_id, seed_id, created_at, licence, as far as they are there.
    bound: every role of the type that is a column; the column bears the role's name.
    identifying: content columns that say which thing a row is about (an item, a time); origins are not compared in them.
    prompt: the column that the main text answers. group_by_day: a column of times whose days part the groups.
    mappable: every role that `columns` may map in data of this type.
    """

    type: str
    content: tuple[str, ...]
    texts: tuple[str, ...] = ()
    label: str | None = None
    group: str | None = None
    key: str | None = None
    generator: str | None = None
    slices: tuple[str, ...] = ()
    lineage: Mapping[str, str] = field(default_factory=dict)
    bound: tuple[str, ...] = ()
    identifying: tuple[str, ...] = ()
    prompt: str | None = None
    group_by_day: str | None = None
    mappable: tuple[str, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class RowIndex:
    """One entry per row of the dataset, sorted by row id; all arrays have the same length n.

    digest: 64-bit hash of the row's content. group: hash of the group column's value, or the digest without one.
    generator: index into `generators`, -1 for rows without one. marks: bit set of `gates.text.marks.Mark`
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


@dataclass(frozen=True)
class Rows:
    """Rows of one origin in memory: a deterministic sample, or all of them where they are few.

    frame: content and role columns, one row per sampled row. total: rows of the origin before sampling.
    generator: the generator's name per row, "" where there is none.
    """

    frame: pl.DataFrame
    row_id: Ints
    digest: Hashes
    group: Hashes
    generator: npt.NDArray[np.str_]
    total: int

    def __len__(self) -> int:
        return self.frame.height

    def where(self, mask: npt.NDArray[np.bool_]) -> Rows:
        """The rows under the mask; `total` shrinks in proportion."""
        kept = int(mask.sum())
        total = round(self.total * kept / max(1, len(self)))
        return Rows(
            self.frame.filter(pl.Series(mask)),
            self.row_id[mask],
            self.digest[mask],
            self.group[mask],
            self.generator[mask],
            total,
        )


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


@dataclass(frozen=True)
class RuleFailures:
    """How one pandera rule fared, counted over every row it saw.

    failures and rows per origin name ("human", "synthetic", "undeclared"); first: ids of the first failing rows.
    broken: why the rule itself could not run, or "".
    """

    rule: str
    failures: Mapping[str, int]
    rows: Mapping[str, int]
    first: tuple[int, ...] = ()
    broken: str = ""


@dataclass(frozen=True)
class Scan:
    """Everything metrics may read.

    sample_keys: a key per row of the index; samples hold the rows with the smallest. human and synthetic are such samples,
    generators holds one per generator with enough rows to be judged alone. population: declared share of people by column and level. critical_domains: least share of "human" and of
    "expert" rows by domain. human_columns and synthetic_columns count each column's cells that are neither null nor NaN nor blank.
    undeclared_origins names the origins that nobody declared. kept_files is None where no version came before, evaluation where no evaluation sets are declared,
    promoted where nothing was promoted before. removals: the records of why human rows went. seed derives from the rows' content, so that neither row
    order nor repeated rows change the draws. measured: by check id, the `Measurement` of what was asked already.
    """

    roles: Roles
    files: tuple[FileFacts, ...]
    index: RowIndex
    sample_keys: Hashes
    human: Rows
    synthetic: Rows
    holdout: Rows | None
    failures: Mapping[str, RuleFailures]
    source: Source
    seed: int
    purpose: str | None = None
    extends_human_law: bool = False
    generators: Mapping[str, Rows] = field(default_factory=dict)
    holdout_digests: Hashes | None = None
    holdout_tokens: Ints | None = None
    undeclared_origins: str = ""
    kept_files: KeptFiles | None = None
    promoted: PromotedBefore | None = None
    removals: tuple[Removal, ...] = ()
    evaluation: EvaluationSource | None = None
    population: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    critical_domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    human_columns: Mapping[str, int] = field(default_factory=dict)
    synthetic_columns: Mapping[str, int] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    _gathered: dict[Gather[Any], Any] = field(default_factory=dict, compare=False, repr=False)
    _memo: dict[Callable[..., object], object] = field(default_factory=dict, compare=False, repr=False)

    def once(self, compute: Callable[[Scan], T]) -> T:
        """`compute(self)`, computed at the first call only: several checks read one number."""
        if compute not in self._memo:
            self._memo[compute] = compute(self)
        return self._memo[compute]  # type: ignore[return-value]

    def gathered(self, gather: Gather[T]) -> T:
        """What came of every row: known since the rows were read where the pass was told to gather it, else read now."""
        if gather not in self._gathered:
            gatherer = gather(self.roles, self.evaluation)
            if not isinstance(gatherer, Gatherer):
                name = getattr(gather, "__qualname__", type(gather).__name__)
                raise TypeError(f"{name} returned a {type(gatherer).__name__}, expected a gates.scan.Gatherer")
            for rows in self.source.batches() if gatherer.needs_rows else ():
                gatherer.update(Batch(rows))
            self._gathered[gather] = gatherer.value()
        value: T = self._gathered[gather]
        return value

    def place(self, row_id: int) -> str:
        """`path:row`, rows counted from 1, for evidence and messages."""
        file = self.files[row_id >> ROWS_PER_FILE_BITS]
        return f"{file.path}:{(row_id & ((1 << ROWS_PER_FILE_BITS) - 1)) + 1}"

    def rows_of(self, scope: Scope) -> Rows:
        """The sample of a single-origin scope. Raises KeyError for the combined scope."""
        return {Scope.HUMAN: self.human, Scope.SYNTHETIC: self.synthetic}[scope]
