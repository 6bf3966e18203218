"""The remote of git that a branch goes to, and which refs it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.versions.git.printed import lines_of

if TYPE_CHECKING:
    from gates.versions.git.commands import Git

HEADS = "refs/heads/"


@dataclass(frozen=True)
class GitRemote:
    """name: as git has it. branch: full name of the ref there."""

    name: str
    branch: str

    @property
    def short_branch(self) -> str:
        return self.branch.removeprefix(HEADS)


def remote_of(git: Git, branch: str) -> GitRemote:
    """Where a branch goes: its upstream, else the branch of its name at the only remote, or at `origin`.

    Raises UsageError where there is no remote, or git's configuration does not say which.
    """
    short = branch.removeprefix(HEADS)
    names = git.run("remote").decode().split()
    if not names:
        raise UsageError("there is no remote to push to; `git remote add origin URL`, or leave --push out")
    configured = git.output_or_none("config", "--get", f"branch.{short}.remote")
    name = configured or (names[0] if len(names) == 1 else "origin")
    if name not in names:
        raise UsageError(
            f"it is not configured which of {', '.join(names)} '{short}' goes to; `git branch --set-upstream-to=REMOTE/{short}`"
        )
    return GitRemote(name, git.output_or_none("config", "--get", f"branch.{short}.merge") or branch)


def refs_at(git: Git, remote: GitRemote) -> dict[str, str]:
    """The object by full name of the branches and tags at a remote. Raises DataError where it does not answer."""
    listing = git.outcome("ls-remote", "--quiet", "--heads", "--tags", _address(git, remote.name))
    if listing.returncode:
        raise DataError(f"{remote.name} could not be reached, nothing was promoted: {first_line(listing.stderr)}")
    return _refs_in(listing.stdout)


def tags_within(git: Git, remote: GitRemote, seconds: float) -> dict[str, str]:
    """The object by full name of the tags at a remote; none where it does not answer by then."""
    listing = git.outcome_within(seconds, "ls-remote", "--quiet", "--tags", _address(git, remote.name))
    return _refs_in(listing.stdout) if listing and not listing.returncode else {}


def first_line(printed: bytes) -> str:
    return printed.decode(errors="replace").strip().split("\n")[0]


def _refs_in(listed: bytes) -> dict[str, str]:
    lines = (line.partition("\t") for line in lines_of(listed))
    return {name: object_id for object_id, _, name in lines}


def _address(git: Git, name: str) -> str:
    """Where a push goes, which may be elsewhere than where a fetch comes from."""
    to, of = (git.run("remote", "get-url", *option, name).decode().strip() for option in (("--push",), ()))
    return name if to == of else to
