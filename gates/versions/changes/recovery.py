"""Brings to an end what a killed `gates promote` began: finished, cleared away, or shown with the commands that lead out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.versions.changes.transaction import (
    TAGS,
    begun_in,
    follow,
    leave,
    note_path,
    read_note,
    remove_note,
    transact,
    untouched,
)
from gates.versions.git.printed import literal

if TYPE_CHECKING:
    from gates.versions.changes.transaction import PreparedRefs, TransactionNote
    from gates.versions.git.commands import Git


@dataclass(frozen=True)
class _RefsState:
    """What there is of something prepared. at: commit of the branch, None where it is gone.

    has_commit: the branch has the commit, itself or in its history. made: tags that are as they were made. missing:
    tags that are not here. taken: names that other tags have. lost: missing tags whose objects git has thrown away.
    """

    at: str | None
    has_commit: bool
    made: tuple[str, ...]
    missing: tuple[str, ...]
    taken: tuple[str, ...]
    lost: tuple[str, ...]


def interrupted(git: Git) -> str | None:
    """A sentence about what was begun and not ended, by a process that was killed or by one that still runs."""
    note = read_note(git)
    if note is None:
        return None
    what = f"a promotion was begun and not ended: {', '.join(note.prepared.tags)}"
    return f"{what}; the next `gates promote` without --dry-run finishes it or clears it away"


def recover(git: Git) -> str | None:
    """Finish what a killed process began, or clear it away; a sentence that says which, None where there is nothing.

    Of the work trees of a clone, index and files change in the one that it was begun in, whichever this is called in.
    Raises DataError where neither can be done without a decision: what there is, and the commands for either.
    """
    note = read_note(git)
    if note is None:
        return None
    names, home = ", ".join(note.prepared.tags), begun_in(git, note)
    where = "" if home is git else f", in {home.top}"
    try:
        word = _end(home, note)
    except _UndecidedError as error:
        raise DataError(f"{error}{where}") from None
    except DataError as error:
        raise DataError(
            f"an interrupted promotion ({names}{where}) could not be brought to an end: {error}; where no other git is at work "
            "here, delete the file that ends in .lock, if git names one, and `gates promote` again"
        ) from error
    remove_note(git)
    return f"an interrupted promotion was {word}: {names}{where}"


class _UndecidedError(DataError):
    """Somebody has to say what is wanted."""


def _end(git: Git, note: TransactionNote) -> str:
    """How it was brought to an end."""
    prepared, state = note.prepared, _state(git, note.prepared)
    is_where_it_was = not prepared.has_commit or state.at in (prepared.old, prepared.new)
    if note.is_undone and (is_where_it_was or not state.has_commit):
        return _undone(git, prepared, state)
    if not state.made and not (prepared.has_commit and state.has_commit):
        return "cleared away"
    if state.taken or state.lost or not (state.has_commit or state.at == prepared.old):
        raise _UndecidedError(_way_out(git, prepared, state))
    # Git renames its refs one after the other; who kills it between two leaves the others to be created.
    transact(git, [*([] if state.has_commit else prepared.moving()), *prepared.creating(state.missing)])
    return f"finished{_followed(git, prepared)}"


def _undone(git: Git, prepared: PreparedRefs, state: _RefsState) -> str:
    back = prepared.moving_back() if state.at == prepared.new else []
    transact(git, [*back, *prepared.deleting(state.made)])
    if git.commit_or_none("HEAD") == prepared.old:
        leave(git, prepared)
    return "cleared away"


def _followed(git: Git, prepared: PreparedRefs) -> str:
    """Index and work tree get the files they lack, where HEAD is the commit; what is amiss where it is not."""
    if not prepared.has_commit:
        return ""
    if git.commit_or_none("HEAD") == prepared.new:
        staged = git.tracked(*map(literal, prepared.files))
        follow(git, [path for path in untouched(git, prepared) if path not in staged])
        return ""
    at = git.ref(prepared.branch)
    gone = [path for path in prepared.files if at and path not in git.tree(at).blobs]
    if not gone:
        return ""
    short = prepared.branch.removeprefix("refs/heads/")
    return (
        f" (a commit on '{short}' has deleted {gone[0]} since: `git switch {shlex.quote(short)}`, "
        f"`git checkout {prepared.new[:7]} -- {shlex.join(gone)}`, `git commit`)"
    )


def _state(git: Git, prepared: PreparedRefs) -> _RefsState:
    at = git.ref(prepared.branch)
    refs = {name: git.ref(TAGS + name) for name in prepared.tags}
    missing = tuple(name for name, tag in refs.items() if tag is None)
    return _RefsState(
        at,
        not prepared.has_commit or (at is not None and git.is_ancestor(prepared.new, at)),
        made=tuple(name for name, tag in refs.items() if tag == prepared.tags[name]),
        missing=missing,
        taken=tuple(name for name, tag in refs.items() if tag not in (None, prepared.tags[name])),
        lost=tuple(name for name in missing if not git.has_object(prepared.tags[name])),
    )


def _way_out(git: Git, prepared: PreparedRefs, state: _RefsState) -> str:
    """What there is of a promotion that is half made and can be neither finished nor cleared away, and what to do."""
    short, commit = prepared.branch.removeprefix("refs/heads/"), prepared.new[:7]
    is_on_branch = prepared.has_commit and state.has_commit
    parts = [*([f"the commit {commit} on '{short}'"] if is_on_branch else []), *state.made]
    start = f"an interrupted promotion is half made: there is {' and '.join(parts)}"
    drop = f"`git tag --delete {shlex.join(state.made)}`"
    if state.taken or state.lost:
        what = f"{state.taken[0]} is another tag" if state.taken else f"git has thrown {state.lost[0]} away"
        ways = [
            *([drop] if state.made else []),
            *([f"`git revert --no-edit {commit}`"] if is_on_branch else []),
            f"`rm {shlex.quote(str(note_path(git)))}`",
        ]
        return f"{start}, and {what}; to drop it: {', then '.join(ways)}"
    keep = (
        f"`git branch {shlex.quote(short)} {commit}`"
        if state.at is None
        else f"`git switch {shlex.quote(short)}` and `git merge {commit}`"
    )
    where = "is gone" if state.at is None else "went elsewhere since"
    return f"{start}, and '{short}' {where}; to keep it: {keep}; to drop it: {drop}; then `gates promote` again"
