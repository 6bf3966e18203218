"""Commits beside the one that a version is compared with, whose rows must not get lost either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.versions.git.printed import lines_of
from gates.versions.version import Version, at_commit, revision

if TYPE_CHECKING:
    from gates.versions.git.commands import Git
    from gates.versions.repository import Repository

_MERGE_HEAD = "MERGE_HEAD"


def versions_beside(
    repository: Repository, judged: Version, before: Version | None, overwritten: str | None
) -> tuple[Version, ...]:
    """What was merged since a version before, or is being merged, and what a push takes off its branch.

    overwritten: what the branch has before a push. Raises UsageError for one that is no revision.
    """
    git = repository.git
    if git is None:
        return ()
    if judged.commit is None:
        return tuple(at_commit(sha, _MERGE_HEAD) for sha in _merge_heads(git))
    beside = [at_commit(sha) for sha in _merged(git, judged.commit, before.commit if before else None)]
    old = revision(repository, overwritten) if overwritten else None
    if old and not git.is_ancestor(str(old.commit), judged.commit):
        beside.append(old)
    return tuple(dict.fromkeys(beside))


def _merged(git: Git, tip: str, before: str | None) -> list[str]:
    """The other parents of the merges from a commit to a tip, along first parents; none that the commit has itself."""
    if before is None:
        return []
    lines = lines_of(git.run("rev-list", "--parents", f"{before}..{tip}"))
    parents = {commit: others for commit, *others in map(str.split, lines)}
    sides: list[str] = []
    while parents.get(tip):
        tip, *others = parents[tip]
        sides += [one for one in others if one in parents]
    return sides


def _merge_heads(git: Git) -> list[str]:
    """What is being merged: nothing but while a merge waits for its commit."""
    try:
        return git.own_file(_MERGE_HEAD).read_text().split()
    except FileNotFoundError:
        return []
