"""Which version of the data is meant: the work tree, what is staged, or a commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.versions.git.answers import DEEPEN

if TYPE_CHECKING:
    from gates.versions.git.commands import Git
    from gates.versions.repository import Repository

_SHORT_SHA = 7


class VersionKind(StrEnum):
    """Where a version stands."""

    WORKTREE = "worktree"
    STAGED = "staged"
    REVISION = "revision"


@dataclass(frozen=True)
class Version:
    """The work tree with whatever lies in it, what the index names, or what a commit names.

    commit: full sha of a revision. name: what the user called it; two names of one commit are one version.
    """

    kind: VersionKind
    commit: str | None = None
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        """As in messages: `the work tree`, `the index`, `main (3f2a91c)`, `3f2a91c`."""
        if self.kind is VersionKind.WORKTREE:
            return "the work tree"
        if self.kind is VersionKind.STAGED:
            return "the index"
        short = (self.commit or "")[:_SHORT_SHA]
        is_sha = not self.name or (self.commit or "").startswith(self.name)
        return short if is_sha else f"{self.name} ({short})"


WORKTREE = Version(VersionKind.WORKTREE)
STAGED = Version(VersionKind.STAGED)


@dataclass(frozen=True)
class Versions:
    """The version to judge, and the one it is compared with; None where nothing came before."""

    judged: Version
    base: Version | None


def at_commit(commit: str, name: str = "") -> Version:
    return Version(VersionKind.REVISION, commit, name)


def revision(repository: Repository, name: str) -> Version:
    """The commit that a name stands for now.

    Raises UsageError naming the nearest ref when there is none, and outside of git.
    """
    return Version(VersionKind.REVISION, git_of(repository, name).commit(name), name)


def chosen_version(
    repository: Repository, *, rev: str | None = None, staged: bool = False, worktree: bool = False
) -> Version:
    """What the options `--rev`, `--staged` and `--worktree` ask for; with none of them the work tree. Raises UsageError."""
    options = [option for option, on in (("--rev", rev), ("--staged", staged), ("--worktree", worktree)) if on]
    if len(options) > 1:
        raise UsageError(f"{' and '.join(options)} exclude each other; give one of them")
    if staged:
        git_of(repository, "--staged")
    return revision(repository, rev) if rev else STAGED if staged else WORKTREE


def base_of(repository: Repository, judged: Version, since: str | None = None) -> Version | None:
    """What a version is compared with: HEAD, or a revision's first parent; None where nothing came before.

    With `since` it is where both part, so that what others did there meanwhile is not taken for a change made here.
    Raises UsageError where there is no such revision, DataError where it is not in a shallow clone.
    """
    if since is not None:
        other, git = revision(repository, since), git_of(repository, since)
        own = judged.commit or git.commit_or_none("HEAD")
        shared = git.merge_base(str(other.commit), own) if own else None
        if own and shared is None and git.is_shallow():
            raise DataError(f"where {judged} and {since} part is not here: the clone is shallow; {DEEPEN}")
        return Version(VersionKind.REVISION, shared, since) if shared else other
    if repository.git is None:
        return None
    before = repository.git.parent(judged.commit) if judged.commit else repository.git.commit_or_none("HEAD")
    shown = f"{judged.name}^" if judged.commit else "HEAD"
    return Version(VersionKind.REVISION, before, shown) if before else None


def git_of(repository: Repository, purpose: str) -> Git:
    """The git of a repository. Raises UsageError, naming what needs it, where there is none."""
    if repository.git is None:
        raise UsageError(f"{purpose} needs git, and {repository.top} is in no git repository; run gates in a clone")
    return repository.git
