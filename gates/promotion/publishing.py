"""Sends a promotion to the remote: data first, then branch and tags at once, and takes it back where the remote refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.promotion.errors import PromotionError
from gates.promotion.transaction import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.promotion.transaction import Prepared
    from gates.versions.git import Git

_TAGS = "refs/tags/"
# What `git push --porcelain` says of a ref that the remote did not take (git-push(1)).
_REFUSED = re.compile(r"^!\t(?P<ref>[^\t]*)\t(?P<why>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Remote:
    """name: as git has it. branch: full name of the ref there."""

    name: str
    branch: str


def remote_of(git: Git, branch: str) -> Remote:
    """Where a branch goes: its upstream, else the branch of its name at the only remote, or at `origin`.

    Raises UsageError where there is no remote, or nobody says which.
    """
    short = branch.removeprefix("refs/heads/")
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


def push_data(git: Git, pointers: Sequence[str]) -> None:
    """Send what the pointers name to DVC's remote, so that who gets the tag gets the data. Raises DataError."""
    command = [sys.executable, "-m", "dvc", "push", "--quiet", *pointers]
    done = subprocess.run(command, cwd=git.top, env=dict(git.environment), capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().split("\n")[0]
        raise DataError(
            f"the data is not at DVC's remote, nothing was promoted: {words}; see `dvc remote list` and `dvc push`"
        )


def push(git: Git, remote: Remote, prepared: Prepared) -> None:
    """Send branch and tags, all or none; what the remote did not take is taken back here.

    Raises PromotionError where somebody else was first, DataError where the remote cannot be reached.
    """
    refs = [
        *([f"{prepared.branch}:{remote.branch}"] if prepared.has_commit else []),
        *(f"{_TAGS}{name}" for name in prepared.tags),
    ]
    done = git.outcome("push", "--atomic", "--porcelain", "--no-verify", remote.name, *refs)
    if done.returncode == 0:
        return
    undo(git, prepared)
    refused = _REFUSED.search(done.stdout.decode(errors="replace"))
    if refused is None:
        words = done.stderr.decode(errors="replace").strip().split("\n")[0]
        raise DataError(f"{remote.name} could not be reached, nothing was promoted: {words}")
    git.outcome("fetch", "--quiet", "--tags", remote.name)
    short = remote.branch.removeprefix("refs/heads/")
    raise PromotionError(
        f"{remote.name} did not take it, nothing was promoted ({refused['why']}); where somebody else was first: "
        f"`git pull --rebase {remote.name} {short}`, `gates check`, then promote again"
    )
