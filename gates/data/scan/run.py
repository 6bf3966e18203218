"""The one shared pass over a dataset: pandera, the row index and what checks gather on each batch, then the samples."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from gates.data.batch import Batch
from gates.data.engine import Source
from gates.data.facts import (
    HUMAN_CODE,
    NATURAL_REPEAT_RATIO,
    ORIGIN,
    ROW_ID,
    SYNTHETIC_CODE,
    UNDECLARED_CODE,
    FileFacts,
    Roles,
)
from gates.data.scan.accumulators import EvaluationSource, Gather
from gates.data.scan.index import FileIndex, IndexBuilder, content_digest
from gates.data.scan.result import Rows, RuleFailures, Scan
from gates.data.scan.samples import Sampler, sample_keys, sample_size
from gates.data.text.mix import mix
from gates.data.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gates.data.arrays import Hashes
    from gates.data.facts import Roles
    from gates.data.scan.accumulators import EvaluationSource, Gather, Gatherer
    from gates.data.scan.row_index import RowIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import numpy.typing as npt

    from gates.config.removals import Removal
    from gates.data.previous_version import KeptFiles, PromotedBefore

# A generator with fewer rows cannot be judged alone.
GENERATOR_ROWS = 300


class Opened(Source, Protocol):
    """A source with its facts; `gates.data.duckdb.dataset` opens one."""

    @property
    def roles(self) -> Roles: ...

    @property
    def files(self) -> tuple[FileFacts, ...]: ...

    def batches(self, files: Collection[int] | None = None) -> Iterator[pa.RecordBatch]:
        """Every row of the files with these numbers, or of all files, once and in bounded batches."""


@dataclass(frozen=True)
class Remembered:
    """What is known of a dataset's files before any row is read.

    files: what the index knows of those that need not be read, by number. schema: the columns of all rows.
    keep: takes what became known of the files that were read, with their numbers.
    """

    files: Mapping[int, FileIndex]
    schema: pa.Schema
    keep: Callable[[Iterable[tuple[int, FileIndex]]], None]


@dataclass(frozen=True)
class ScanRequest:
    """What a scan is to keep beside the rows' own facts.

    gather: what the checks to come need of every row, each once.
    """

    purpose: str | None = None
    extends_human_law: bool = False
    rule_failures: Callable[[], Mapping[str, RuleFailures]] = dict
    on_batch: Callable[[pa.RecordBatch], None] = field(default=lambda _batch: None)
    undeclared_origins: Callable[[], str] = str
    remembered: Remembered | None = None
    kept_files: KeptFiles | None = None
    promoted: PromotedBefore | None = None
    removals: tuple[Removal, ...] = ()
    evaluation: EvaluationSource | None = None
    gather: tuple[Gather[Any], ...] = ()
    population: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    critical_domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def scan(opened: Opened, request: ScanRequest, holdout: Opened | None = None) -> Scan:
    """Read every row once, index it, and fetch the samples that metrics work on."""
    builder = IndexBuilder(opened.roles)
    gathering = Gathering(request.gather, opened.roles, request.evaluation)
    schema = _read(opened, request, builder, gathering)
    index, whole = builder.build()
    if request.remembered:
        _keep(request.remembered, _unread(opened, request.remembered), builder, index, whole)
    keys = sample_keys(index, whole, distinct=_repeat_ratio(index) <= NATURAL_REPEAT_RATIO)
    samples = Sampler(opened, opened.roles, index, keys).drawn(_masks(index), sample_size(opened.roles))
    human, synthetic = samples.pop(HUMAN_CODE), samples.pop(SYNTHETIC_CODE)
    held_rows, held_digests, held_tokens = _read_holdout(opened, schema, holdout)
    return Scan(
        roles=opened.roles,
        files=opened.files,
        index=index,
        sample_keys=keys,
        human=human,
        synthetic=synthetic,
        holdout=held_rows,
        failures=request.rule_failures(),
        source=opened,
        seed=_seed(index),
        purpose=request.purpose,
        extends_human_law=request.extends_human_law,
        generators={str(name): rows for name, rows in samples.items()},
        holdout_digests=held_digests,
        holdout_tokens=held_tokens,
        undeclared_origins=request.undeclared_origins() if index.of(UNDECLARED_CODE).any() else "",
        kept_files=request.kept_files,
        promoted=request.promoted,
        removals=request.removals,
        evaluation=request.evaluation,
        population=request.population,
        critical_domains=request.critical_domains,
        human_columns=builder.values(HUMAN_CODE),
        synthetic_columns=builder.values(SYNTHETIC_CODE),
        _gathered=gathering.values(),
    )


def _read(
    opened: Opened, request: ScanRequest, builder: IndexBuilder, gathering: Gathering
) -> Mapping[str, pl.DataType]:
    """Read what is not remembered; the columns of the rows with their types.

    No index tells what checks gather: for them, files that are remembered are read too.
    """
    schema: Mapping[str, pl.DataType] = {}
    batches = opened.batches() if request.remembered is None else opened.batches(_unread(opened, request.remembered))
    for rows in batches:
        request.on_batch(rows)
        schema = _take(Batch(rows), builder, gathering)
    if request.remembered and request.remembered.files:
        schema = pl.DataFrame(request.remembered.schema.empty_table()).schema
        for number, file in request.remembered.files.items():
            builder.add(number, file)
        gathering.read(opened.batches(request.remembered.files))
    return schema


def _take(batch: Batch, builder: IndexBuilder, gathering: Gathering) -> Mapping[str, pl.DataType]:
    # A function of its own, so that tokens are let go of before the next rows are read.
    gathering.update(batch)
    return builder.update(batch)


def _unread(opened: Opened, known: Remembered) -> list[int]:
    return [number for number in range(len(opened.files)) if number not in known.files]


def _keep(known: Remembered, unread: Iterable[int], builder: IndexBuilder, index: RowIndex, whole: Hashes) -> None:
    """Hand on what became known of the files that were read."""
    built = ((number, builder.of_file(number, index, whole)) for number in unread)
    known.keep((number, file) for number, file in built if file is not None)


def _repeat_ratio(index: RowIndex) -> float:
    human = index.of(HUMAN_CODE)
    count = int(human.sum())
    return 1 - int((human & index.is_first).sum()) / count if count else 0.0


def _seed(index: RowIndex) -> int:
    ordered = index.digest[index.by_content]
    distinct = np.ones(len(ordered), dtype=bool)
    distinct[1:] = ordered[1:] != ordered[:-1]
    return int(np.bitwise_xor.reduce(ordered[distinct]))


def _masks(index: RowIndex) -> dict[str | int, npt.NDArray[np.bool_]]:
    """The rows to sample: of both origins, and of each generator that can be judged alone."""
    found: dict[str | int, npt.NDArray[np.bool_]] = {code: index.of(code) for code in (HUMAN_CODE, SYNTHETIC_CODE)}
    for number, name in enumerate(index.generators):
        mask = found[SYNTHETIC_CODE] & (index.generator == number)
        # All its rows, repeated ones too: a generator that collapsed to a few rows must not escape.
        if int(mask.sum()) >= GENERATOR_ROWS:
            found[name] = mask
    return found


def _read_holdout(
    opened: Opened, schema: Mapping[str, pl.DataType], holdout: Opened | None
) -> tuple[Rows | None, Hashes | None, npt.NDArray[np.int64] | None]:
    """A sample of the holdout, and digest and tokens of all its rows; its columns take the dataset's types.

    Equal rows then have equal digests. A holdout without the content columns gives no rows.
    """
    if holdout is None:
        return None, None, None
    parts = []
    for batch in holdout.batches():
        frame = pl.DataFrame(pa.Table.from_batches([batch]))
        shared = [name for name in schema if name in frame.columns and name != ORIGIN]
        parts.append(frame.select(pl.col(name).cast(schema[name], strict=False) for name in shared))
    frame = pl.concat(parts) if parts else pl.DataFrame()
    if frame.is_empty() or not set(opened.roles.content) <= set(frame.columns):
        empty = np.empty(0, dtype=np.uint64)
        none = Rows(frame.clear(), empty.astype(np.int64), empty, empty, empty.astype(str), 0)
        return none, empty, empty.astype(np.int64)
    digest = content_digest(frame, opened.roles)
    tokens = np.zeros(len(digest), dtype=np.int64)
    if opened.roles.texts:
        tokens = tokenise(frame[opened.roles.texts[0]].to_arrow()).lengths()
    keep = np.argsort(mix(digest), kind="stable")[: sample_size(opened.roles)]
    taken = frame[keep]
    no_name = np.full(len(keep), "", dtype=str)
    rows = Rows(taken.drop(ROW_ID), taken[ROW_ID].to_numpy(), digest[keep], digest[keep], no_name, len(digest))
    return rows, digest, tokens


S = TypeVar("S")
T = TypeVar("T")

logger = logging.getLogger(__name__)


class Gathering:
    """Several gatherers fed at once: `update(batch)`, `read(rows)`, `values()`.

    One that breaks is fed no more and has no value: `Scan.gathered` gathers anew where its check asks, and what goes wrong
    there is an error of that check alone.
    """

    def __init__(self, gathers: Iterable[Gather[Any]], roles: Roles, evaluation: EvaluationSource | None) -> None:
        self._gatherers = _unbroken({one: one for one in gathers}, lambda gather: gather(roles, evaluation))

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""

        def feed(gatherer: Gatherer[Any]) -> None:
            if gatherer.needs_rows:
                gatherer.update(batch)

        self._of_each(feed)

    def read(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take rows that nobody else reads; where no gatherer needs them, they are not read either."""
        if any(self._of_each(lambda gatherer: bool(gatherer.needs_rows)).values()):
            for rows in batches:
                self.update(Batch(rows))

    def values(self) -> dict[Gather[Any], Any]:
        """What came of all rows, by what made the gatherer."""
        return self._of_each(lambda gatherer: gatherer.value())

    def _of_each(self, ask: Callable[[Gatherer[Any]], T]) -> dict[Gather[Any], T]:
        """What each gatherer answers; one that breaks is let go of."""
        found = _unbroken(self._gatherers, ask)
        self._gatherers = {gather: self._gatherers[gather] for gather in found}
        return found


def _unbroken(asked: Mapping[Gather[Any], S], ask: Callable[[S], T]) -> dict[Gather[Any], T]:
    """What those answer that do not break; what broke is told in the log."""
    found = {}
    for gather, one in asked.items():
        try:
            found[gather] = ask(one)
        # Its check gathers anew, and has the error if it comes again. Code of others may end the program, which would
        # end it with an exit code of its own, 0 perhaps.
        except (Exception, SystemExit):
            logger.debug("%s broke", gather, exc_info=True)
    return found
