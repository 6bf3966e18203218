"""What one pass over a dataset learned, in the form that metrics read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, NATURAL_REPEAT_RATIO, ROWS_PER_FILE_BITS, FileFacts, Roles, row_number
from gates.data.scan.accumulators import Accumulate, Accumulator
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints, Mask
    from gates.data.engine import Source
    from gates.data.scan.inputs import Declarations, EvaluationSource, PassInputs, VersionBefore
    from gates.data.scan.row_index import RowIndex

T = TypeVar("T")


def with_turn(place: str, turn: int | None) -> str:
    """The place of a row, and of the message in its conversation."""
    return f"{place} turn {turn}" if turn else place


# Enough to see what they have in common; a verdict is kept and read whole.
NAMED_ROWS = 10


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
    broken: why the rule itself could not run, or "". turns: of those rows that are conversations, by id the message that
    breaks it, counted from 1. reason: what the rule expects, "" where no row breaks it.
    """

    rule: str
    failures: Mapping[str, int]
    rows: Mapping[str, int]
    first: tuple[int, ...] = ()
    broken: str = ""
    turns: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""

    def place(self, row_id: int, place: str) -> str:
        """What to call a failing row that stands at this place: `path:161`, or `path:161 turn 4` in a conversation."""
        return with_turn(place, self.turns.get(row_id))


@dataclass(frozen=True)
class Samples:
    """Rows in memory that stand for all: of each origin, and of each generator with enough rows to be judged alone."""

    human: Rows
    synthetic: Rows
    generators: Mapping[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True)
class Holdout:
    """Human rows that no generator has seen: a sample of them, and content hash and number of tokens of all.

    Its columns have the dataset's types, so that equal rows have equal digests; without the content columns it has no rows.
    """

    rows: Rows
    digests: Hashes
    tokens: Ints


@dataclass(frozen=True)
class ScanCounts:
    """What was counted over all rows: failures by rule; cells that are neither null nor NaN nor blank, by origin and column.

    undeclared_origins names the origins that are not declared, "" where all are.
    """

    failures: Mapping[str, RuleFailures]
    human_columns: Mapping[str, int]
    synthetic_columns: Mapping[str, int]
    undeclared_origins: str = ""


@dataclass(frozen=True)
class Fetched:
    """Rows that were fetched at once for whoever needs some of them. row_id: ascending."""

    row_id: Ints
    frame: pl.DataFrame

    def has(self, row_ids: Ints) -> bool:
        """Whether all these rows are here."""
        return bool(np.isin(row_ids, self.row_id).all())

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for."""
        return self.frame[np.searchsorted(self.row_id, row_ids)]


@dataclass(frozen=True)
class Drawn:
    """The samples, and all rows that were fetched together with theirs; None where the samples' own are all."""

    samples: Samples
    fetched: Fetched | None = None


