"""Where a promotion takes place: a branch of a whole, clean repository."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError, first_few
from gates.versions.git.commands import Git, committed_at
from gates.versions.trees import Tree, tree_at
from gates.versions.version import Version, at_commit, git_of

if TYPE_CHECKING:
    from gates.versions.repository import Repository

_SHOWN = 3


@dataclass(frozen=True)
class CleanRepository:
    """branch: full name of the ref that HEAD stands for. head: its commit."""

    repository: Repository
    git: Git
    branch: str
    head: str

    @property
    def version(self) -> Version:
        """What is promoted: what the commit has."""
        return at_commit(self.head, "HEAD")

    @property
    def tree(self) -> Tree:
        return tree_at(self.repository, self.version)


def require_clean(repository: Repository) -> CleanRepository:
    """The repository, once a promotion can stand on its HEAD.

    Raises UsageError without git, without a commit, on a detached HEAD, with changes that are not committed, and where
    git does not know who promotes; DataError for a shallow clone, whose earlier promotions cannot be seen, and for a commit
    from the future.
    """
    git = git_of(repository, "a promotion")
    branch = git.output_or_none("symbolic-ref", "--quiet", "HEAD")
    if branch is None:
        raise UsageError("HEAD is detached, and a promotion adds a commit to a branch; `git switch BRANCH` first")
    head = git.commit_or_none("HEAD")
    if head is None:
        raise UsageError(
            f"{repository.top.name} has no commit yet; commit gates.toml, the suites and the pointers first"
        )
    if git.is_shallow():
        raise DataError(
            "the clone is shallow: earlier promotions cannot be seen; `git fetch --unshallow --tags` (in CI: fetch-depth: 0)"
        )
    _refuse_changes(git)
    made_at = committed_at(git, "HEAD")
    if made_at > datetime.now(tz=UTC):
        # A promotion dated before the commit that it stands on fails verification.
        raise DataError(
            f"HEAD is dated in the future, {made_at:%Y-%m-%dT%H:%M:%SZ}; set the clock right, or wait until then, and promote again"
        )
    if git.outcome("var", "GIT_COMMITTER_IDENT").returncode:
        raise UsageError(
            'git does not know who you are; `git config user.name "…"` and `git config user.email "…"` (in CI: GIT_COMMITTER_NAME, GIT_COMMITTER_EMAIL)'
        )
    return CleanRepository(repository, git, branch, head)


def _refuse_changes(git: Git) -> None:
    status = git.run("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames").decode(errors="replace")
    changed = [record[3:] for record in status.split("\0") if record]
    if changed:
        raise UsageError(
            f"not committed: {first_few(changed, _SHOWN)}; commit or `git stash` first, so that what is promoted can be fetched"
        )
