"""A dataset at the version to judge, and what became of its files since the version before."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.errors import DataError, GatesError
from gates.judging.remembered_hashes import RememberedHashes
from gates.kept_files import KeptFiles
from gates.losses import kept_files
from gates.versions.comparison import compare, compare_evaluations, compare_holdouts
from gates.versions.pointers import pointers
from gates.versions.snapshots import snapshot, snapshot_or_empty
from gates.versions.store import manifests_of

if TYPE_CHECKING:
    from gates.configuration.dataset import DatasetConfig
    from gates.judging.cache import Cache
    from gates.judging.versions import JudgedVersion
    from gates.versions.comparison import Comparison
    from gates.versions.snapshots import Snapshot
    from gates.versions.version import Version

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """snapshot: None where the work tree cannot be read: judging says what is wrong.

    is_exact: whether its hashes tell the bytes; DVC 2's md5 of a text file takes CRLF for LF.
    kept_files: None where no version before is known.
    """

    snapshot: Snapshot | None
    is_exact: bool = True
    kept_files: KeptFiles | None = None


def compared(at: JudgedVersion, dataset: DatasetConfig, cache: Cache) -> Compared:
    """Names and hashes of a dataset's files at a version, set against those of the version before.

    Raises what `snapshot` raises of another version than the work tree.
    """
    hashes = RememberedHashes(cache, f"{at.home}:{dataset.name}")
    home = replace(dataset, root=at.home)
    try:
        seen = snapshot(at.repository, home, at.version, md5_of=hashes)
    except (GatesError, OSError) as error:
        if not at.is_worktree:
            # Judging would say the same after seconds of imports.
            raise
        logger.debug("%s: not compared: %s", dataset.name, error)
        return Compared(None)
    hashes.save()
    is_exact = not hashes.saw_legacy and not any(file.pointer and file.pointer.is_legacy for file in seen.all_files)
    return Compared(seen, is_exact, _kept_files(at, home, seen))


def _kept_files(at: JudgedVersion, home: DatasetConfig, seen: Snapshot) -> KeptFiles | None:
    if at.before is None:
        # Where history begins nothing can be missing; where it was cut off nobody knows.
        return None if at.repository.git is None or at.repository.git.is_shallow() else KeptFiles()
    try:
        old = snapshot_before(at, home, seen, at.before)
        files = compare(old, seen)
        held = compare_holdouts(old, seen) if home.holdout else None
        kept = kept_files(files, held, compare_evaluations(old, seen) if home.evaluation else None)
        return None if not kept.lost and _says_nothing(at, files) else kept
    except DataError as error:
        return KeptFiles(unknown=f"the files cannot be compared with those of {at.before}: {error}")


def _says_nothing(at: JudgedVersion, files: Comparison) -> bool:
    """Whether a comparison without losses is no evidence: with but the last of many new commits, or with itself."""
    if at.compares.is_whole_history:
        return True
    # A clean checkout is its own HEAD, and a shallow one has nothing else to be compared with.
    git = at.repository.git
    return at.is_worktree and files.is_same and git is not None and git.is_shallow()


def snapshot_before(at: JudgedVersion, home: DatasetConfig, seen: Snapshot, before: Version) -> Snapshot:
    """The manifest of an unchanged directory is made from what is here: nothing has to be fetched for it."""
    md5s = {file.entry.name: file.entry.md5 for file in seen.all_files if file.entry.md5}
    tracked = pointers(at.repository, before)
    return snapshot_or_empty(at.repository, home, before, manifests=manifests_of(tracked.values(), md5s))
