"""The one shared pass over a dataset: pandera, the row index and what checks accumulate on each batch, then the samples."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE
from gates.data.scan.accumulators import Accumulate, Accumulators
from gates.data.scan.holdout import read_holdout
from gates.data.scan.index import FileIndex, IndexBuilder
from gates.data.scan.inputs import Declarations, EvaluationSource, PassInputs, VersionBefore
from gates.data.scan.result import NAMED_ROWS, Drawn, Fetched, Rows, RuleFailures, Samples, Scan, ScanCounts
from gates.data.scan.samples import Sampler, sample_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

    from gates.data.arrays import Ints
    from gates.data.batch import Consumer, OnBatch
    from gates.data.engine import Source
    from gates.data.scan.row_index import RowIndex

# A generator with fewer rows cannot be judged alone.
GENERATOR_ROWS = 300
# Until so many changed files are read, each is read in the order of files, by a query for each gap between remembered ones. More
# such queries would take longer than to read the rest at once and sort the index.
_READ_IN_ORDER = 8

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remembered:
    """What is known of a dataset's files before any row is read.

    files: what the index knows of those that need not be read, with their numbers, one after the other.
    keep: takes what became known of the files that were read, with their numbers.
    """

    files: Callable[[], Iterable[tuple[int, FileIndex]]]
    keep: Callable[[Iterable[tuple[int, FileIndex]]], None]


@dataclass(frozen=True)
class ScanRequest:
    """What a scan is to keep beside the rows' own facts.

    accumulate: what the checks to come need of every row. rows: ids of rows, beyond the samples, that they will look at:
    called with a scan whose samples are empty, because all rows are fetched together. Where there are none, the samples
    wait for a check that asks for them. named_rows: as in `Scan`.
    """

    declared: Declarations = field(default_factory=Declarations)
    before: VersionBefore = field(default_factory=VersionBefore)
    evaluation: EvaluationSource | None = None
    rule_failures: Callable[[], Mapping[str, RuleFailures]] = dict
    row_rules: OnBatch | None = None
    undeclared_origins: Callable[[], str] = str
    remembered: Remembered | None = None
    accumulate: Callable[[PassInputs], Iterable[Accumulate[Any]]] = field(default=lambda _inputs: ())
    rows: Callable[[Scan], Iterable[Ints]] = field(default=lambda _scan: ())
    named_rows: int | None = NAMED_ROWS


def scan(opened: Source, request: ScanRequest, holdout: Source | None = None) -> Scan:
    """Read every row once, index it, and fetch the rows that metrics work on."""
    schema = pl.DataFrame(opened.schema().empty_table()).schema
    inputs = PassInputs(
        roles=opened.roles,
        schema=schema,
        sorted_table=opened.sorted_table,
        index_table=opened.index_table,
        declared=request.declared,
        before=request.before,
        evaluation=request.evaluation,
        readings=opened.readings,
    )
    builder = IndexBuilder(opened.roles, opened.index_table())
    accumulators = Accumulators(dict.fromkeys(request.accumulate(inputs)), inputs)
    files_read = _read(opened, request, builder, accumulators)
    index = builder.build()
    if request.remembered:
        _keep(request.remembered, files_read, builder)
    unsampled = Scan(
        inputs=inputs,
        files=opened.files,
        index=index,
        draw=partial(_nothing_drawn, schema),
        holdout=read_holdout(inputs, holdout) if holdout else None,
        counts=_counts(request, builder, index),
        source=opened,
        named_rows=request.named_rows,
        _collected=accumulators.values(),
    )
    announced = [rows for rows in request.rows(unsampled) if len(rows)]
    seen = replace(unsampled, draw=partial(_drawn, announced))
    if announced:
        # Whoever asks for these rows by their ids finds them.
        seen.cached(seen.draw)
    return seen


def _read(opened: Source, request: ScanRequest, builder: IndexBuilder, accumulators: Accumulators) -> list[int]:
    """Read what is not remembered; the numbers of the files that were read.

    No index tells what checks accumulate: for them, files that are remembered are read too.
    """
    consumers: list[Consumer] = [*([request.row_rules] if request.row_rules else []), accumulators, builder]
    numbers = list(range(len(opened.files)))
    if request.remembered is None:
        opened.fold(consumers)
        return numbers
    remembered: set[int] = set()
    read: set[int] = set()
    for number, file in request.remembered.files():
        between = range(max(remembered | read, default=-1) + 1, number)
        if between and len(read) < _READ_IN_ORDER:
            opened.fold(consumers, between)
            read.update(between)
        builder.add(number, file)
        remembered.add(number)
    unread = [number for number in numbers if number not in remembered]
    opened.fold(consumers, [number for number in unread if number not in read])
    if accumulators.needs_rows:
        opened.fold([accumulators], remembered)
    return unread


def _drawn(announced: Sequence[Ints], scan: Scan) -> Drawn:
    """The samples, fetched together with the other rows that the checks to come will look at."""
    index, size = scan.index, sample_size(scan.roles)
    masks = _masks(index)
    sampler = Sampler(scan.source, scan.roles, index, scan.samples_are_distinct)
    fetched = None
    if announced:
        row_id = np.unique(np.concatenate([*announced, *sampler.row_ids(masks, size)]))
        fetched = Fetched(row_id, scan.source.take(row_id))
        sampler = replace(sampler, source=fetched)
    rows = sampler.drawn(masks, size)
    human, synthetic = rows.pop(HUMAN_CODE), rows.pop(SYNTHETIC_CODE)
    return Drawn(Samples(human, synthetic, {str(name): own for name, own in rows.items()}), fetched)


def _nothing_drawn(schema: Mapping[str, pl.DataType], _scan: Scan) -> Drawn:
    hashes = np.empty(0, dtype=np.uint64)
    none = Rows(pl.DataFrame(schema=schema), hashes.astype(np.int64), hashes, hashes, hashes.astype(str), 0)
    return Drawn(Samples(none, none))


def _counts(request: ScanRequest, builder: IndexBuilder, index: RowIndex) -> ScanCounts:
    undeclared = request.undeclared_origins() if index.of(UNDECLARED_CODE).any() else ""
    return ScanCounts(request.rule_failures(), builder.values(HUMAN_CODE), builder.values(SYNTHETIC_CODE), undeclared)


def _keep(remembered: Remembered, files_read: Iterable[int], builder: IndexBuilder) -> None:
    """Hand on what became known of the files that were read."""
    built = ((number, builder.of_file(number)) for number in files_read)
    remembered.keep((number, file) for number, file in built if file is not None)


def small_generators(index: RowIndex) -> dict[str, int]:
    """The rows of each generator beside others that has too few to be judged alone, the largest first."""
    if not index.generators:
        return {}
    made = index.generator[index.of(SYNTHETIC_CODE)]
    counts = {name: int((made == number).sum()) for number, name in enumerate(index.generators)}
    small = {name: count for name, count in counts.items() if 0 < count < min(GENERATOR_ROWS, len(made))}
    return dict(sorted(small.items(), key=lambda item: (-item[1], item[0])))


def _masks(index: RowIndex) -> dict[str | int, npt.NDArray[np.bool_]]:
    """The rows to sample: of both origins, and of each generator that can be judged alone."""
    masks: dict[str | int, npt.NDArray[np.bool_]] = {code: index.of(code) for code in (HUMAN_CODE, SYNTHETIC_CODE)}
    for number, name in enumerate(index.generators):
        mask = masks[SYNTHETIC_CODE] & (index.generator == number)
        # All its rows, repeated ones too: a generator that collapsed to a few rows must not escape.
        if int(mask.sum()) >= GENERATOR_ROWS:
            masks[name] = mask
    return masks
