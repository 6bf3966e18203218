"""Judges the rows of changed files in the seconds that people wait at a commit; everything else is left to the push.

Only row rules are checked, and only on files whose bytes are not those of the version before. The rows of these files,
taken together, are held to the limits of the suites as if there were no others: a share of failing rows that the whole
dataset would stand may be too large for them, and one file may fail more than its share where the others make up for it.
Files that got lost are reported too, for names are enough to see it. What is found is no verdict on the dataset, and
nothing is written.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gates.checking.changes.files import ChangedFiles, Openable, changed_files, openable
from gates.checking.conclude import JudgedData, column_types, planned, verdict_of_results
from gates.checking.quick.partial_row_limits import SeenRows, kept_files_result, lost_human_files_result
from gates.checking.resolve import ResolvedDataset, resolve_without_schemas, with_schemas
from gates.checking.row_pass import RowPass
from gates.checking.verdict_inputs import data_of
from gates.config.deadline import Deadline, TimeUpError
from gates.contract.plan import Plan, plan, refuse_unknown_waivers
from gates.contract.suites.suite import ROW_FAILURES
from gates.data.batch import OnBatch
from gates.data.duckdb.dataset import LocalDataset, QuickOpening, open_dataset
from gates.data.facts import ROWS_PER_FILE_BITS, FileFacts, row_number
from gates.data.files import fingerprints
from gates.data.values.readings import NO_READINGS
from gates.data.values.survey import survey
from gates.run_state import Progress, no_progress
from gates.verdict import UNDECLARED, Answer, CheckResult, Outcome, Scope, Verdict
from gates.versions.dataset.local_files import FilesAtHand, files_at_hand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.checking.check_or_recall import DatasetCheck
    from gates.checking.version_inputs import Compared
    from gates.data.previous_version import KeptFiles

_ORIGINS = (Scope.HUMAN.value, Scope.SYNTHETIC.value, UNDECLARED)


@dataclass(frozen=True)
class RowsAtCommit:
    """What the rows of changed files say. verdict: partial; unjudged and without checks where nothing can be said.

    judged: files looked at whole. changed: files added or with other bytes, 0 where time ran out before they were known.
    is_finished: every changed file was looked at; False where time ran out or bytes would have to be fetched.
    checks_left: planned checks without a result; where nothing was opened, those that the suites name. lines: as `Contract.own_lines`.
    """

    verdict: Verdict
    judged: int
    changed: int
    is_finished: bool
    checks_left: int
    lines: Mapping[str, tuple[str, int]]


def judge_changed_rows(question: DatasetCheck, clock: Deadline, progress: Progress = no_progress) -> RowsAtCommit:
    """Asks the row rules of the rows of changed files until a moment, and whether files got lost.

    question: made with the same clock.

    In a run that did not finish, a check fails where the failures found are too many for all rows of the changed
    files, is an error where its rule could not run, and is left out otherwise. Unchanged files only tell columns and
    types, and are not verified. Rows of the holdout are not looked at. Raises what `judge_at` raises.
    """
    at, dataset, seen = question.at, question.dataset, question.seen
    # An own schema is imported only where there are rows to ask.
    resolved = resolve_without_schemas(dataset, question.terms.today)
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
                if files.files:
                    quick = QuickOpening(clock, is_whole=files.is_whole)
                    here = [data for _, data in files.files]
                    opened = stack.enter_context(open_dataset(home, resolved.data_type, files=here, quick=quick))
                    opened = opened.with_written_origin()
                    run = _ChangedRows(with_schemas(resolved.contract), files, opened, progress, clock)
                    run.look(at_hand, clock)
        except TimeUpError:
            is_in_time = False
    return _rows_at_commit(resolved, changed, run, seen, is_in_time=is_in_time)


class _ChangedRows:
    """The row rules applied to one file after the other."""

    def __init__(
        self, resolved: ResolvedDataset, files: Openable, opened: LocalDataset, progress: Progress, clock: Deadline
    ) -> None:
        self.resolved, self.files, self.opened = resolved, files, opened
        columns = column_types(opened)
        # Only own schemas ask for what a text reads as.
        readings = survey(opened, on_batch=clock.check) if resolved.schemas.own else NO_READINGS
        validators = resolved.validators(opened.roles, columns, readings)
        self.plan = planned(resolved, validators, columns, is_lenient=not files.is_whole)
        if files.is_whole:
            refuse_unknown_waivers(resolved.contract, self.plan)
        self.total = sum(file.rows for file in opened.files if file.path in files.looked_at)
        self.rows = RowPass(validators, lambda done: progress("rows", done, self.total))
        self.facts: list[FileFacts] = []
        # Rows of a reference are no part of the set.
        self.unchecked = None if resolved.config.reference is None else Scope.HUMAN

    def look(self, at_hand: FilesAtHand, clock: Deadline) -> None:
        """Ask the rules of every row. Raises TimeUpError, with what was seen so far counted, and DataError."""
        for number, (file, data) in enumerate(self.files.files):
            if file.name not in self.files.looked_at:
                continue
            clock.check()
            sha256, md5, size = fingerprints(data.path, clock.check)
            at_hand.refuse_other_bytes(file, md5)
            self.opened.fold([OnBatch(partial(self.rows.ask_in_time, clock=clock))], [number])
            self.facts.append(replace(self.opened.files[number], sha256=sha256, md5=md5, size=size))

    def place(self, row_id: int) -> str:
        """`path:row`, rows counted from 1."""
        return f"{self.opened.files[row_id >> ROWS_PER_FILE_BITS].path}:{row_number(row_id)}"

    def results(self, *, unseen: int | None) -> list[CheckResult]:
        """What can be said, in the order of the plan; scopes without rows are not checked."""
        seen = SeenRows(self.rows.failures, self.place, unseen)
        counts = self.rows.failures.value()
        results = [
            seen.result(entry, counts)
            for scope in Scope
            if self.rows.failures.rows.get(scope.value) and scope is not self.unchecked
            for entry in self.plan.entries[scope]
            if entry.type == ROW_FAILURES
        ]
        return [result for result in results if result is not None]


def _rows_at_commit(
    resolved: ResolvedDataset, changed: ChangedFiles, run: _ChangedRows | None, seen: Compared, *, is_in_time: bool
) -> RowsAtCommit:
    judged = len(run.facts) if run else 0
    is_finished = is_in_time and judged == len(changed.changed)
    results: list[CheckResult] = []
    if run:
        resolved, whole = run.resolved, run.plan
        is_counted = len(run.files.looked_at) == len(changed.changed)
        results = run.results(unseen=run.total - run.rows.done if is_counted else None)
    else:
        whole = plan(resolved.contract, (), is_lenient=True)
    results += _of_lost_files(whole, seen.kept_files, is_pass_shown=is_finished and bool(results))
    lost = lost_human_files_result(whole, seen.lost_human_files) if seen.lost_human_files else None
    results += [lost] if lost else []
    ids = {result.id for result in results}
    rows = run.rows.failures.rows if run else {}
    looked_at = JudgedData({origin: rows.get(origin, 0) for origin in _ORIGINS}, data_of(run.facts if run else []))
    checks = [check for check in whole.checks if check.id in ids]
    verdict = verdict_of_results(resolved, checks, results, looked_at, is_partial=True)
    if verdict.answer is Answer.PASS and not is_finished:
        # Only failures that inform were found; what was not looked at is unknown.
        verdict = replace(verdict, answer=Answer.NO_VERDICT)
    left = len(whole.checks) + _left_out(resolved, whole) - len(verdict.checks)
    return RowsAtCommit(verdict, judged, len(changed.changed), is_finished, left, resolved.contract.own_lines)


def _of_lost_files(whole: Plan, kept: KeptFiles | None, *, is_pass_shown: bool) -> list[CheckResult]:
    """A loss is reported whatever else is; that nothing got lost, only beside rows: alone it would look like a good dataset."""
    result = kept_files_result(whole, kept)
    outcomes = {Outcome.FAIL, Outcome.PASS} if is_pass_shown else {Outcome.FAIL}
    return [result] if result and result.outcome in outcomes else []


def _left_out(resolved: ResolvedDataset, whole: Plan) -> int:
    """How many of the suites' limits on row rules are not planned, because their rules are not known."""
    ids = {check.id for check in whole.checks}
    limits = (entry for entry in resolved.contract.all_entries() if entry.type == ROW_FAILURES)
    return sum(entry.check_id not in ids for entry in limits)