@dataclass(frozen=True)
class Scan:
    """Everything metrics may read.

    inputs: what was known before rows were read. draw: draws the samples, when the first check asks for them.
    measured: by check id, the `Measurement` of what was measured already. named_rows: how many rows a finding names, None for all.
    """

    inputs: PassInputs
    files: tuple[FileFacts, ...]
    index: RowIndex
    draw: Callable[[Scan], Drawn]
    holdout: Holdout | None
    counts: ScanCounts
    source: Source
    measured: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    named_rows: int | None = NAMED_ROWS
    _collected: dict[Accumulate[Any], Any] = field(default_factory=dict, compare=False, repr=False)
    _memo: dict[Callable[..., object], object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def roles(self) -> Roles:
        """Which column plays which part."""
        return self.inputs.roles

    @property
    def declared(self) -> Declarations:
        """What the configuration states about the rows."""
        return self.inputs.declared

    @property
    def before(self) -> VersionBefore:
        """What the dataset is compared with in its own past."""
        return self.inputs.before

    @property
    def evaluation(self) -> EvaluationSource | None:
        """The evaluation sets, None where none are declared."""
        return self.inputs.evaluation

    @property
    def seed(self) -> int:
        """Derives from the rows' content, so that neither row order nor repeated rows change the draws."""
        return self.index.seed

    @property
    def samples_are_distinct(self) -> bool:
        """Whether repeated rows are not drawn: where so many are repeated that it is no accident."""
        return self.cached(_repeat_ratio) <= NATURAL_REPEAT_RATIO

    @property
    def samples(self) -> Samples:
        """What was drawn of each origin and generator, fetched when it is first asked for."""
        return self.cached(self.draw).samples

    @property
    def is_drawn(self) -> bool:
        """Whether the samples' rows are in memory."""
        return self.draw in self._memo

    @property
    def human(self) -> Rows:
        """The sample of the human rows."""
        return self.samples.human

    @property
    def synthetic(self) -> Rows:
        """The sample of the synthetic rows."""
        return self.samples.synthetic

    @property
    def generators(self) -> Mapping[str, Rows]:
        """A sample of each generator with rows enough to be judged alone."""
        return self.samples.generators

    def release(self) -> None:
        """Let go of what was computed, which may refer back to the scan: no check asks any more."""
        self._memo.clear()
        self._collected.clear()

    def cached(self, compute: Callable[[Scan], T]) -> T:
        """`compute(self)`, computed at the first call only: several checks read one number."""
        if compute not in self._memo:
            self._memo[compute] = compute(self)
        return self._memo[compute]  # type: ignore[return-value]

    def collected(self, accumulate: Accumulate[T]) -> T:
        """What came of every row: known since the rows were read where the pass was told to accumulate it, else read now."""
        value: T = self.collected_together([accumulate])[0]
        return value

    def collected_together(self, accumulates: Iterable[Accumulate[Any]]) -> list[Any]:
        """As `collected` of each, read in one pass where the pass was not told of several."""
        listed = list(accumulates)
        missing = {one: self._accumulator(one) for one in listed if one not in self._collected}
        reading = [accumulator for accumulator in missing.values() if accumulator.needs_rows]
        if reading:
            self.source.fold(reading)
        self._collected.update({one: accumulator.value() for one, accumulator in missing.items()})
        return [self._collected[one] for one in listed]

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for; fetched now only where the checks to come did not announce them."""
        fetched = self.cached(self.draw).fetched if self.is_drawn else None
        return fetched.take(row_ids) if fetched and fetched.has(row_ids) else self.source.take(row_ids)

    def place(self, row_id: int) -> str:
        """`path:row`, rows counted from 1, for evidence and messages."""
        return f"{self.files[row_id >> ROWS_PER_FILE_BITS].path}:{row_number(row_id)}"

    def first_places(self, mask: Mask) -> list[str]:
        """`path:row` of the first rows under a mask, as many as a finding names."""
        return [self.place(row) for row in self.index.ids_of(mask, self.named_rows).tolist()]

    def twin_places(self, rows: Ints, twins: Ints) -> list[str]:
        """`data/s.parquet:1359 = data/h.parquet:77`: each of these rows with the one that it equals or copies."""
        pairs = zip(rows.tolist(), twins.tolist(), strict=True)
        return [f"{self.place(row)} = {self.place(twin)}" for row, twin in pairs]

    def rows_of(self, scope: Scope) -> Rows:
        """The sample of a single-origin scope. Raises KeyError for the combined scope."""
        return {Scope.HUMAN: self.human, Scope.SYNTHETIC: self.synthetic}[scope]

    def _accumulator(self, accumulate: Accumulate[Any]) -> Accumulator[Any]:
        accumulator = accumulate(self.inputs)
        if not isinstance(accumulator, Accumulator):
            name = getattr(accumulate, "__qualname__", type(accumulate).__name__)
            raise TypeError(
                f"{name} returned a {type(accumulator).__name__}, expected a gates.data.scan.accumulators.Accumulator"
            )
        return accumulator


def _repeat_ratio(scan: Scan) -> float:
    """The share of human rows whose content another human row before them has."""
    human = scan.index.of(HUMAN_CODE)
    count = int(human.sum())
    return 1 - int((human & scan.index.is_first).sum()) / count if count else 0.0
