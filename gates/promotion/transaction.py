"""One commit and its tags, made visible all at once or not at all.

Objects are written first, which nobody sees. Then one transaction of git moves the branch and creates the tags, and last
the index and the work tree follow. A note in git's folder says meanwhile what is under way, so that a process that was
killed leaves either the repository as it was, or one that `recover` brings to the end.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.whole_files import replace_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.versions.git import Git

_NOTE = "gates-promotion.json"
_TAGS = "refs/tags/"


@dataclass(frozen=True)
class Prepared:
    """What is about to become visible; every object of it is written.

    branch: full name of the ref. old, new: commits before and after; equal where only tags are added. tags: object by
    name. files: paths below git's top folder that the commit adds.
    """

    branch: str
    old: str
    new: str
    tags: Mapping[str, str]
    files: tuple[str, ...]

    @property
    def has_commit(self) -> bool:
        """Whether there is a commit beside the tags."""
        return self.new != self.old


def apply(git: Git, prepared: Prepared) -> None:
    """Make it visible. Raises DataError, nothing being changed, where a tag exists or the branch moved meanwhile."""
    note = _note(git)
    replace_text(note, json.dumps(asdict(prepared)))
    try:
        _transaction(git, [*_moving(prepared), *_creating(prepared, prepared.tags)])
    except DataError:
        note.unlink()
        raise
    _follow(git, prepared.files)
    note.unlink()


def undo(git: Git, prepared: Prepared) -> None:
    """Take it back, as long as nobody built on it: refs, index and work tree are as before."""
    back = [f"update {prepared.branch} {prepared.old} {prepared.new}"] if prepared.has_commit else []
    _transaction(git, [*back, *(f"delete {_TAGS}{name} {made}" for name, made in prepared.tags.items())])
    if prepared.has_commit:
        _leave(git, prepared.files)


def recover(git: Git) -> str | None:
    """Finish what a killed process began, or clear it away; a sentence that says which, None where nothing is left."""
    note = _note(git)
    if not note.is_file():
        return None
    try:
        document = json.loads(note.read_text(encoding="utf-8"))
        prepared = Prepared(**{**document, "files": tuple(document["files"])})
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{note}: is no note of an interrupted promotion ({error}); delete it") from error
    missing = [name for name in prepared.tags if not _ref(git, _TAGS + name)]
    is_moved = not prepared.has_commit or _ref(git, prepared.branch) == prepared.new
    is_begun = len(missing) < len(prepared.tags) or (prepared.has_commit and is_moved)
    if is_begun:
        # Git renames its refs one after the other; who kills it between two leaves the others to be created.
        _transaction(git, [*([] if is_moved else _moving(prepared)), *_creating(prepared, missing)])
        _follow(git, prepared.files)
    note.unlink()
    return f"an interrupted promotion was {'finished' if is_begun else 'cleared away'}: {', '.join(prepared.tags)}"


def is_interrupted(git: Git) -> bool:
    """Whether a promotion was begun and not ended, by a process that was killed or by one that still runs."""
    return _note(git).is_file()


def _moving(prepared: Prepared) -> list[str]:
    return [f"update {prepared.branch} {prepared.new} {prepared.old}"] if prepared.has_commit else []


def _creating(prepared: Prepared, names: Sequence[str] | Mapping[str, str]) -> list[str]:
    return [f"create {_TAGS}{name} {prepared.tags[name]}" for name in names]


def _transaction(git: Git, commands: Sequence[str]) -> None:
    """All of it or nothing (git-update-ref(1))."""
    if commands:
        git.run("update-ref", "--stdin", told="".join(f"{one}\n" for one in ("start", *commands, "commit")).encode())


def _follow(git: Git, files: Sequence[str]) -> None:
    """Index and work tree get the files that HEAD has now."""
    if files:
        git.run("restore", "--source=HEAD", "--staged", "--worktree", "--", *map(_literal, files))


def _leave(git: Git, files: Sequence[str]) -> None:
    """Index and work tree lose files that HEAD does not have any more, and the folders that are empty then."""
    git.run("rm", "--quiet", "--cached", "--ignore-unmatch", "--", *map(_literal, files))
    for path in map(Path, files):
        (git.top / path).unlink(missing_ok=True)
        for folder in path.parents:
            with suppress(OSError):
                (git.top / folder).rmdir()


def _literal(path: str) -> str:
    return f":(literal){path}"


def _ref(git: Git, name: str) -> str | None:
    found = git.succeeds("rev-parse", "--verify", "--quiet", name)
    return git.run("rev-parse", name).decode().strip() if found else None


def _note(git: Git) -> Path:
    return git.top / os.fsdecode(git.run("rev-parse", "--git-path", _NOTE)).strip()
