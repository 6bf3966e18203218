"""Has the datasets of a call answered, one by one or in parallel, keeps what was found, and shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.check_or_recall import CheckTerms, DatasetCheck
from gates.checking.check_version import CheckedDataset, JudgedVersion
from gates.checking.engine import Engine
from gates.cli.check.output import Shown, show
from gates.cli.options import today, worst
from gates.cli.streams import clean_stdout, note, progress_bar
from gates.config.deadline import Deadline
from gates.errors import GatesError, first_few
from gates.verdict import Answer, Outcome, Scope, exit_code
from gates.verdicts.reports.located_verdict import Located, PageVersion, Unjudged
from gates.verdicts.reports.registry import find_report, rendered
from gates.verdicts.reports.text import counted
from gates.verdicts.store import VerdictStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.checking.targets import Target
    from gates.cli.check.request import CheckRequest
    from gates.config.dataset import DatasetConfig

_SHOWN = 20


@dataclass(frozen=True)
class DatasetRun:
    """One dataset of a call. number: its place among them."""

    number: int
    at: JudgedVersion
    dataset: DatasetConfig
    target: Target
    store: VerdictStore

    @property
    def name(self) -> str:
        """The dataset's id."""
        return self.target.id_of(self.dataset.name)


def answer_all(
    datasets: Sequence[tuple[JudgedVersion, Target, DatasetConfig]],
    broken: Sequence[tuple[str, GatesError]],
    request: CheckRequest,
) -> int:
    """The exit code of a call. broken: configurations that could not be read, and why."""
    runs = []
    for number, (at, target, dataset) in enumerate(datasets):
        store = VerdictStore(at.home, request.reporting.output and request.reporting.output / target.folder)
        runs.append(DatasetRun(number, at, dataset, target, store))
    shown = {asking.number: _keep(asking, answered, request) for asking, answered in _answers(runs, request)}
    in_order = [shown[number] for number in sorted(shown)] + [Shown(name, error=error) for name, error in broken]
    if not request.reporting.quiet:
        _note_remembered(in_order)
    show(in_order, request.reporting)
    return worst([_code(one, request) for one in in_order])


def _answers(runs: list[DatasetRun], request: CheckRequest) -> Iterator[tuple[DatasetRun, CheckedDataset | GatesError]]:
    """Each dataset's verdict, or what stood in its way: those remembered at once, the others one by one or in parallel."""
    waiting = []
    clock = None if request.execution.timeout is None else Deadline(time.monotonic() + request.execution.timeout)
    for asking in runs:
        _note_expired(asking.dataset)
        asking.store.prepare()
        try:
            question = DatasetCheck(asking.at, asking.dataset, _terms(asking, request), clock)
            _note_left_out(asking.name, question)
            remembered = question.recall()
            if remembered is None and request.execution.jobs > 1 and clock is None:
                waiting.append(asking)
                continue
            if remembered is None and clock is not None:
                yield asking, _rows_at_commit(asking, question, clock, request)
                continue
            yield asking, remembered or _answer(asking, question, request)
        except GatesError as error:
            yield asking, error
    if waiting:
        yield from _in_parallel(waiting, request)


def _note_left_out(name: str, question: DatasetCheck) -> None:
    """Files that DVC ignores are not judged, in the work tree as in a commit; that is never silent."""
    seen = question.seen.snapshot
    if seen and seen.left_out:
        note(f"{name}: not judged, as .dvcignore keeps it out of DVC and of each commit: {first_few(seen.left_out, 1)}")


def _answer(asking: DatasetRun, question: DatasetCheck, request: CheckRequest) -> CheckedDataset:
    with clean_stdout(), progress_bar(asking.name, is_quiet=request.reporting.quiet) as progress:
        return question.answer(progress)


def _rows_at_commit(
    asking: DatasetRun, question: DatasetCheck, clock: Deadline, request: CheckRequest
) -> CheckedDataset:
    """What can be said of changed rows in the time there is; the rest is left, and that is reported."""
    from gates.checking.quick.commit_check import judge_changed_rows

    with clean_stdout(), progress_bar(asking.name, is_quiet=request.reporting.quiet) as progress:
        looked = judge_changed_rows(question, clock, progress)
    looked_at = f"the rows of {looked.judged} of {counted(looked.changed, 'changed file')}"
    if not looked.changed and not looked.is_finished:
        looked_at = "no row, as it was not known yet which files have changed,"
    ended = "" if looked.is_finished else f" in the {request.execution.timeout:g} s there were, fetching nothing"
    left = f"{counted(looked.checks_left, 'check')} and the verdict are deferred to pre-push"
    note(f"{asking.name}: looked at {looked_at}{ended}; {left}{_without_hook(asking.at)}")
    return CheckedDataset(looked.verdict, lines=looked.lines)


def _without_hook(at: JudgedVersion) -> str:
    git = at.repository.git
    if git is None or git.has_hook("pre-push"):
        return ""
    return ", but no pre-push hook is installed: `pre-commit install --hook-type pre-push`"


def _in_parallel(
    waiting: list[DatasetRun], request: CheckRequest
) -> Iterator[tuple[DatasetRun, CheckedDataset | GatesError]]:
    from gates.cli.check.parallel import CheckTask, answered_in_parallel

    by_number = {asking.number: asking for asking in waiting}
    tasks = {
        number: CheckTask(asking.at.config_path, asking.at.compares, asking.dataset.name, _terms(asking, request))
        for number, asking in by_number.items()
    }
    with progress_bar(counted(len(waiting), "dataset"), is_quiet=request.reporting.quiet) as progress:
        for done, (number, answered) in enumerate(answered_in_parallel(tasks, request.execution.jobs), 1):
            progress("judged", done, len(waiting))
            yield by_number[number], answered


