"""The row rules applied to every batch of rows: what fails is counted, and passed on to be kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gates.data.batch import Batch, OnBatch
from gates.data.facts import ROW_ID, ROWS_PER_FILE_BITS
from gates.rows.failures import BatchFailures, RowFailures

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.config.deadline import Deadline
    from gates.rows.validators import Validators

# The clock is looked at between slices of a batch. A schema's call costs milliseconds per column whatever the rows, so
# slices grow as long as they take less than this, and shrink where a rule is slow; an overrun stays well below 1 s.
SLICE_SECONDS = 0.25
_FIRST_SLICE, _LEAST_SLICE = 4096, 64


@dataclass
class RowPass:
    """One pass over rows. progress: called with how many were checked.

    failures: the count by rule. done: how many rows were checked. flawed: numbers of the files of which some row breaks a
    rule, or whose rows could not be checked.
    """

    validators: Validators
    progress: Callable[[int], None]
    failures: RowFailures = field(init=False)
    done: int = field(default=0, init=False)
    flawed: set[int] = field(default_factory=set, init=False)
    _slice: int = field(default=_FIRST_SLICE, init=False)

    def __post_init__(self) -> None:
        self.failures = RowFailures(self.validators.rules())

    def ask(self, batch: pa.RecordBatch) -> BatchFailures:
        """The failures of a batch, counted."""
        failing = self.validators.validate(batch)
        self.failures.update(failing)
        self.flawed |= _flawed(failing)
        self.done += batch.num_rows
        self.progress(self.done)
        return failing

    def merge(self, other: FailingRows) -> None:
        """Take over the count of other rows under the same rules."""
        self.failures.merge(other.failures)
        self.flawed |= other.flawed
        self.done += other.done
        self.progress(self.done)

    def ask_in_time(self, batch: pa.RecordBatch, clock: Deadline) -> None:
        """As `ask`, slice by slice. Raises TimeUpError, with what was checked by then counted."""
        start = 0
        while start < batch.num_rows:
            clock.check()
            part = batch.slice(start, self._slice)
            before = time.monotonic()
            self.ask(part)
            start += part.num_rows
            self._slice = next_slice(self._slice, time.monotonic() - before)


class RowRules(OnBatch):
    """The rules as a consumer of all rows. keep: takes a batch, or the failing rows of one, with its failures.

    In another process it is a `FailingRows`, for which `merge` is made. keeps_rows: whether anything comes of the rows.
    """

    def __init__(
        self, rows: RowPass, keep: Callable[[pa.RecordBatch, BatchFailures], None], *, keeps_rows: bool
    ) -> None:
        self._rows, self._keep, self._keeps_rows = rows, keep, keeps_rows

    def update(self, batch: Batch) -> None:
        """Ask the rules of some rows."""
        self._keep(batch.rows, self._rows.ask(batch.rows))

    def merge(self, other: FailingRows) -> None:
        """Take over what the rules said of other rows."""
        self._rows.merge(other)
        for rows, failures in other.kept:
            self._keep(rows, failures)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        """See `FailingRows`."""
        return FailingRows, (self._rows.validators, self._keeps_rows)


class FailingRows(OnBatch):
    """What the rules say of rows that another process judges: the count, and failing rows with their failures.

    keeps_rows: whether the rows' content is wanted; their ids always are.
    """

    def __init__(self, validators: Validators, keeps_rows: bool) -> None:  # noqa: FBT001  # __reduce__ gives no names
        self._rows = RowPass(validators, lambda _done: None)
        self.failures, self.flawed, self.done = self._rows.failures, self._rows.flawed, 0
        self.kept: list[tuple[pa.RecordBatch, BatchFailures]] = []
        self._keeps_rows = keeps_rows

    def update(self, batch: Batch) -> None:
        """Ask the rules of some rows."""
        failures = self._rows.ask(batch.rows)
        self.flawed, self.done = self._rows.flawed, self._rows.done
        at = failures.failing_rows()
        if len(at):
            rows = batch.rows if self._keeps_rows else batch.rows.select([ROW_ID])
            self.kept.append((rows.take(pa.array(at)), failures.of_failing_rows()))

    def __getstate__(self) -> dict[str, object]:
        """What came of the rows, without the rules."""
        return {name: value for name, value in vars(self).items() if name != "_rows"}


def next_slice(rows: int, seconds: float) -> int:
    """How many rows to ask at once after so many took so long."""
    if seconds < SLICE_SECONDS / 2:
        return 2 * rows
    return max(_LEAST_SLICE, rows // 2) if seconds > SLICE_SECONDS else rows


def _flawed(failing: BatchFailures) -> set[int]:
    # A rule that answers for many rows at once does not run, but on a single row it seems to.
    are_all = bool(failing.broken) or len(failing.row_id) == 1
    rows = failing.row_id if are_all else failing.row_id[failing.failing_rows()]
    return set(np.unique(rows >> ROWS_PER_FILE_BITS).tolist())
