"""A dataset at the version to judge, and what became of its files since the version before."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.checking.cache.hashes import RememberedHashes
from gates.checking.changes.losses import kept_files
from gates.checking.changes.moved_datasets import has_same_configuration
from gates.checking.changes.repartitioned import DatasetAt, VersionPair
from gates.checking.changes.rows_before import commit_before, is_near_before, lost_human_files
from gates.config.deadline import Deadline, TimeUpError
from gates.data.previous_version import CommitBefore, KeptFiles, PromotedBefore
from gates.errors import DataError, GatesError
from gates.promotion.git.last_promoted import promoted_before
from gates.versions.dataset.comparison import Comparison, compare
from gates.versions.dataset.manifests import far_pointer
from gates.versions.dataset.path_contents import lies_elsewhere
from gates.versions.dataset.snapshots import Snapshot, snapshot, snapshot_or_empty
from gates.versions.dvc.pointers import pointers
from gates.versions.dvc.store import manifests_of
from gates.versions.trees import tree_at

if TYPE_CHECKING:
    from gates.checking.cache.folder import Cache
    from gates.checking.check_version import JudgedVersion
    from gates.config.dataset import DatasetConfig
    from gates.versions.version import Version

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """snapshot: None where the work tree cannot be read: judging says what is wrong; and where it is left.

    is_exact: whether its hashes tell the bytes; DVC 2's md5 of a text file takes CRLF for LF.
    kept_files: None where no version before tells. changes: None where there is none, or none to compare with.
    promoted: what was promoted last before. commit: what the version before had, where nothing was promoted.
    lost_human_files: as `lost_human_files` finds them. is_left: time was up, or only a remote could tell, so that a snapshot or the version before is missing.
    is_commit_left: there was no time for what the version before had, so that no verdict is known to be that of this one.
    """

    snapshot: Snapshot | None
    is_exact: bool = True
    kept_files: KeptFiles | None = None
    changes: Comparison | None = None
    promoted: PromotedBefore | None = None
    commit: CommitBefore | None = None
    lost_human_files: tuple[str, ...] = ()
    is_left: bool = False
    is_commit_left: bool = False


def compared(at: JudgedVersion, dataset: DatasetConfig, cache: Cache, clock: Deadline | None = None) -> Compared:
    """Names and hashes of a dataset's files at a version, set against those of the version before.

    clock: nobody waits longer, and no remote is asked. Raises what `snapshot` raises of another version than the work
    tree; with a clock, of the work tree too.
    """
    inputs = _compared(at, dataset, cache, clock)
    promoted = promoted_before(at.repository, at.version, at.home, dataset.name)
    # Where something was promoted, nothing falls behind that, however many commits ago it was.
    if promoted is None:
        return inputs
    return replace(inputs, promoted=promoted, commit=None, is_commit_left=False, lost_human_files=())


def _compared(at: JudgedVersion, dataset: DatasetConfig, cache: Cache, clock: Deadline | None) -> Compared:
    hashes = RememberedHashes(cache, f"{at.home}:{dataset.name}", clock.check if clock else lambda: None)
    home = replace(dataset, root=at.home)
    try:
        if clock:
            clock.check()
            if not at.is_worktree and far_pointer(home, tree_at(at.repository, at.version)):
                return Compared(None, is_left=True)
        seen = snapshot(at.repository, home, at.version, md5_of=hashes)
    except TimeUpError:
        return Compared(None, is_left=True)
    except (GatesError, OSError) as error:
        if clock or not at.is_worktree:
            # Judging would say the same after seconds of imports.
            raise
        logger.debug("%s: not compared: %s", dataset.name, error)
        return Compared(None)
    hashes.save()
    is_exact = not hashes.saw_legacy and not any(file.pointer and file.pointer.is_legacy for file in seen.all_files)
    return _with_changes(at, home, Compared(seen, is_exact), seen, is_near=clock is not None)


def _with_changes(
    at: JudgedVersion, home: DatasetConfig, inputs: Compared, seen: Snapshot, *, is_near: bool
) -> Compared:
    """is_near: no remote is asked for the version before."""
    is_elsewhere = lies_elsewhere(at.repository, home)
    if at.before is None or is_elsewhere:
        # Where history begins nothing can be missing; where it was cut off, or never had the data, that is unknown.
        is_cut_off = is_elsewhere or at.repository.git is None or at.repository.git.is_shallow()
        return inputs if is_cut_off else replace(inputs, kept_files=KeptFiles(), commit=CommitBefore("no commit"))
    try:
        manifests = _manifests_before(at, seen, at.before)
        if is_near and far_pointer(home, tree_at(at.repository, at.before), manifests):
            return replace(inputs, is_left=True)
        old = snapshot_or_empty(at.repository, home, at.before, manifests=manifests)
    except DataError as error:
        unknown = f"the files cannot be compared with those of {at.before}: {error}"
        return replace(
            inputs, kept_files=KeptFiles(unknown=unknown), commit=CommitBefore(str(at.before), unknown=unknown)
        )
    changes = compare(old, seen)
    holdout_changes = compare(old, seen, "holdout") if home.holdout else None
    # Another configuration reads other rows from the same files; and there is no time for rows before a deadline.
    compares_rows = not is_near and has_same_configuration(at, at.before)
    places = (DatasetAt(at.repository, version, home) for version in (at.before, at.version))
    kept: KeptFiles | None = kept_files(
        changes,
        holdout_changes,
        compare(old, seen, "evaluation") if home.evaluation else None,
        VersionPair(*places) if compares_rows else None,
    )
    # A verdict reached without a clock is recalled only where the same is known.
    is_commit_left = is_near and not is_near_before(at)
    commit = None if is_commit_left else commit_before(at, home, seen, manifests)
    if _says_nothing(at, changes):
        kept = kept if kept and kept.lost else None
        commit = commit if commit and commit.content else None
    gone = lost_human_files(at, old, seen, changes)
    return replace(
        inputs, kept_files=kept, changes=changes, commit=commit, is_commit_left=is_commit_left, lost_human_files=gone
    )


def _says_nothing(at: JudgedVersion, files: Comparison) -> bool:
    """Whether a comparison without losses is no evidence: with but the last of many new commits, or with itself."""
    if at.compares.is_whole_history:
        return True
    # A clean checkout is its own HEAD, and a shallow one has nothing else to be compared with.
    git = at.repository.git
    return at.is_worktree and files.is_same and git is not None and git.is_shallow()


def _manifests_before(at: JudgedVersion, seen: Snapshot, before: Version) -> dict[str, bytes]:
    """The manifest of an unchanged directory is made from what is here: nothing has to be fetched for it."""
    md5s = {file.entry.name: file.entry.md5 for file in seen.all_files if file.entry.md5}
    return manifests_of(pointers(at.repository, before).values(), md5s)