def _terms(asking: DatasetRun, request: CheckRequest) -> CheckTerms:
    execution = request.execution
    scopes = tuple(map(Scope, execution.scopes))
    engine = Engine(execution.engine, execution.spark_master, execution.spark_connect)
    quarantine, is_remembering = asking.store.quarantine, not execution.no_cache
    return CheckTerms(today(), quarantine, execution.only, scopes, is_remembering=is_remembering, engine=engine)


def _note_expired(dataset: DatasetConfig) -> None:
    for waiver in dataset.waivers:
        if waiver.expires < today():
            note(
                f"{dataset.source}:{waiver.line}: the waiver of {waiver.check} expired on {waiver.expires} and is void"
            )


def _keep(asking: DatasetRun, answered: CheckedDataset | GatesError, request: CheckRequest) -> Shown:
    """Write what was found where it belongs: not where it is partial, or of another version than the work tree."""
    if isinstance(answered, GatesError):
        _write_on_demand(asking, request, [], [Unjudged(asking.name, str(answered))])
        return Shown(asking.name, error=answered)
    rows, versions = answered.failing_rows(asking.store.root), _versions(asking, answered, request)
    located = replace(_located(asking, answered, request), failing_rows=rows, versions=versions)
    _write_on_demand(asking, request, [located], [])
    if not answered.verdict.is_partial and (asking.at.is_worktree or request.reporting.output):
        asking.store.write(answered.verdict)
    _say(asking, answered, request)
    is_left = request.execution.timeout is not None and not answered.verdict.checks
    return Shown(asking.name, None if is_left else located, answered)


def _write_on_demand(
    asking: DatasetRun, request: CheckRequest, judged: Sequence[Located], unjudged: Sequence[Unjudged]
) -> None:
    """The reports of `--also`; that of a run before goes where a report says nothing of a dataset without a verdict."""
    for name in request.reporting.also:
        report = find_report(asking.dataset.plugins, name)
        with clean_stdout():
            text = rendered(report, judged, unjudged)
        asking.store.write_on_demand(asking.dataset.name, report.suffix, text or None)


def _versions(asking: DatasetRun, answered: CheckedDataset, request: CheckRequest) -> Sequence[PageVersion]:
    """What the page shows beside this verdict; nothing is looked for where no page is made, or in the time before a commit."""
    is_shown = "html" in (*request.reporting.also, request.reporting.format)
    if not is_shown or answered.verdict.is_partial or request.execution.timeout is not None:
        return ()
    from gates.cli.diff.page_versions import page_versions

    return page_versions(asking.at.repository, asking.dataset, request.reporting.output, answered.verdict)


def _located(asking: DatasetRun, answered: CheckedDataset, request: CheckRequest) -> Located:
    """The verdict with the lines of its checks, as seen from the top of the repository."""
    from gates.verdicts.reports.located_verdict import folder_in_repository, locate

    located = locate(answered.verdict, asking.dataset, answered.lines, folder=folder_in_repository(asking.at.home))
    return replace(located, is_strict=request.reporting.strict, id=asking.name)


def _say(asking: DatasetRun, answered: CheckedDataset, request: CheckRequest) -> None:
    verdict = answered.verdict
    if verdict.is_partial and request.execution.timeout is None:
        scope = f"partial run ({counted(len(verdict.checks), 'check')})"
        if all(check.outcome is Outcome.NOT_CONFIGURED for check in verdict.checks):
            reasons = dict.fromkeys(check.message for check in verdict.checks)
            scope = f"no check ran ({'; '.join(reasons)})"
        note(f"{asking.name}: {scope}: result not stored")
    if request.reporting.quiet:
        return
    # At a commit nothing is fetched to say so.
    is_new = not answered.is_remembered and request.execution.timeout is None
    if request.reporting.verbose or is_new:
        _note_not_read(asking, is_whole=request.reporting.verbose)
    # The terminal's report has it where it belongs.
    if (rows := answered.failing_rows(asking.store.root)) and request.reporting.format != "terminal":
        note(f"{asking.name}: rows that fail row rules: {rows}")


def _note_not_read(asking: DatasetRun, *, is_whole: bool) -> None:
    """What lies beside the data and is not read; by itself only data whose name is hidden."""
    from gates.data.files import is_hidden_data
    from gates.versions.dataset.without_rows import names_without_rows

    names = names_without_rows(asking.at.repository, replace(asking.dataset, root=asking.at.home), asking.at.version)
    names = [name for name in names if is_whole or is_hidden_data(name)]
    if names:
        note(f"{asking.name}: not read, by their names files without rows: {first_few(names, _SHOWN)}")


def _note_remembered(shown: list[Shown]) -> None:
    remembered = {one.name: one.answered for one in shown if one.answered and one.answered.is_remembered}
    if not remembered:
        return
    who = next(iter(remembered)) if len(remembered) == 1 else f"{len(remembered):,} of {counted(len(shown), 'dataset')}"
    failing = sum(answered.quarantined for answered in remembered.values() if not answered.quarantine)
    rows = f"; --no-cache writes the {counted(failing, 'failing row')}" if failing else ""
    note(f"{who}: unchanged, using the cached verdict{rows}")


def _code(one: Shown, request: CheckRequest) -> int:
    if one.error:
        return one.error.exit_code
    if request.reporting.exit_zero or one.located is None:
        return 0
    verdict = one.located.verdict
    is_left = request.execution.timeout is not None and verdict.is_partial and verdict.answer is Answer.NO_VERDICT
    if is_left and not any(check.outcome is Outcome.ERROR for check in verdict.checks):
        # Nothing speaks against the data, and what was not looked at in time is judged at push.
        return 0
    return exit_code(verdict.answer, strict=request.reporting.strict)
