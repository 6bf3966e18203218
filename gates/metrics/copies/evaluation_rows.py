"""Rows of a table that are rows of evaluation sets, beyond those that coincide by nature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, ROWS_PER_FILE_BITS, SYNTHETIC_CODE, Roles
from gates.data.values.casts import in_types
from gates.metrics.base.measurement import Estimate, Failed, Measured, Measurement, RowCounts
from gates.metrics.stats.coincidence import are_by_nature, natural_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Hashes, Ints
    from gates.data.batch import Batch
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan

_WITHIN_FILE = (1 << ROWS_PER_FILE_BITS) - 1
# Rows of evaluation sets that say how often rows coincide; more would cost more than they tell.
_ROWS_AT_MOST = 10_000


@dataclass(frozen=True)
class RowsBeside:
    """Rows of the dataset and of the evaluation sets, by what they say in the columns that both have, but for the label.

    rows, digests: of the dataset; tested, tested_digests: of the evaluation sets; ids of rows. sample: some of the latter.
    files: what those are called.
    """

    columns: tuple[str, ...]
    rows: Ints
    digests: Hashes
    tested: Ints
    tested_digests: Hashes
    sample: pl.DataFrame
    files: tuple[str, ...]

    def tested_place(self, row_id: int) -> str:
        """`path:row` of an evaluation item, rows counted from 1."""
        return f"{self.files[row_id >> ROWS_PER_FILE_BITS]}:{(row_id & _WITHIN_FILE) + 1}"


class EvaluationRows:
    """An accumulator of `RowsBeside`; without evaluation sets, or of texts, it needs no rows."""

    def __init__(self, inputs: PassInputs) -> None:
        self.needs_rows = inputs.evaluation is not None and not inputs.roles.texts
        self._tested, self._files = _Digests({}), tuple[str, ...]()
        if inputs.evaluation is not None and self.needs_rows:
            with inputs.evaluation.rows(inputs.readings) as tested:
                names = _content(inputs.roles) & set(tested.schema().names)
                self._tested = _Digests({name: inputs.schema[name] for name in sorted(names)}, _ROWS_AT_MOST)
                tested.fold([self._tested])
                self._files = tuple(file.path for file in tested.files)
        self._own = _Digests(self._tested.kinds)

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""
        self._own.update(batch)

    def merge(self, other: EvaluationRows) -> None:
        self._own.parts += other._own.parts

    def value(self) -> RowsBeside:
        """All of both sides."""
        sample = pl.concat([pl.DataFrame(schema=self._tested.kinds), *self._tested.sample])
        return RowsBeside(tuple(self._tested.kinds), *self._own.value(), *self._tested.value(), sample, self._files)


class _Digests:
    """A hash of what each row says in some columns, which take these types, and the first rows as they are."""

    def __init__(self, kinds: Mapping[str, pl.DataType], rows_kept: int = 0) -> None:
        self.kinds, self._rows_kept = dict(kinds), rows_kept
        self.parts: list[tuple[Ints, Hashes]] = []
        self.sample: list[pl.DataFrame] = []

    def update(self, batch: Batch) -> None:
        """Take some rows; without columns they say nothing."""
        if not self.kinds:
            return
        frame = in_types(batch.frame, self.kinds)
        self.parts.append((batch.row_id, frame.hash_rows().to_numpy()))
        if self._rows_kept > 0:
            self.sample.append(frame.head(self._rows_kept))
            self._rows_kept -= frame.height

    def value(self) -> tuple[Ints, Hashes]:
        """Ids and hashes, by id."""
        nothing = np.empty(0, dtype=np.int64)
        rows, digests = (
            np.concatenate(arrays) for arrays in zip((nothing, nothing.astype(np.uint64)), *self.parts, strict=True)
        )
        order = np.argsort(rows, kind="stable")
        return rows[order], digests[order]


def contaminated_rows(scan: Scan) -> Measurement:
    """Share of distinct rows that equal a row of evaluation sets in all columns that both have, but for the label, in [0, 1].

    0 where no more are than coincide by nature, as `are_by_nature` has it of either side.
    """
    beside = scan.collected(EvaluationRows)
    if not beside.columns:
        return Failed("the evaluation sets have none of the columns of the dataset")
    contents, counts = np.unique(beside.digests, return_counts=True)
    tested, tested_counts = np.unique(beside.tested_digests, return_counts=True)
    every = np.union1d(contents, tested)
    trained_times, tested_times = np.zeros(len(every), np.int64), np.zeros(len(every), np.int64)
    trained_times[np.searchsorted(every, contents)] = counts
    tested_times[np.searchsorted(every, tested)] = tested_counts
    shared = np.intersect1d(contents, tested)
    rates = [natural_pairs(frame, beside.columns) for frame in (scan.human.frame, beside.sample)]
    is_natural = bool(len(shared)) and are_by_nature(trained_times, tested_times, max(rates))
    index = scan.index
    is_equal = np.zeros(len(index), dtype=bool)
    is_equal[index.positions(beside.rows[np.isin(beside.digests, shared)])] = True
    masks = {"human": index.of(HUMAN_CODE), "synthetic": index.of(SYNTHETIC_CODE)}
    hits = {name: index.distinct(mask & is_equal) for name, mask in masks.items()}
    rows = {name: index.distinct(mask) for name, mask in masks.items()}
    total, count = int(index.is_first.sum()), index.distinct(is_equal)
    places = _places(scan, beside, shared)
    first = f", first at {places[0]}" if places else ""
    leaked = int(np.isin(beside.tested_digests, shared).sum())
    note = f"{count:,} of {total:,} distinct rows{first}; {leaked:,} of {len(beside.tested):,} evaluation items equal a row"
    if is_natural:
        note += ", as many as coincide by nature"
    return Measured(
        Estimate.exact(0 if is_natural else count / total),
        RowCounts(rows["human"], rows["synthetic"]),
        note=note if count else "",
        evidence={
            "contaminated_rows": hits,
            "evaluation_items": len(beside.tested),
            "leaked_items": leaked,
            "first_rows": places,
        },
    )


def _places(scan: Scan, beside: RowsBeside, shared: Hashes) -> list[str]:
    """Places of the first rows, with the evaluation item that each equals."""
    first = np.flatnonzero(np.isin(beside.digests, shared))[: scan.named_rows]
    twins, at = np.unique(beside.tested_digests, return_index=True)
    items = beside.tested[at[np.searchsorted(twins, beside.digests[first])]]
    pairs = zip(beside.rows[first].tolist(), items.tolist(), strict=True)
    return [f"{scan.place(row)} = {beside.tested_place(item)}" for row, item in pairs]


def _content(roles: Roles) -> set[str]:
    return {*roles.content} - {ROW_ID, ORIGIN, roles.label or ""}
