"""One commit and its tags, made visible all at once or not at all, and undone the same way.

Objects are written first, which nobody sees. Then one transaction of git moves the branch and creates the tags, and last
the index and the work tree follow. A note in git's folder says meanwhile what is under way, so that a process that was
killed leaves either the repository as it was, or one that `recover` of `recovery` brings to an end.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.errors import DataError
from gates.versions.git.commands import Git, git_at
from gates.versions.git.printed import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


TAGS = "refs/tags/"
_NOTE = "gates-promotion.json"


@dataclass(frozen=True)
class PreparedRefs:
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

    def moving(self) -> list[str]:
        """The command that moves the branch, if there is a commit."""
        return [f"update {self.branch} {self.new} {self.old}"] if self.has_commit else []

    def moving_back(self) -> list[str]:
        return [f"update {self.branch} {self.old} {self.new}"] if self.has_commit else []

    def creating(self, names: Iterable[str]) -> list[str]:
        """The commands that create tags."""
        return [f"create {TAGS}{name} {self.tags[name]}" for name in names]

    def deleting(self, names: Iterable[str]) -> list[str]:
        """The commands that delete tags, as long as they are those that were made."""
        return [f"delete {TAGS}{name} {self.tags[name]}" for name in names]


@dataclass(frozen=True)
class TransactionNote:
    """What is under way. is_undone: it is being undone.

    work_tree: git's folder for the one it was begun in, from that of the clone; "" stands for the one that reads it.
    """

    prepared: PreparedRefs
    is_undone: bool = False
    work_tree: str = ""


def apply(git: Git, prepared: PreparedRefs) -> None:
    """Make it visible. Raises DataError, nothing being changed, where a tag exists or the branch moved meanwhile."""
    _refuse_untracked(git, prepared.files)
    write_note(git, TransactionNote(prepared))
    try:
        transact(git, [*prepared.moving(), *prepared.creating(prepared.tags)])
    except DataError:
        # A git that was killed half way has begun all the same: then the note stays, and the next call finishes it.
        if not _is_begun(git, prepared):
            remove_note(git)
        raise
    follow(git, prepared.files)
    remove_note(git)


def undo(git: Git, prepared: PreparedRefs) -> None:
    """Undo it: refs, index and work tree are as before.

    Raises DataError, nothing being changed, where somebody built on it meanwhile.
    """
    write_note(git, TransactionNote(prepared, is_undone=True))
    try:
        transact(git, [*prepared.moving_back(), *prepared.deleting(prepared.tags)])
    except DataError:
        if all(git.ref(TAGS + name) == tag for name, tag in prepared.tags.items()):
            remove_note(git)
        raise
    leave(git, prepared)
    remove_note(git)


def transact(git: Git, commands: Sequence[str]) -> None:
    """All of it or nothing (git-update-ref(1))."""
    if commands:
        lines = "".join(f"{command}\n" for command in ("start", *commands, "commit"))
        git.run("update-ref", "--stdin", stdin=lines.encode())


def follow(git: Git, files: Sequence[str]) -> None:
    """Index and work tree get the files that HEAD has now."""
    if files:
        git.run("restore", "--source=HEAD", "--staged", "--worktree", "--", *map(literal, files))


def leave(git: Git, prepared: PreparedRefs) -> None:
    """Index and work tree lose the commit's files, unless somebody edited them, and the folders that are empty then."""
    files = untouched(git, prepared) if prepared.has_commit else []
    if files:
        git.run("rm", "--quiet", "--cached", "--ignore-unmatch", "--", *map(literal, files))
    for path in map(Path, files):
        (git.top / path).unlink(missing_ok=True)
        for folder in path.parents:
            with suppress(OSError):
                (git.top / folder).rmdir()


def untouched(git: Git, prepared: PreparedRefs) -> list[str]:
    """The commit's files that index and work tree have as the commit does, or lack, or have a first part of.

    A git that is killed while it writes a file leaves its first part.
    """
    blobs = git.tree(prepared.new).blobs
    staged = git.tracked(*map(literal, prepared.files))
    return [
        path
        for path in prepared.files
        if staged.get(path, blobs[path]) == blobs[path] and _is_part(git, path, blobs[path])
    ]


def write_note(git: Git, note: TransactionNote) -> None:
    """Say what is under way, for whoever comes after this process was killed."""
    own, common = _folders(git)
    about = {"is_undone": note.is_undone, "work_tree": os.path.relpath(own, common)}
    replace_text(note_path(git), json.dumps(asdict(note.prepared) | about))


def read_note(git: Git) -> TransactionNote | None:
    """What was under way; None where all was brought to an end. Raises DataError for a file that says nothing."""
    path = note_path(git)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        is_undone, work_tree = bool(document.pop("is_undone", False)), str(document.pop("work_tree", ""))
        document |= {"files": tuple(document["files"]), "tags": dict(document["tags"])}
        return TransactionNote(PreparedRefs(**document), is_undone, work_tree)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: is no note of an interrupted promotion ({error}); `rm {path}`") from error


def remove_note(git: Git) -> None:
    """Nothing is under way any more."""
    note_path(git).unlink(missing_ok=True)


def note_path(git: Git) -> Path:
    """Where the note lies: tags are those of the clone and all its work trees, and whoever promotes next has to see it."""
    return _folders(git)[1] / _NOTE


def begun_in(git: Git, note: TransactionNote) -> Git:
    """The work tree that index and files of a note are of; the one given, where that was removed since."""
    own, common = _folders(git)
    if note.work_tree in ("", os.path.relpath(own, common)):
        return git
    top = git.main_top()
    if note.work_tree != os.curdir:
        # Git keeps in it where the work tree is, also when it is moved (gitrepository-layout(5)).
        named = common / note.work_tree / "gitdir"
        top = (named.parent / named.read_text(encoding="utf-8").strip()).parent if named.is_file() else git.top
    other = git_at(top)
    return other if other and _folders(other)[1] == common else git


def _folders(git: Git) -> tuple[Path, Path]:
    """Git's folder of the work tree, and that of the clone, which all work trees share."""
    own, common = os.fsdecode(git.run("rev-parse", "--git-dir", "--git-common-dir")).split("\n")[:2]
    return (git.top / own).resolve(), (git.top / common).resolve()


def _is_begun(git: Git, prepared: PreparedRefs) -> bool:
    is_moved = prepared.has_commit and git.ref(prepared.branch) == prepared.new
    return is_moved or any(git.ref(TAGS + name) == tag for name, tag in prepared.tags.items())


def _refuse_untracked(git: Git, files: Sequence[str]) -> None:
    """What git does not have could not be brought back."""
    tracked = git.tracked(*map(literal, files)) if files else {}
    for path in files:
        if path not in tracked and (git.top / path).exists():
            raise DataError(f"{path} is there and not in git, and a promotion writes it; move it away, promote again")


def _is_part(git: Git, path: str, blob: str) -> bool:
    file = git.top / path
    if not file.is_file():
        return not file.exists()
    # Line ends may be converted in the work tree, which git sees through.
    hashed = git.output_or_none("hash-object", f"--path={path}", "--", str(file))
    return hashed == blob or git.run("cat-file", "blob", blob).startswith(file.read_bytes())
