"""What one pass over a dataset learned, in the form that metrics read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from gates.data.batch import Batch
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt

    from gates.config.removals import Removal
    from gates.data.arrays import Hashes, Ints
    from gates.data.engine import Source
    from gates.data.previous_version import KeptFiles, PromotedBefore
    from gates.data.scan.row_index import RowIndex
from gates.data.facts import ROWS_PER_FILE_BITS, FileFacts, Roles
from gates.data.scan.accumulators import EvaluationSource, Gather, Gatherer

T = TypeVar("T")


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
                raise TypeError(
                    f"{name} returned a {type(gatherer).__name__}, expected a gates.data.scan.accumulators.Gatherer"
                )
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
