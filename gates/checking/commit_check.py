"""Judges the rows of changed files in the seconds that people wait at a commit; everything else is left to the push.

Only row rules are asked, and only of files whose bytes are not those of the version before. The rows of these files,
taken together, are held to the limits of the suites as if there were no others: a share of failing rows that the whole
dataset would bear may be too large for them, and one file may fail more than its share where the others make up for it.
Files that got lost are told too, for names are enough to see it. What is found is no verdict on the dataset, and
nothing is written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.changes.files import ChangedFiles, changed_files, openable
from gates.checking.conclude import JudgedData, planned, verdict_of_results
from gates.checking.partial_row_limits import SeenRows, kept_files_result
from gates.checking.resolve import ResolvedDataset, with_schemas
from gates.checking.verdict_inputs import data_of
from gates.config.deadline import TimeUpError
from gates.contract.contract import load_contract
from gates.contract.plan import ROW_FAILURES, Plan, plan, refuse_unknown_waivers
from gates.data.duckdb.file_by_file import open_file_by_file
from gates.data.facts import ROWS_PER_FILE_BITS, FileFacts
from gates.data.files import fingerprints
from gates.rows.failures import RowFailures
from gates.rows.validators import RowSchemas
from gates.verdict import UNDECLARED, Answer, CheckResult, Outcome, Scope, Verdict
from gates.versions.local_files import FilesAtHand, files_at_hand

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa

    from gates.checking.changes.files import Openable
    from gates.checking.check_or_recall import Question
    from gates.config.deadline import Deadline
    from gates.data.duckdb.file_by_file import FileByFile
    from gates.data.previous_version import KeptFiles

Progress = Callable[[str, int, int], None]

# The clock is looked at between slices of a batch. A schema's call costs milliseconds per column whatever the rows, so
# slices grow as long as they take less than this, and shrink where a rule is slow; an overrun stays well below 1 s.
SLICE_SECONDS = 0.25
_FIRST_SLICE, _LEAST_SLICE = 4096, 64
_ORIGINS = (Scope.HUMAN.value, Scope.SYNTHETIC.value, UNDECLARED)


@dataclass(frozen=True)
class RowsAtCommit:
    """What the rows of changed files say. verdict: partial; unjudged and without checks where nothing can be said.

    judged: files looked at whole. changed: files added or with other bytes, 0 where time ran out before they were known.
    is_finished: every changed file was looked at; False where time ran out or bytes would have to be fetched.
    checks_left: planned checks without a result; where nothing was opened, those that the suites name.
    """

    verdict: Verdict
    judged: int
    changed: int
    is_finished: bool
    checks_left: int


def judge_changed_rows(
    question: Question, clock: Deadline, progress: Progress = lambda _step, _done, _total: None
) -> RowsAtCommit:
    """Asks the row rules of the rows of changed files until a moment, and whether files got lost.

    question: made with the same clock.

    In a run that did not finish, a check fails where the failures found are too many for all rows of the changed
    files, is an error where its rule could not run, and is left out otherwise. Unchanged files only tell columns and
    types, and are not verified. Rows of the holdout are not looked at. Raises what `judge_at` raises.
    """
    at, dataset, seen = question.at, question.dataset, question.seen
    # An own schema is imported only where there are rows to ask.
    resolved = ResolvedDataset(load_contract(dataset, question.terms.today), RowSchemas())
    changed = ChangedFiles((), frozenset())
    run = None
    # Without a snapshot, time was up or only a remote could tell.
    is_in_time = seen.snapshot is not None
    with ExitStack() as stack:
        try:
            clock.check()
            if seen.snapshot:
                changed = changed_files(seen.snapshot, seen.changes)
            if changed.changed:
                home = replace(dataset, root=at.home)
                at_hand = stack.enter_context(files_at_hand(at.repository, home, at.version))
                files = openable(changed, at_hand, clock)
                opened = stack.enter_context(
                    open_file_by_file(
                        home,
                        resolved.data_type,
                        [data for _, data in files.files],
                        clock,
                        is_lenient=not files.is_whole,
                    )
                )
                run = _Run(with_schemas(resolved.contract), files, opened)
                run.look(at_hand, clock, progress)
        except TimeUpError:
            is_in_time = False
    return _rows_at_commit(resolved, changed, run, seen.kept_files, is_in_time=is_in_time)


class _Run:
    """The row rules asked of one file after the other."""

    def __init__(self, resolved: ResolvedDataset, files: Openable, opened: FileByFile) -> None:
        self.resolved, self.files, self.opened = resolved, files, opened
        columns = opened.column_types()
        self.validators = resolved.validators(opened.roles, columns)
        known = resolved if files.is_whole else _with_known_rules(resolved, self.validators.rules())
        self.plan = planned(known, self.validators, columns)
        if files.is_whole:
            refuse_unknown_waivers(resolved.contract, self.plan)
        self.left_out = _count(resolved.contract.entries) - _count(known.contract.entries)
        self.failures = RowFailures(self.validators.rules())
        self.facts: list[FileFacts] = []
        self._slice = _FIRST_SLICE

    @property
    def total(self) -> int:
        """How many rows the files to look at have."""
        return sum(file.rows for file in self.opened.files if file.file.name in self.files.looked_at)

    def look(self, at_hand: FilesAtHand, clock: Deadline, progress: Progress) -> None:
        """Ask the rules of every row. Raises TimeUpError, with what was seen so far counted, and DataError."""
        for number, (file, data) in enumerate(self.files.files):
            if file.name not in self.files.looked_at:
                continue
            clock.check()
            sha256, md5, size = fingerprints(data.path, clock.check)
            at_hand.refuse_other_bytes(file, md5)
            for batch in self.opened.batches(number):
                self._ask(batch, clock, progress)
            staged = self.opened.files[number]
            self.facts.append(FileFacts(file.name, staged.rows, staged.type_names(), sha256, size, md5=md5))

    def place(self, row_id: int) -> str:
        """`path:row`, rows counted from 1."""
        row = row_id & ((1 << ROWS_PER_FILE_BITS) - 1)
        return f"{self.opened.files[row_id >> ROWS_PER_FILE_BITS].file.name}:{row + 1}"

    def results(self, *, unseen: int | None) -> list[CheckResult]:
        """What can be said, in the order of the plan; of scopes without rows nothing is asked."""
        seen = SeenRows(self.failures, self.place, unseen)
        counts = self.failures.value()
        results = [
            seen.result(entry, counts)
            for scope in Scope
            if self.failures.rows.get(scope.value)
            for entry in self.plan.entries[scope]
            if entry.type == ROW_FAILURES
        ]
        return [result for result in results if result is not None]

    def _ask(self, batch: pa.RecordBatch, clock: Deadline, progress: Progress) -> None:
        start = 0
        while start < batch.num_rows:
            clock.check()
            part = batch.slice(start, self._slice)
            before = time.monotonic()
            self.failures.update(self.validators.validate(part))
            start += part.num_rows
            self._slice = next_slice(self._slice, time.monotonic() - before)
            progress("rows", sum(self.failures.rows.values()), self.total)


def next_slice(rows: int, seconds: float) -> int:
    """How many rows to ask at once after so many took so long."""
    if seconds < SLICE_SECONDS / 2:
        return 2 * rows
    return max(_LEAST_SLICE, rows // 2) if seconds > SLICE_SECONDS else rows


def _with_known_rules(resolved: ResolvedDataset, rules: Collection[str]) -> ResolvedDataset:
    """Without the suites' limits on rules that are not among these.

    Which rules a data type has follows from all columns: where not all are known, a rule that is not known is no error.
    """
    contract = resolved.contract
    entries = {
        scope: tuple(entry for entry in listed if entry.type != ROW_FAILURES or str(entry.kwargs.get("rule")) in rules)
        for scope, listed in contract.entries.items()
    }
    return replace(resolved, contract=replace(contract, entries=entries))


def _rows_at_commit(
    resolved: ResolvedDataset, changed: ChangedFiles, run: _Run | None, kept: KeptFiles | None, *, is_in_time: bool
) -> RowsAtCommit:
    judged = len(run.facts) if run else 0
    is_finished = is_in_time and judged == len(changed.changed)
    results: list[CheckResult] = []
    if run:
        resolved, whole, left_out = run.resolved, run.plan, run.left_out
        is_counted = len(run.files.looked_at) == len(changed.changed)
        results = run.results(unseen=run.total - sum(run.failures.rows.values()) if is_counted else None)
    else:
        known = _with_known_rules(resolved, ())
        whole, left_out = plan(known.contract, ()), _count(resolved.contract.entries) - _count(known.contract.entries)
    results += _of_lost_files(whole, kept, is_pass_told=is_finished and bool(results))
    ids = {result.id for result in results}
    rows = run.failures.rows if run else {}
    looked_at = JudgedData({origin: rows.get(origin, 0) for origin in _ORIGINS}, data_of(run.facts if run else []))
    checks = [check for check in whole.checks if check.id in ids]
    verdict = verdict_of_results(resolved, checks, results, looked_at, is_partial=True)
    if verdict.answer is Answer.PASS and not is_finished:
        # Only failures that inform were found; of what was not looked at nobody knows.
        verdict = replace(verdict, answer=Answer.NO_VERDICT)
    left = len(whole.checks) + left_out - len(verdict.checks)
    return RowsAtCommit(verdict, judged, len(changed.changed), is_finished, left)


def _of_lost_files(whole: Plan, kept: KeptFiles | None, *, is_pass_told: bool) -> list[CheckResult]:
    """A loss is told whatever else is; that nothing got lost, only beside rows: alone it would look like a good dataset."""
    result = kept_files_result(whole, kept)
    outcomes = {Outcome.FAIL, Outcome.PASS} if is_pass_told else {Outcome.FAIL}
    return [result] if result and result.outcome in outcomes else []


def _count(entries: Mapping[Scope, tuple[object, ...]]) -> int:
    return sum(map(len, entries.values()))
