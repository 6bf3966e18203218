"""Judges datasets at a version: opens what the version has."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gates.versions.configuration import config_at
from gates.versions.merged import versions_beside
from gates.versions.repository import Repository, open_repository
from gates.versions.version import Version, VersionKind, base_of, chosen_version, revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from gates.checking.cache.folder import Cache
    from gates.checking.check_dataset import Options
    from gates.config.dataset import DatasetConfig
    from gates.config.load import Config
    from gates.verdict import Verdict

UPSTREAM = "@{upstream}"
# What a branch that was never pushed does not have.
_UPSTREAMS = {UPSTREAM, "@{u}", "@{push}"}


@dataclass(frozen=True)
class VersionRequest:
    """Which version a call means.

    since: leaves out the datasets that are as they were where this revision branched off. base: the version before, whose
    files must not be lost; without it that of `since`, else HEAD, or a revision's first parent. is_whole_history: all
    commits up to `rev` are new to whom they are for. overwritten: what the branch has that `rev` is pushed to. trust: the revision whose configuration and code count, where those of
    `rev` are somebody else's.
    """

    rev: str | None = None
    staged: bool = False
    worktree: bool = False
    since: str | None = None
    base: str | None = None
    is_whole_history: bool = False
    overwritten: str | None = None
    trust: str | None = None

    @property
    def compares_rules(self) -> bool:
        """Whether the call names a version whose rules the change is held to, and not only its rows."""
        return (self.base, self.since, self.trust) != (None, None, None)


def pushed() -> VersionRequest:
    """What a pre-push hook is about to send, as pre-commit tells it; by itself HEAD, since its upstream branch.

    Of a branch from whose first commit on all is new to the remote, pre-commit tells the name alone: everything in it
    counts as changed. https://pre-commit.com/#pre-push
    """
    variable = os.environ.get
    if variable("PRE_COMMIT_TO_REF"):
        since = variable("PRE_COMMIT_FROM_REF")
        return VersionRequest(variable("PRE_COMMIT_TO_REF"), since=since or UPSTREAM, overwritten=since)
    if variable("PRE_COMMIT_LOCAL_BRANCH"):
        return VersionRequest(variable("PRE_COMMIT_LOCAL_BRANCH"), is_whole_history=True)
    return VersionRequest("HEAD", since=UPSTREAM)


@dataclass(frozen=True)
class Compares:
    """A version and what it is compared with; names are resolved, so that whatever becomes of them it stays the same.

    base, before: as in `JudgedVersion`. is_whole_history: all commits before are new too, and `before` is but one of them.
    trusted: whose configuration counts, where it is not the version's own. beside: as in `versions_beside`.
    """

    version: Version
    base: Version | None
    before: Version | None
    is_whole_history: bool = False
    trusted: Version | None = None
    beside: tuple[Version, ...] = ()


@dataclass(frozen=True)
class JudgedVersion:
    """A configuration as one version has it.

    home: the configuration's folder in the work tree.
    """

    repository: Repository
    compares: Compares
    config: Config
    home: Path

    @property
    def version(self) -> Version:
        """What is judged."""
        return self.compares.version

    @property
    def base(self) -> Version | None:
        """The version that datasets must differ from to be judged, where not all are."""
        return self.compares.base

    @property
    def before(self) -> Version | None:
        """The version before; what it had must not get lost."""
        return self.compares.before

    @property
    def config_path(self) -> Path:
        """Where the configuration lies in the work tree, or would."""
        return self.home / self.config.path.name

    @property
    def is_worktree(self) -> bool:
        """Whether the data lies in the work tree, where `gates enforce` will look."""
        return self.version.kind is VersionKind.WORKTREE


@dataclass(frozen=True)
class CheckedDataset:
    """A verdict with what belongs to one run only. is_remembered: it was reached before, on the same bytes.

    quarantined: number of failing rows. quarantine: the file that has them, written by this run or, where it is
    still the same, by the run that reached the verdict; None where there is none. lines: as `Contract.own_lines`.
    """

    verdict: Verdict
    quarantined: int = 0
    quarantine: Path | None = None
    is_remembered: bool = False
    lines: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def failing_rows(self, root: Path) -> str:
        """`12 in .gates/quarantine/reviews.parquet`, where this verdict's rows are there. root: the folder of the configuration."""
        if not self.quarantine or not self.quarantined:
            return ""
        return f"{self.quarantined:,} in {self.quarantine.relative_to(root).as_posix()}"


def compares(repository: Repository, request: VersionRequest) -> Compares:
    """The versions that a call means. Raises UsageError."""
    is_new = _is_missing_upstream(repository, request.since)
    since = None if is_new else request.since
    judged = chosen_version(repository, rev=request.rev, staged=request.staged, worktree=request.worktree)
    before = base_of(repository, judged, request.base or since)
    is_whole = request.base is None and (is_new or request.is_whole_history)
    # Datasets that are as they were are left out since the branch point, or where the index is as HEAD.
    base = (
        before
        if request.base is None or not (since or judged.kind is VersionKind.STAGED)
        else base_of(repository, judged, since)
    )
    trusted = revision(repository, request.trust) if request.trust else None
    beside = versions_beside(repository, judged, before, request.overwritten)
    return Compares(judged, None if is_new else base, before, is_whole, trusted, beside)


@contextmanager
def version_requested(path: Path, request: VersionRequest | Compares) -> Iterator[JudgedVersion]:
    """The version that a call means, of the configuration at a path. Raises UsageError.

    While it lasts, suites and schemas of the version lie below its datasets' root.
    """
    repository = open_repository(path.parent)
    chosen = request if isinstance(request, Compares) else compares(repository, request)
    with config_at(repository, path, chosen.trusted or chosen.version) as config:
        yield JudgedVersion(repository, chosen, config, path.parent)


def judge_at(
    at: JudgedVersion, dataset: DatasetConfig, options: Options, today: date, *, cache: Cache | None = None
) -> CheckedDataset:
    """The verdict on a dataset at a version, reached anew. Raises what `judge` and `files_at` raise.

    cache: where what was found out about single files is kept, so that those that did not change need not be read.
    """
    from gates.checking.check_dataset import judge
    from gates.checking.resolve import resolve
    from gates.versions.dataset.snapshots import files_at

    with files_at(at.repository, replace(dataset, root=at.home), at.version) as files:
        resolved = resolve(dataset, today)
        summaries = cache.for_summaries() if cache else None
        chosen = replace(options, files=files, summaries=summaries)
        judged = judge(resolved, chosen)
    lines = resolved.contract.own_lines
    return CheckedDataset(judged.verdict, judged.quarantined, judged.quarantine, lines=lines)


def _is_missing_upstream(repository: Repository, since: str | None) -> bool:
    if since not in _UPSTREAMS or repository.git is None:
        return False
    return repository.git.commit_or_none(since) is None
