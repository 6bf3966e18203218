"""How git ends: with an answer, with a plain no, or with a refusal, which is never taken for a no.

A repository of another owner, a broken index, a missing object: git says `fatal` then, and nobody knows what it has.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence
    from pathlib import Path

_NO, _FATAL = 1, 128
_ERROR = re.compile(rb"^(?:fatal|error): .*$", re.MULTILINE)
_FATAL_LINE = re.compile(rb"^fatal: .*$", re.MULTILINE)
# Sentences of git (remote.c, object-name.c) for what a branch does not have and a name does not stand for.
_SAYS_NO = re.compile(
    rb"no upstream configured|not stored as a remote-tracking branch|does not point to a branch|no such branch"
    rb"|push (?:has no destination|destination|refspecs)|cannot resolve 'simple' push|has no remote for pushing"
    rb"|expected \w+ type, but the object dereferences to"
)
_FIXES = (
    ("dubious ownership", "`git config --global --add safe.directory {top}`, where its owner is to be trusted"),
    ("not a git repository", "its .git is there and git cannot read it; restore its HEAD, objects and refs, or clone anew"),
    ("index", "`git fsck` says what is left; `rm .git/index` and `git reset` make the index anew from HEAD"),
    ("config", "repair that file"),
    ("ermission denied", "run gates as a user who may read .git"),
)  # fmt: skip
DEEPEN = "fetch the rest with `git fetch --unshallow` (in CI: fetch-depth: 0)"
LOST = "`git fsck` names what is missing or broken; `git fetch` (in CI: fetch-depth: 0) or a new clone brings it"


def is_no(ended: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether git says no: quietly, as it does where a name stands for nothing, or in a sentence that means that.

    `git rev-parse --quiet` ends silently with 1 or, for what a log does not have, with 128 (git-rev-parse(1)).
    """
    if ended.returncode not in (_NO, _FATAL):
        return False
    errors = _ERROR.findall(ended.stderr)
    return all(_SAYS_NO.search(error) for error in errors)


def refusal(top: Path, arguments: Sequence[str], printed: bytes) -> DataError:
    """That git refuses, in its own sentence, and what to do. printed: its errors."""
    sentence = _sentence(printed)
    fix = next((what for word, what in _FIXES if word in sentence), LOST).format(top=shlex.quote(str(top)))
    return DataError(f"git {arguments[0]} failed in {top}: {sentence}; {fix}")


def not_started(error: OSError) -> DataError:
    """That git did not run at all."""
    if isinstance(error, FileNotFoundError) and error.filename == "git":
        return DataError("git is not installed, or not on PATH; it is needed to read versions")
    return DataError(f"git cannot be started: {error.strerror}: {error.filename}")


def broken_names(printed: bytes) -> bytes:
    """The lines in which `git for-each-ref` says that it leaves out refs it cannot read."""
    return b"\n".join(line for line in printed.split(b"\n") if b"broken ref" in line)


def _sentence(printed: bytes) -> str:
    """What git says last of what is wrong: before it stand the files that it tried."""
    line = _FATAL_LINE.search(printed) or _ERROR.search(printed)
    words = line[0] if line else printed.strip().split(b"\n")[0]
    return words.decode(errors="replace").strip() or "it does not say why"
