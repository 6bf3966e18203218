"""Judges datasets at a version: opens what the version has, and answers from memory what was judged before."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.contract_inputs import are_sources_unchanged, contract_key, digest
from gates.errors import GatesError
from gates.remembered_hashes import RememberedHashes
from gates.verdict import Outcome
from gates.verdict_reading import verdict_of
from gates.versions import STAGED, WORKTREE, choose_versions, files_at, open_repository, snapshot
from gates.versions.configuration import config_at
from gates.versions.version import VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from gates.cache import Cache
    from gates.config import Config
    from gates.dataset_config import DatasetConfig
    from gates.judge import Options
    from gates.verdict import Verdict
    from gates.versions import Repository, Version

logger = logging.getLogger(__name__)

# What a branch that was never pushed does not have.
_UPSTREAMS = {"@{upstream}", "@{u}", "@{push}"}


@dataclass(frozen=True)
class Asked:
    """Which version a call means; `since` leaves out the datasets that are as they were there."""

    rev: str | None = None
    staged: bool = False
    worktree: bool = False
    since: str | None = None


@dataclass(frozen=True)
class JudgedVersion:
    """A configuration as one version has it.

    home: the configuration's folder in the work tree. base: the version before, where something is compared with it.
    """

    repository: Repository
    version: Version
    base: Version | None
    config: Config
    home: Path

    @property
    def is_worktree(self) -> bool:
        """Whether the data lies in the work tree, where `gates enforce` will look."""
        return self.version.kind is VersionKind.WORKTREE


@dataclass(frozen=True)
class Answered:
    """A verdict with what belongs to one run only. is_remembered: it was reached before, on the same bytes.

    quarantined: number of failing rows. quarantine: where they were written, if they were, and by this run.
    """

    verdict: Verdict
    quarantined: int = 0
    quarantine: Path | None = None
    is_remembered: bool = False


@contextmanager
def version_asked(path: Path, asked: Asked) -> Iterator[JudgedVersion]:
    """The version that a call means, of the configuration at a path. Raises UsageError.

    While it lasts, suites and schemas of the version lie below its datasets' root.
    """
    repository = open_repository(path.parent)
    # Without any of them git is not asked for anything.
    base, version = None, STAGED if asked.staged else WORKTREE
    if asked != Asked():
        since = None if _is_missing_upstream(repository, asked.since) else asked.since
        versions = choose_versions(repository, rev=asked.rev, staged=asked.staged, worktree=asked.worktree, since=since)
        version, base = versions.judged, None if asked.since and not since else versions.base
    with config_at(repository, path, version) as config:
        yield JudgedVersion(repository, version, base, config, path.parent)


def judge_at(at: JudgedVersion, dataset: DatasetConfig, options: Options, today: date) -> Answered:
    """The verdict on a dataset at a version, reached anew. Raises what `judge` and `files_at` raise."""
    from gates.contract import load_contract
    from gates.judge import judge

    with files_at(at.repository, replace(dataset, root=at.home), at.version) as found:
        contract = load_contract(dataset, today)
        judged = judge(contract, replace(options, files=found.dataset, holdout_files=found.holdout))
    return Answered(judged.verdict, judged.quarantined, judged.quarantine)


class Memory:
    """Verdicts reached before on a dataset at a version. Raises what `snapshot` raises of another than the work tree."""

    def __init__(self, at: JudgedVersion, dataset: DatasetConfig, today: date, cache: Cache) -> None:
        self._at, self._dataset, self._today, self._cache = at, dataset, today, cache
        self._key = self._current_key()

    def recall(self) -> Answered | None:
        """The verdict that judging anew would give, or None when that is not known."""
        entry = self._cache.get(self._key) if self._key else None
        if entry is None:
            return None
        try:
            verdict = verdict_of(entry["verdict"])
            sources = dict(verdict.contract["schema_sources"])  # type: ignore[call-overload]
            if not are_sources_unchanged(sources, self._dataset.root):
                return None
            return Answered(verdict, entry["quarantined"], is_remembered=True)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            logger.debug("%s: not a verdict: %s", self._dataset.name, error)
            return None

    def keep(self, answered: Answered) -> None:
        """Remember a verdict, if it is whole and what it was reached on has stayed the same meanwhile."""
        verdict = answered.verdict
        broken = any(check.outcome is Outcome.ERROR for check in verdict.checks)
        if verdict.is_partial or broken or self._key is None or self._current_key() != self._key:
            return
        self._cache.put(self._key, {"verdict": verdict.to_json(), "quarantined": answered.quarantined})

    def _current_key(self) -> str | None:
        """None where hashes do not tell the bytes, or those of the work tree cannot be had: judging says what is wrong.

        Raises what `snapshot` raises of another version.
        """
        hashes = RememberedHashes(self._cache, f"{self._at.home}:{self._dataset.name}")
        home = replace(self._dataset, root=self._at.home)
        try:
            found = snapshot(self._at.repository, home, self._at.version, md5_of=hashes)
        except (GatesError, OSError) as error:
            if not self._at.is_worktree:
                # Judging would say the same after seconds of imports.
                raise
            logger.debug("%s: not remembered: %s", self._dataset.name, error)
            return None
        hashes.save()
        files = (*found.files, *(found.holdout or ()))
        if hashes.saw_legacy or any(file.pointer and file.pointer.is_legacy for file in files):
            return None
        return digest([found.digest, contract_key(self._dataset, self._today)])


def _is_missing_upstream(repository: Repository, since: str | None) -> bool:
    if since not in _UPSTREAMS or repository.git is None:
        return False
    return repository.git.commit_or_none(since) is None
