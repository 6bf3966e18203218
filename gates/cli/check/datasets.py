"""What `gates check` does: finds the datasets of a call, has each answered, keeps what was found, and shows it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from gates.checking.check_version import JudgedVersion, VersionRequest, version_requested
from gates.checking.targets import Target, targets_of
from gates.cli.options import chosen, today, worst
from gates.cli.streams import note
from gates.config.addresses import is_address
from gates.config.installed.plugins import Plugins
from gates.errors import GatesError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.cli.check.request import CheckRequest, Reporting
    from gates.config.dataset import DatasetConfig


def check(request: CheckRequest, version: VersionRequest) -> int:
    """The exit code of a call: of the datasets, and 1 for a change that weakens the gate and does not say why."""
    if not version.compares_rules:
        return _judged(request, version)
    from gates.cli.check.weakened import weaker_gate

    weaker = replace(request, reporting=replace(request.reporting, weaker=weaker_gate(request, version)))
    try:
        return _judged(weaker, version)
    except GatesError as error:
        if not weaker.reporting.is_weakened:
            raise
        note(str(error))
        return worst([error.exit_code, 1])


def _judged(request: CheckRequest, version: VersionRequest) -> int:
    targets = targets_of(
        request.selection.datasets,
        request.selection.config,
        every=request.selection.is_every,
        rev=version.rev,
        staged=version.staged,
    )
    if not targets:
        _refuse_unknown_reports(request.reporting, Plugins())
        note(f"{version.rev or 'the index'} has no gates.toml: nothing to judge")
    with ExitStack() as stack:
        datasets: list[tuple[JudgedVersion, Target, DatasetConfig]] = []
        broken: list[tuple[str, GatesError]] = []
        versions: list[JudgedVersion] = []
        for target in targets:
            try:
                at = stack.enter_context(version_requested(target.path, version))
                versions.append(at)
                _refuse_unknown_reports(request.reporting, at.config.plugins)
                datasets += [(at, target, dataset) for dataset in _datasets(at, target, request, version)]
            except GatesError as error:
                if len(targets) == 1:
                    raise
                # The others are judged all the same.
                broken.append((target.id_of("*"), error))
        if not datasets and len({str(error) for _, error in broken}) == 1:
            # One mistake in the call, and not one in each configuration.
            raise broken[0][1]
        if not version.compares_rules and not request.selection.datasets:
            # Who names a dataset asks for that one.
            request = _with_lost_datasets(request, versions)
        bad = int(request.reporting.is_weakened)
        if not datasets and not broken and request.reporting.format == "terminal":
            return bad
        # Takes several times what a hook in which nothing changed takes in all.
        from gates.cli.check.run import answer_all

        return worst([answer_all(datasets, broken, request), bad])


def _with_lost_datasets(request: CheckRequest, versions: Sequence[JudgedVersion]) -> CheckRequest:
    """The call, told of datasets that are gone since the version before with all their rows."""
    from gates.checking.changes.moved_datasets import may_have_lost_datasets

    is_every = request.selection.is_every and request.selection.config is None
    if not may_have_lost_datasets(versions, is_every=is_every):
        return request
    from gates.cli.check.weakened import lost_datasets_of

    weaker = lost_datasets_of(request, versions[0], is_every=is_every)
    return replace(request, reporting=replace(request.reporting, weaker=weaker))


def _refuse_unknown_reports(reporting: Reporting, plugins: Plugins) -> None:
    """Raises UsageError before anything is judged for a report that nobody brings along, PluginError for a broken one."""
    if reporting.reports == ("terminal",):
        return
    from gates.verdicts.reports.registry import find_report, written_on_demand

    files: dict[str, str] = {}
    for name in reporting.reports:
        suffix = find_report(plugins, name).suffix
        if name in reporting.also and not suffix:
            names = ", ".join(f"'{one}'" for one in written_on_demand())
            raise UsageError(f"--also {name}: '{name}' is not one of {names}, which are written beside a verdict")
        if name in reporting.also and (other := files.setdefault(suffix, name)) != name:
            raise UsageError(f"--also {other} and --also {name} would both write DATASET.{suffix}; ask for one of them")


def _datasets(at: JudgedVersion, target: Target, request: CheckRequest, version: VersionRequest) -> list[DatasetConfig]:
    """The datasets that a call means, without those that are as they were, where that was asked."""
    from gates.checking.changes.datasets import changed

    datasets = chosen(at.config, target.names, every=request.selection.is_every)
    git = at.repository.git
    if at.before is None and git and not git.is_shallow() and git.has_other_branches(at.version.commit):
        note(f"nothing was compared with an earlier version: there is no commit before {at.version} on this branch")
    if version.since is None and not (version.staged and request.selection.is_open and not request.selection.every):
        return datasets
    changed_datasets = changed(at, datasets, today())
    left_out = len(datasets) - len(changed_datasets)
    if left_out and not request.reporting.quiet:
        from gates.verdicts.reports.text import counted

        where = f"{target.folder}: " if target.folder else ""
        note(f"{where}{counted(left_out, 'dataset')} unchanged between {at.base} and {at.version}: skipped")
    return [one for one in changed_datasets if not _is_at_address(at, one)]


def _is_at_address(at: JudgedVersion, dataset: DatasetConfig) -> bool:
    """Whether no version has the rows, which is noted. Where it is named, that is an error: nobody may take it for judged."""
    if at.is_worktree or not any(map(is_address, dataset.paths())):
        return False
    note(
        f"{dataset.name}: not judged: {at.version} does not have what lies at {dataset.where()}; `gates check {dataset.name}` reads it"
    )
    return True
