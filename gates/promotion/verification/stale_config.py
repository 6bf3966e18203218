"""Whether the configuration that a stage's tag names was still in force when the tag was made.

Else somebody could name an older one, that asked less. Which one was in force, dates of commits and tags say, as nothing else
here does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.promotion.git.judged_config import configuration_in, configured
from gates.promotion.stage_conditions import unmet
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind, git_of

if TYPE_CHECKING:
    from datetime import datetime

    from gates.promotion.stage_conditions import Candidate
    from gates.promotion.verification.order import Event
    from gates.versions.git import Git
    from gates.versions.repository import Repository


def missing_since(repository: Repository, event: Event, commit: str, candidate: Candidate) -> str | None:
    """What was missing of what the stage asked for by the tag's date, where the named commit's configuration was replaced.

    A configuration that asks otherwise, and whose conditions hold too, is no replay: nothing was gained.
    """
    git, folder, stage = git_of(repository, str(event.tag.name)), event.tag.name.folder, str(event.tag.name.stage)
    for tip in _lines(git, commit):
        newest = _in_force(git, commit, tip, candidate.now)
        if newest is None or _is_same(repository, folder, commit, newest):
            continue
        words = (
            f"names the configuration of {commit[:7]}, and {newest[:7]}, which follows it and was made before the tag,"
        )
        try:
            config = configured(repository, folder, _revision(newest))
        except UsageError:
            # Nobody can promote under a configuration that is not there or cannot be read: it asked nothing.
            continue
        try:
            missing = unmet(config.stage(stage), candidate)
        except UsageError as error:
            return f"{words} has no such stage: {error}"
        if missing:
            return f"{words} asked for what was not there: {missing[0]}"
    return None


def _is_same(repository: Repository, folder: str, one: str, other: str) -> bool:
    trees = [tree_at(repository, _revision(commit)) for commit in (one, other)]
    names = [configuration_in(tree, folder) for tree in trees]
    blobs = [tree.listing.blobs.get(name or "") for tree, name in zip(trees, names, strict=True)]
    return names[0] == names[1] and blobs[0] == blobs[1]


def _revision(commit: str) -> Version:
    return Version(VersionKind.REVISION, commit)


def _lines(git: Git, commit: str) -> list[str]:
    """The ends of the lines that a commit is on: HEAD where that has it, else the branches that do."""
    if git.succeeds("merge-base", "--is-ancestor", commit, "HEAD"):
        return ["HEAD"]
    told = git.run("for-each-ref", "--format=%(objectname)", f"--contains={commit}", "refs/heads", "refs/remotes")
    return sorted(set(told.decode().split()))


def _in_force(git: Git, commit: str, tip: str, now: datetime) -> str | None:
    """The last commit of a line that follows a commit and was made before a moment; None where there is none.

    Only first parents: what was merged later was not in force, whenever it was written.
    """
    between = f"{commit}..{tip}"
    since = set(git.run("rev-list", "--ancestry-path", between).decode().split())
    told = git.run("log", "--no-show-signature", "--first-parent", "--format=%H %ct", between).decode()
    line = (one.split() for one in told.splitlines())
    # Of a commit and a tag of one second nobody knows which came first.
    return next((name for name, date in line if name in since and int(date) < int(now.timestamp())), None)
