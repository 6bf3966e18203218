"""Sends a promotion to the remote: data first, then branch and tags at once, and undoes it where the remote refuses."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.promotion.errors import PromotionError
from gates.versions.changes.git_remote import HEADS, GitRemote, first_line, refs_at, remote_of, tags_within
from gates.versions.changes.transaction import TAGS, PreparedRefs, undo
from gates.versions.git.printed import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gates.promotion.statements.tag_message import TagMessage
    from gates.versions.git.commands import Git

# Seconds: a host that is up answers within one or two, and without an answer the commands name some tags too many.
_PATIENCE = 5.0
# What `git push --porcelain` says of a ref that the remote did not take (git-push(1)). A `remote failure` is none of
# that: the connection ended before the remote said anything.
_REFUSED = re.compile(r"^!\t[^\t:]*:(?P<ref>[^\t]*)\t(?P<why>\[(?:remote )?rejected\].*)$", re.MULTILINE)
_BEHIND = ("(fetch first)", "(non-fast-forward)")
_TAKEN = "(already exists)"


@dataclass(frozen=True)
class PushPlan:
    """What the remote is to have. commit: that of the branch. tags: object by name, all of a version's.

    files: paths by which one sees whether the remote's branch has the promotion's commit.
    """

    commit: str
    tags: Mapping[str, str]
    files: tuple[str, ...]


def how_to_push(git: Git, branch: str, plan: PushPlan, *, has_data: bool) -> str:
    """The commands that send branch and tags that the remote lacks, to be pasted into a shell."""
    first = ["`dvc push`"] if has_data else []
    try:
        remote = remote_of(git, branch)
    except UsageError as error:
        if git.run("remote").split():
            return f"{error}, then run it again with --push"
        remote, first, sent = GitRemote("origin", branch), ["`git remote add origin URL`", *first], {}
    else:
        sent = tags_within(git, remote, _PATIENCE)
    tags = [name for name, tag in plan.tags.items() if sent.get(TAGS + name) != tag]
    short = branch.removeprefix(HEADS)
    refspec = short if remote.branch == branch else f"{short}:{remote.short_branch}"
    words = shlex.join((remote.name, refspec, *tags))
    return ", then ".join([*first, f"`git push --atomic {words}`"])


def missing_at(git: Git, remote: GitRemote, plan: PushPlan, refs: Mapping[str, str]) -> list[str]:
    """What of a plan a remote does not have: names of tags, and of the branch. refs: as `refs_at` gives them."""
    tags = [name for name, tag in plan.tags.items() if refs.get(TAGS + name) != tag]
    return [*([remote.short_branch] if _unsent(git, plan, refs.get(remote.branch)) else []), *tags]


def missing_before(
    remote: GitRemote, plan: PushPlan, messages: Iterable[TagMessage], refs: Mapping[str, str]
) -> str | None:
    """A sentence on the tags that new ones follow and that a remote lacks, as those of a version that was never sent."""
    follows = {message.follows.name: message.follows.object_id for message in messages if message.follows}
    missing = [name for name, tag in follows.items() if name not in plan.tags and refs.get(TAGS + name) != tag]
    if not missing:
        return None
    words = shlex.join((remote.name, *missing))
    return f"{remote.name} lacks {', '.join(missing)}, which this follows, so that `gates verify` fails there; `git push {words}`"


def push(git: Git, remote: GitRemote, plan: PushPlan, new: PreparedRefs | None = None) -> str | None:
    """Send branch and tags, all or none. A sentence where the end is known in another way than by git's answer.

    new: what of it was made by this call and is undone here where the remote did not take it.
    Raises PromotionError where the remote refuses, as when somebody else was first, DataError where the connection broke.
    """
    refs = (f"{plan.commit}:{remote.branch}", *(f"{tag}:{TAGS}{name}" for name, tag in plan.tags.items()))
    ended = git.outcome("push", "--atomic", "--porcelain", "--no-verify", remote.name, *refs)
    if ended.returncode == 0:
        return None
    refused = {match["ref"]: match["why"] for match in _REFUSED.finditer(ended.stdout.decode(errors="replace"))}
    if not refused:
        return _after_broken_connection(git, remote, plan, new, first_line(ended.stderr))
    _undo(git, remote, new)
    git.outcome("fetch", "--quiet", "--tags", remote.name)
    raise PromotionError(_refusal(git, remote, plan, new, refused))


def _after_broken_connection(git: Git, remote: GitRemote, plan: PushPlan, new: PreparedRefs | None, words: str) -> str:
    """What became of a push that ended without an answer: the remote is asked for what it has."""
    try:
        missing = missing_at(git, remote, plan, refs_at(git, remote))
    except DataError:
        _undo(git, remote, new)
        here = "here nothing was promoted" if new else "here nothing was changed"
        then = "what it took comes with that; else promote again" if new else "then run this again"
        raise DataError(
            f"the connection to {remote.name} broke and it does not answer ({words}): it is unknown whether it took the "
            f"promotion, and {here}; once it is back: `git fetch --tags {remote.name}`, {_pull(remote)}: {then}"
        ) from None
    if not missing:
        return f"the connection to {remote.name} broke, and it has everything all the same"
    _undo(git, remote, new)
    raise DataError(
        f"the connection to {remote.name} broke, and it took nothing: nothing was promoted ({words}); run this again"
    )


def _undo(git: Git, remote: GitRemote, new: PreparedRefs | None) -> None:
    if new is None:
        return
    try:
        undo(git, new)
    except DataError as error:
        tags = shlex.join(new.tags)
        raise DataError(
            f"{remote.name} did not take it, and it is still here, as it could not be undone ({error}); to send it, "
            f"{_pull(remote)} and run this again; to drop it, `git tag --delete {tags}`"
            + (f" and `git revert --no-edit {new.new[:7]}`" if new.has_commit else "")
        ) from error


def _refusal(git: Git, remote: GitRemote, plan: PushPlan, new: PreparedRefs | None, refused: Mapping[str, str]) -> str:
    """Why the remote took nothing, and what to do. refused: reasons by ref, all that it took away having been fetched."""
    others = [
        name for name in plan.tags if _TAKEN in refused.get(TAGS + name, "") and name not in (new.tags if new else ())
    ]
    why = next((words for words in refused.values() if "atomic" not in words), "it refuses all or none")
    start = f"{remote.name} did not take it, nothing was {'promoted' if new else 'sent'} ({why})"
    if others:
        tags = shlex.join(others)
        unsent = _unsent(git, plan, git.commit_or_none(f"{remote.name}/{remote.short_branch}"))
        revert = f", `git revert --no-edit {unsent[:7]}`" if unsent else ""
        return (
            f"{start}: somebody else was first and has another {others[0]} there; drop what is here: "
            f"`git tag --delete {tags}`{revert}, `git fetch --tags {remote.name}`, {_pull(remote)}"
        )
    if any(words.endswith(_BEHIND) for words in refused.values()):
        return (
            f"{start}: somebody else was first: {remote.name} has commits that are not here, and they may have other "
            f"conditions; {_pull(remote)}, {'`gates check`, then promote again' if new else 'then run this again'}"
        )
    return (
        f"{start}; where somebody else was first: {_pull(remote)}, `gates check`, then promote again; else see who may "
        f"push to {remote.short_branch} and set tags at {remote.name}"
    )


def _unsent(git: Git, plan: PushPlan, at: str | None) -> str | None:
    """The commit of the plan's files that a branch, which is at `at`, does not have; None where it has it.

    A commit that nobody has fetched is newer than all here: then the tags alone have to say what is there.
    """
    if at is not None and not git.has_object(f"{at}^{{commit}}"):
        return None
    range_ = plan.commit if at is None else f"{at}..{plan.commit}"
    paths = map(literal, plan.files)
    return git.run("rev-list", "--max-count=1", range_, "--", *paths).decode().strip() or None


def _pull(remote: GitRemote) -> str:
    """Merging, as a rebase would copy commits that tags here point to, and leave the tags behind."""
    return f"`git pull --no-rebase --tags {remote.name} {shlex.quote(remote.short_branch)}`"
