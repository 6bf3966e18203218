"""The only place where all parts meet: one dataset in, one verdict out."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gates.checking.conclude import JudgedData, column_types, planned, verdict_of_results
from gates.checking.engine import LOCAL, Engine
from gates.checking.row_pass import RowPass, RowRules
from gates.checking.verdict_inputs import data_of
from gates.config.memory import release_unused
from gates.contract.plan import Plan, refuse_unknown_waivers
from gates.contract.suites.suite import ROW_FAILURES, measurement_key, params_of
from gates.data.duckdb.dataset import LocalDataset, open_dataset, open_holdout
from gates.data.evaluation import EvaluationSets, open_evaluation
from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE, FileFacts
from gates.data.scan.inputs import Declarations, VersionBefore
from gates.data.scan.result import NAMED_ROWS, Scan
from gates.data.scan.run import Remembered, ScanRequest, scan, small_generators
from gates.data.scan.summaries import RowReading, Summaries, SummaryStore
from gates.data.values.survey import survey
from gates.metrics.base.evaluate import ask, unchecked_scope
from gates.metrics.base.measurement import Measurement, NotConfigured
from gates.metrics.base.needs import accumulates, rows_to_fetch
from gates.metrics.comparison.not_compared import not_compared
from gates.metrics.history import regressions
from gates.rows.quarantine import QuarantineMode, QuarantineWriter
from gates.run_state import Progress, no_progress
from gates.verdict import CheckResult, Outcome, Scope, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

    from gates.checking.resolve import ResolvedDataset
    from gates.contract.contract import Contract
    from gates.data.engine import Dataset
    from gates.data.previous_version import CommitBefore, KeptFiles, PromotedBefore
    from gates.data.scan.index import FileIndex
    from gates.metrics.base.metric import Metric
    from gates.metrics.base.needs import Planned
    from gates.rows.failures import BatchFailures
    from gates.rows.validators import Validators
    from gates.versions.dataset.snapshots import VersionFiles

REFERENCE: Final = "reference"
_CODES = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE, "undeclared": UNDECLARED_CODE}


@dataclass(frozen=True)
class Options:
    """How to judge; nothing here can change an outcome except `only` and `scopes`, which make a partial plan.

    quarantine: folder for rows that fail a planned rule, or None for none. progress: called with the step, how far it is, and its length.
    files, holdout_files, evaluation_files: the files of another version than the work tree (`gates.versions.dataset.snapshots.files_at`).
    kept_files: what became of the files of the version before. promoted: what was promoted last. commit: the commit before, where nothing was. summaries: where what is known of single files is kept.
    engine: what reads the rows.
    """

    only: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    quarantine: Path | None = None
    progress: Progress = field(default=no_progress)
    files: VersionFiles | None = None
    kept_files: KeptFiles | None = None
    promoted: PromotedBefore | None = None
    commit: CommitBefore | None = None
    summaries: SummaryStore | None = None
    engine: Engine = LOCAL

    @property
    def is_partial(self) -> bool:
        """Whether only some of the planned checks are run."""
        return bool(self.only or self.scopes)


@dataclass(frozen=True)
class Judged:
    """A verdict with what belongs to one run only and therefore not into it."""

    verdict: Verdict
    quarantined: int
    quarantine: Path | None
    seconds: Mapping[str, float]


def judge(resolved: ResolvedDataset, options: Options) -> Judged:
    """Open, scan, measure, run the suites, conclude.

    Raises UsageError, SuiteError or DataError where nothing can be judged; bad data never raises.
    """
    clock = _Clock()
    contract = resolved.contract
    with ExitStack() as stack:
        opened, holdout, evaluation = _opened(resolved, options, stack)
        columns = column_types(opened)
        validators = resolved.validators(opened.roles, columns, opened.readings)
        whole = planned(resolved, validators, columns)
        refuse_unknown_waivers(contract, whole)
        chosen = whole.only(options.only, options.scopes)
        clock.lap("open")
        row_pass = _ScanWithRowRules(contract, opened, validators, options, chosen)
        quarantined, writer_path, seen = row_pass.run(holdout, evaluation)
        clock.lap("scan")
        measurements = _measure(seen, chosen, contract.metrics, options)
        unchecked, rows = unchecked_scope(seen), _row_counts(seen)
        # Where no check asked for samples nothing was compared, and to name some columns would say that the others were.
        left_out = not_compared(seen) if seen.is_drawn else {}
        small = small_generators(seen.index)
        # The suites read rows by themselves, and need the memory that samples and index take.
        seen.release()
        del seen
        release_unused()
        clock.lap("metrics")
        results = _without_unchecked_scope(
            unchecked, _run_suites(opened, chosen, measurements, contract.metrics, options)
        )
        clock.lap("suites")
        data = data_of(opened.files, _files(holdout), _files(evaluation), promoted=options.promoted)
        if unread := opened.unread_parts():
            data["unread_parts"] = unread
        if small:
            data["small_generators"] = small
        read_as = {name: one.to_json() for name, one in opened.readings.columns.items()}
        judged = JudgedData(rows, data, read_as, left_out)
        is_partial = chosen.checks != whole.checks
        verdict = verdict_of_results(resolved, chosen.checks, results, judged, is_partial=is_partial)
    return Judged(verdict, quarantined, writer_path, clock.laps)


def _opened(
    resolved: ResolvedDataset, options: Options, stack: ExitStack
) -> tuple[LocalDataset, LocalDataset | None, EvaluationSets | None]:
    """The dataset with its holdout and its evaluation sets, as far as there are any; the stack closes them."""
    dataset, kind, files = resolved.config, resolved.data_type, options.files
    on_engine = stack.enter_context(options.engine.started())
    as_written = stack.enter_context(open_dataset(dataset, kind, files=files.dataset if files else None))
    population = resolved.contract.population
    opened = as_written.with_readings(survey(as_written, population.shares if population else ()))
    if resolved.schemas.own:
        opened = opened.with_written_origin()
    opened = on_engine(opened)
    holdout = open_holdout(dataset, kind, files=files.holdout if files else None)
    held_out = on_engine(stack.enter_context(holdout).with_readings(opened.readings)) if holdout else None
    evaluation = open_evaluation(dataset, kind, files=files.evaluation if files else None)
    evaluation_sets = stack.enter_context(evaluation) if evaluation else None
    return opened, held_out, evaluation_sets


def _files(side: LocalDataset | EvaluationSets | None) -> tuple[FileFacts, ...] | None:
    return side.files if side else None


class _ScanWithRowRules:
    """The shared scan with the row rules applied to each batch."""

    def __init__(
        self, contract: Contract, opened: LocalDataset, validators: Validators, options: Options, chosen: Plan
    ) -> None:
        self.contract, self.opened, self.options, self.chosen = contract, opened, options, chosen
        total = sum(file.rows for file in opened.files)
        self.rows = RowPass(validators, lambda done: options.progress("rows", done, total))

    def run(self, holdout: LocalDataset | None, evaluation: EvaluationSets | None) -> tuple[int, Path | None, Scan]:
        """Number of failing rows, where they went, and what was seen."""
        dataset = self.contract.dataset
        folder = self.options.quarantine
        rules = _row_rules(self.chosen) if self.options.is_partial else None
        is_off = folder is None or rules == {}
        mode = QuarantineMode.OFF if is_off else QuarantineMode(dataset.quarantine)
        summaries = self.options.summaries if self.options.engine.remembers_files else None
        planned_metrics = _measured_of(self.chosen, self.contract.metrics)

        def keep(batch: pa.RecordBatch, failures: BatchFailures) -> None:
            writer.write(batch, failures if rules is None else failures.of_rules(rules))

        path = (folder or Path()) / f"{dataset.name}.parquet"
        names = {"human": REFERENCE} if dataset.reference else {}
        with QuarantineWriter(path, [file.path for file in self.opened.files], mode, names) as writer:
            request = ScanRequest(
                declared=_declared(self.contract),
                named_rows=None if self.options.only else NAMED_ROWS,
                before=self._before(),
                rule_failures=self.rows.failures.value,
                row_rules=RowRules(self.rows, keep, keeps_rows=mode is QuarantineMode.ROWS),
                undeclared_origins=self.opened.undeclared_origins,
                evaluation=evaluation,
                accumulate=lambda inputs: accumulates(planned_metrics, inputs),
                rows=lambda unsampled: rows_to_fetch(planned_metrics, unsampled),
                remembered=self._remembered(summaries) if summaries else None,
            )
            seen = scan(self.opened, request, holdout)
        return writer.failing_rows, None if mode is QuarantineMode.OFF else path, seen

    def _before(self) -> VersionBefore:
        commit, store = self.options.commit, self.options.summaries

        def remembered() -> list[FileIndex] | None:
            summaries = self._summaries(store) if store else None
            indexes = [summaries.of_md5(*file) for file in commit.files] if commit and summaries else []
            indexes_here = [index for index in indexes if index is not None]
            return indexes_here if indexes_here and len(indexes_here) == len(indexes) else None

        return VersionBefore(self.options.kept_files, self.options.promoted, commit, remembered)

    def _summaries(self, store: SummaryStore) -> Summaries:
        contract, opened, rules = self.contract, self.opened, self.rows.validators.rules().values()
        reading = RowReading(contract.dataset, opened.roles, opened.schema(), rules, contract.code, opened.readings)
        return Summaries(store, reading.digest())

    def _remembered(self, store: SummaryStore) -> Remembered:
        """What earlier runs found out about files without a failing row; failing rows are read each time, to be shown."""
        opened, rows, summaries = self.opened, self.rows, self._summaries(store)

        def files() -> Iterator[tuple[int, FileIndex]]:
            recalled, is_unannounced = 0, False
            for number, index in summaries.recall(opened.files):
                rows.done += len(index)
                recalled += len(index)
                rows.failures.count_sound({name: int(index.of(code).sum()) for name, code in _CODES.items()})
                counted = rows.done
                yield number, index
                is_unannounced = rows.done == counted
            # Reading a file announces the progress so far; files that were recalled after the last one read are announced here.
            if is_unannounced and rows.done > recalled:
                rows.progress(rows.done)

        def keep(read: Iterable[tuple[int, FileIndex]]) -> None:
            sound = (one for one in read if one[0] not in rows.flawed and opened.is_unchanged(one[0]))
            summaries.keep((opened.files[number], index) for number, index in sound)

        return Remembered(files, keep)


def _declared(contract: Contract) -> Declarations:
    dataset = contract.dataset
    return Declarations(
        purpose=dataset.purpose,
        extends_human_law=dataset.synthetic_role == "extend",
        human_rows="set" if dataset.reference is None else REFERENCE if dataset.reference else "none",
        population=contract.population.shares if contract.population else {},
        critical_domains=dataset.critical_domains,
        removals=contract.removals,
        review=contract.review,
    )


def _row_rules(chosen: Plan) -> dict[str, set[str]]:
    """The row rules of the planned checks, each with the origins of the rows that it applies to."""
    origins: dict[str, set[str]] = {}
    for scope in Scope:
        of_scope = set(_CODES) if scope is Scope.COMBINED else {scope.value}
        for entry in chosen.entries[scope]:
            if entry.type == ROW_FAILURES:
                origins.setdefault(str(entry.kwargs["rule"]), set()).update(of_scope)
    return origins


def _measured_of(chosen: Plan, metrics: Mapping[str, Metric]) -> list[Planned]:
    """The metrics of the planned checks, each with the arguments that its expectation has."""
    entries = (entry for scope in Scope for entry in chosen.entries[scope] if entry.type in metrics)
    return [(metrics[entry.type], params_of(metrics[entry.type], entry.kwargs)) for entry in entries]


def _measure(
    seen: Scan, chosen: Plan, metrics: Mapping[str, Metric], options: Options
) -> dict[Scope, dict[str, Measurement]]:
    planned_entries = [(scope, entry) for scope in Scope for entry in chosen.entries[scope] if entry.type in metrics]
    # It reads what the others found.
    planned_entries.sort(key=lambda one: one[1].type == regressions.EXPECTATION)
    measurements: dict[Scope, dict[str, Measurement]] = {scope: {} for scope in Scope}
    for number, (scope, entry) in enumerate(planned_entries):
        options.progress("checks", number, len(planned_entries))
        metric = metrics[entry.type]
        params = params_of(metric, entry.kwargs)
        key = measurement_key(entry.type, params)
        if key not in measurements[scope]:
            measurements[scope][key] = _measure_one(seen, scope, metric, params)
        seen.measured[str(entry.check_id)] = measurements[scope][key]
    options.progress("checks", len(planned_entries), len(planned_entries))
    return measurements


def _measure_one(seen: Scan, scope: Scope, metric: Metric, params: Mapping[str, object]) -> Measurement:
    if "purpose" in params and seen.declared.purpose is None:
        line = 'purpose = "finetune"  # pretrain | finetune | preference | evaluation'
        return NotConfigured("no purpose is declared, and no ratio is right for all", line)
    return ask(metric, seen, scope, params)


def _run_suites(
    opened: Dataset,
    chosen: Plan,
    measurements: Mapping[Scope, Mapping[str, Measurement]],
    metrics: Mapping[str, Metric],
    options: Options,
) -> list[CheckResult]:
    options.progress("suites", 0, 1)
    from gates.gx import run, validate

    validate((entry for scope in Scope for entry in chosen.entries[scope]), metrics.values())
    kinds = {check.id: check.kind for check in chosen.checks}
    results = run({scope: opened.view(scope) for scope in Scope}, chosen.entries, measurements)
    options.progress("suites", 1, 1)
    return [replace(result, kind=kinds.get(result.id, result.kind)) for result in results]


def _without_unchecked_scope(unchecked: tuple[Scope, str] | None, results: list[CheckResult]) -> list[CheckResult]:
    """The results; a scope that is empty on purpose is not checked, by the suites' own expectations either."""
    if unchecked is None:
        return results
    scope, why = unchecked
    return [
        CheckResult(result.id, result.severity, Outcome.NOT_CONFIGURED, why, result.kind)
        if result.id.scope is scope
        else result
        for result in results
    ]


def _row_counts(seen: Scan) -> dict[str, int]:
    """Rows of the set by origin; those of a reference lie outside of it, and are counted by themselves."""
    counts = {name: int(seen.index.of(code).sum()) for name, code in _CODES.items()}
    is_outside = seen.declared.human_rows == REFERENCE
    return {**counts, "human": 0, REFERENCE: counts["human"]} if is_outside else counts


class _Clock:
    """Seconds per step, for the terminal only; no time reaches a verdict."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Close the step that is under way."""
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
