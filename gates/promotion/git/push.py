"""Sends a promotion to the remote: data first, then branch and tags at once, and takes it back where the remote refuses."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.promotion.errors import PromotionError
from gates.promotion.git.transaction import TAGS, literal, undo
from gates.versions.git import lines_of
from gates.versions.trees import LOCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gates.promotion.git.transaction import Prepared
    from gates.promotion.statements.tag_message import TagMessage
    from gates.versions.git import Git

_HEADS = "refs/heads/"
# Seconds: a host that is there answers within one or two, and without an answer the commands name some tags too many.
_PATIENCE = 5.0
# How DVC begins a line that says what went wrong.
_ERROR = "ERROR: "
# What `git push --porcelain` says of a ref that the remote did not take (git-push(1)). A `remote failure` is none of
# that: the connection ended before the remote said anything.
_REFUSED = re.compile(r"^!\t[^\t:]*:(?P<ref>[^\t]*)\t(?P<why>\[(?:remote )?rejected\].*)$", re.MULTILINE)
_BEHIND = ("(fetch first)", "(non-fast-forward)")
_TAKEN = "(already exists)"


@dataclass(frozen=True)
class Remote:
    """name: as git has it. branch: full name of the ref there."""

    name: str
    branch: str


@dataclass(frozen=True)
class Parcel:
    """What the remote is to have. commit: that of the branch. tags: object by name, all of a version's.

    files: paths by which one sees whether the remote's branch has the promotion's commit.
    """

    commit: str
    tags: Mapping[str, str]
    files: tuple[str, ...]


def remote_of(git: Git, branch: str) -> Remote:
    """Where a branch goes: its upstream, else the branch of its name at the only remote, or at `origin`.

    Raises UsageError where there is no remote, or nobody says which.
    """
    short = branch.removeprefix(_HEADS)
    names = git.run("remote").decode().split()
    if not names:
        raise UsageError("there is no remote to push to; `git remote add origin URL`, or leave --push out")
    key = f"branch.{short}.remote"
    told = git.run("config", "--get", key).decode().strip() if git.succeeds("config", "--get", key) else None
    name = told or (names[0] if len(names) == 1 else "origin")
    if name not in names:
        raise UsageError(
            f"nobody says which of {', '.join(names)} '{short}' goes to; `git branch --set-upstream-to=REMOTE/{short}`"
        )
    key = f"branch.{short}.merge"
    merge = git.run("config", "--get", key).decode().strip() if git.succeeds("config", "--get", key) else branch
    return Remote(name, merge)


def how_to_push(git: Git, branch: str, parcel: Parcel, *, has_data: bool) -> str:
    """The commands that send branch and tags that the remote lacks, to be pasted into a shell."""
    first = ["`dvc push`"] if has_data else []
    try:
        remote = remote_of(git, branch)
    except UsageError as error:
        if git.run("remote").split():
            return f"{error}, then run it again with --push"
        remote, first, seen = Remote("origin", branch), ["`git remote add origin URL`", *first], {}
    else:
        seen = _tags_seen(git, remote)
    tags = [name for name, made in parcel.tags.items() if seen.get(TAGS + name) != made]
    short = branch.removeprefix(_HEADS)
    there = short if remote.branch == branch else f"{short}:{remote.branch.removeprefix(_HEADS)}"
    words = shlex.join((remote.name, there, *tags))
    return ", then ".join([*first, f"`git push --atomic {words}`"])


def refs_at(git: Git, remote: Remote) -> dict[str, str]:
    """The object by full name of the branches and tags at a remote. Raises DataError where it does not answer."""
    done = git.outcome("ls-remote", "--quiet", "--heads", "--tags", _address(git, remote.name))
    if done.returncode:
        raise DataError(f"{remote.name} could not be reached, nothing was promoted: {_first_line(done.stderr)}")
    return _refs_in(done.stdout)


def _tags_seen(git: Git, remote: Remote) -> dict[str, str]:
    """The object by full name of the tags at a remote; none where it does not answer soon, as nobody asked to send."""
    done = git.outcome_within(_PATIENCE, "ls-remote", "--quiet", "--tags", _address(git, remote.name))
    return _refs_in(done.stdout) if done and not done.returncode else {}


def _refs_in(listed: bytes) -> dict[str, str]:
    lines = (line.partition("\t") for line in lines_of(listed))
    return {name: made for made, _, name in lines}


def lacking(git: Git, remote: Remote, parcel: Parcel, there: Mapping[str, str]) -> list[str]:
    """What of a parcel a remote does not have: names of tags, and of the branch. there: as `refs_at` gives it."""
    tags = [name for name, made in parcel.tags.items() if there.get(TAGS + name) != made]
    branch = remote.branch.removeprefix(_HEADS)
    return [*([branch] if _unsent(git, parcel, there.get(remote.branch)) else []), *tags]


def missing_before(
    remote: Remote, parcel: Parcel, messages: Iterable[TagMessage], there: Mapping[str, str]
) -> str | None:
    """A sentence on the tags that new ones follow and that a remote lacks, as those of a version that was never sent."""
    follows = {said.follows.name: said.follows.object_id for said in messages if said.follows}
    left = [name for name, made in follows.items() if name not in parcel.tags and there.get(TAGS + name) != made]
    if not left:
        return None
    words = shlex.join((remote.name, *left))
    return f"{remote.name} lacks {', '.join(left)}, which this follows, so that `gates verify` fails there; `git push {words}`"


def push_data(git: Git, pointers: Sequence[str]) -> None:
    """Send what the pointers name to DVC's remote, so that who gets the tag gets the data. Raises DataError."""
    if not pointers:
        return
    command = [sys.executable, "-m", "dvc", "push", *pointers]
    done = subprocess.run(command, cwd=git.top, env=dict(git.environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DataError(
            f"the data is not at DVC's remote, nothing was promoted: {_reason(done.stderr or done.stdout)}; see "
            "`dvc remote list` and `dvc push`"
        )


def _reason(told: str) -> str:
    """What DVC says went wrong: its first error with the lines that go on below it, else what it says first.

    Not its closing line on where to ask for help.
    """
    lines = [line for line in told.splitlines() if line.strip()]
    start = next((at for at, line in enumerate(lines) if line.startswith(_ERROR)), None)
    if start is None:
        return lines[0].strip() if lines else "it does not say why"
    further = takewhile(lambda line: line[0].isspace(), lines[start + 1 :])
    return " ".join([lines[start].removeprefix(_ERROR).strip(), *(f"`{line.strip()}`" for line in further)])


def names_other_data(git: Git, commit: str, pointers: Sequence[str]) -> bool:
    """Whether HEAD may name other data than a commit does, so that `dvc push` sends other data than its own."""
    files = [*(literal(f"{path}.dvc") for path in pointers), f":(glob)**/{LOCK}"]
    return not git.succeeds("diff", "--quiet", commit, "HEAD", "--", *files)


def push(git: Git, remote: Remote, parcel: Parcel, new: Prepared | None = None) -> str | None:
    """Send branch and tags, all or none. A sentence where that was found out in another way than by git's answer.

    new: what of it was made by this call and is taken back here where the remote did not take it.
    Raises PromotionError where the remote refuses, as when somebody else was first, DataError where the connection broke.
    """
    tags = (f"{made}:{TAGS}{name}" for name, made in parcel.tags.items())
    refs = (f"{parcel.commit}:{remote.branch}", *tags)
    done = git.outcome("push", "--atomic", "--porcelain", "--no-verify", remote.name, *refs)
    if done.returncode == 0:
        return None
    refused = {found["ref"]: found["why"] for found in _REFUSED.finditer(done.stdout.decode(errors="replace"))}
    if not refused:
        return _found_out(git, remote, parcel, new, _first_line(done.stderr))
    _take_back(git, remote, new)
    git.outcome("fetch", "--quiet", "--tags", remote.name)
    raise PromotionError(_refusal(git, remote, parcel, new, refused))


def _found_out(git: Git, remote: Remote, parcel: Parcel, new: Prepared | None, words: str) -> str:
    """What became of a push that ended without an answer: the remote is asked for what it has."""
    try:
        left = lacking(git, remote, parcel, refs_at(git, remote))
    except DataError:
        _take_back(git, remote, new)
        here = "here nothing was promoted" if new else "here nothing was changed"
        then = "what it took comes with that; else promote again" if new else "then run this again"
        raise DataError(
            f"the connection to {remote.name} broke and it does not answer ({words}): nobody knows whether it took the "
            f"promotion, and {here}; once it is back: `git fetch --tags {remote.name}`, {_pull(remote)}: {then}"
        ) from None
    if not left:
        return f"the connection to {remote.name} broke, and it has everything all the same"
    _take_back(git, remote, new)
    raise DataError(
        f"the connection to {remote.name} broke, and it took nothing: nothing was promoted ({words}); run this again"
    )


def _take_back(git: Git, remote: Remote, new: Prepared | None) -> None:
    if new is None:
        return
    try:
        undo(git, new)
    except DataError as error:
        tags = shlex.join(new.tags)
        raise DataError(
            f"{remote.name} did not take it, and it is still here, as it could not be taken back ({error}); to send it, "
            f"{_pull(remote)} and run this again; to drop it, `git tag --delete {tags}`"
            + (f" and `git revert --no-edit {new.new[:7]}`" if new.has_commit else "")
        ) from error


def _refusal(git: Git, remote: Remote, parcel: Parcel, new: Prepared | None, refused: Mapping[str, str]) -> str:
    """Why the remote took nothing, and what to do. refused: reasons by ref, all that it took away having been fetched."""
    others = [
        name for name in parcel.tags if _TAKEN in refused.get(TAGS + name, "") and name not in (new.tags if new else ())
    ]
    why = next((words for words in refused.values() if "atomic" not in words), "it refuses all or none")
    said = f"{remote.name} did not take it, nothing was {'promoted' if new else 'sent'} ({why})"
    if others:
        tags = shlex.join(others)
        made = _unsent(git, parcel, git.commit_or_none(f"{remote.name}/{remote.branch.removeprefix(_HEADS)}"))
        revert = f", `git revert --no-edit {made[:7]}`" if made else ""
        return (
            f"{said}: somebody else was first and has another {others[0]} there; drop what is here: "
            f"`git tag --delete {tags}`{revert}, `git fetch --tags {remote.name}`, {_pull(remote)}"
        )
    if any(words.endswith(_BEHIND) for words in refused.values()):
        return (
            f"{said}: somebody else was first: {remote.name} has commits that are not here, and they may ask for other "
            f"things; {_pull(remote)}, {'`gates check`, then promote again' if new else 'then run this again'}"
        )
    return (
        f"{said}; where somebody else was first: {_pull(remote)}, `gates check`, then promote again; else see who may "
        f"push to {remote.branch.removeprefix(_HEADS)} and set tags at {remote.name}"
    )


def _unsent(git: Git, parcel: Parcel, at: str | None) -> str | None:
    """The commit of the parcel's files that a branch, which is at `at`, does not have; None where it has it.

    A commit that nobody has fetched is newer than all here: then the tags alone have to say what is there.
    """
    if at is not None and not git.succeeds("cat-file", "-e", f"{at}^{{commit}}"):
        return None
    range_ = parcel.commit if at is None else f"{at}..{parcel.commit}"
    paths = map(literal, parcel.files)
    return git.run("rev-list", "--max-count=1", range_, "--", *paths).decode().strip() or None


def _pull(remote: Remote) -> str:
    """Merging, as a rebase would copy commits that tags here point to, and leave the tags behind."""
    return f"`git pull --no-rebase --tags {remote.name} {shlex.quote(remote.branch.removeprefix(_HEADS))}`"


def _address(git: Git, name: str) -> str:
    """Where a push goes, which may be elsewhere than where a fetch comes from."""
    to, of = (git.run("remote", "get-url", *option, name).decode().strip() for option in (("--push",), ()))
    return name if to == of else to


def _first_line(told: bytes) -> str:
    return told.decode(errors="replace").strip().split("\n")[0]
