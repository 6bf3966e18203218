"""One commit and its tags, made visible all at once or not at all, and taken back the same way.

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
from gates.versions.git import git_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gates.versions.git import Git

TAGS = "refs/tags/"
_NOTE = "gates-promotion.json"


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


@dataclass(frozen=True)
class Note:
    """What is under way. is_undone: it is being taken back.

    work_tree: git's folder for the one it was begun in, from that of the clone; "" stands for the one that reads it.
    """

    prepared: Prepared
    is_undone: bool = False
    work_tree: str = ""


def apply(git: Git, prepared: Prepared) -> None:
    """Make it visible. Raises DataError, nothing being changed, where a tag exists or the branch moved meanwhile."""
    _refuse_untracked(git, prepared.files)
    write_note(git, Note(prepared))
    try:
        transact(git, [*moving(prepared), *creating(prepared, prepared.tags)])
    except DataError:
        # A git that was killed half way has begun all the same: then the note stays, and the next call finishes it.
        if not _is_begun(git, prepared):
            remove_note(git)
        raise
    follow(git, prepared.files)
    remove_note(git)


def undo(git: Git, prepared: Prepared) -> None:
    """Take it back: refs, index and work tree are as before.

    Raises DataError, nothing being changed, where somebody built on it meanwhile.
    """
    write_note(git, Note(prepared, is_undone=True))
    back = [f"update {prepared.branch} {prepared.old} {prepared.new}"] if prepared.has_commit else []
    try:
        transact(git, [*back, *deleting(prepared, prepared.tags)])
    except DataError:
        if all(ref(git, TAGS + name) == made for name, made in prepared.tags.items()):
            remove_note(git)
        raise
    leave(git, prepared)
    remove_note(git)


def moving(prepared: Prepared) -> list[str]:
    """The command that moves the branch, if there is a commit."""
    return [f"update {prepared.branch} {prepared.new} {prepared.old}"] if prepared.has_commit else []


def creating(prepared: Prepared, names: Iterable[str]) -> list[str]:
    """The commands that create tags."""
    return [f"create {TAGS}{name} {prepared.tags[name]}" for name in names]


def deleting(prepared: Prepared, names: Iterable[str]) -> list[str]:
    """The commands that delete tags, as long as they are those that were made."""
    return [f"delete {TAGS}{name} {prepared.tags[name]}" for name in names]


def transact(git: Git, commands: Sequence[str]) -> None:
    """All of it or nothing (git-update-ref(1))."""
    if commands:
        git.run("update-ref", "--stdin", stdin="".join(f"{one}\n" for one in ("start", *commands, "commit")).encode())


def follow(git: Git, files: Sequence[str]) -> None:
    """Index and work tree get the files that HEAD has now."""
    if files:
        git.run("restore", "--source=HEAD", "--staged", "--worktree", "--", *map(literal, files))


def leave(git: Git, prepared: Prepared) -> None:
    """Index and work tree lose the commit's files, unless somebody edited them, and the folders that are empty then."""
    files = untouched(git, prepared) if prepared.has_commit else []
    if files:
        git.run("rm", "--quiet", "--cached", "--ignore-unmatch", "--", *map(literal, files))
    for path in map(Path, files):
        (git.top / path).unlink(missing_ok=True)
        for folder in path.parents:
            with suppress(OSError):
                (git.top / folder).rmdir()


def untouched(git: Git, prepared: Prepared) -> list[str]:
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


def literal(path: str) -> str:
    """A path as a pathspec of git that fits nothing else."""
    return f":(literal){path}"


def ref(git: Git, name: str) -> str | None:
    """The object that a ref names; None where there is no such ref."""
    done = git.outcome("rev-parse", "--verify", "--quiet", name)
    return None if done.returncode else done.stdout.decode().strip()


def write_note(git: Git, note: Note) -> None:
    """Say what is under way, for whoever comes after this process was killed."""
    own, common = _folders(git)
    about = {"is_undone": note.is_undone, "work_tree": os.path.relpath(own, common)}
    replace_text(note_path(git), json.dumps(asdict(note.prepared) | about))


def read_note(git: Git) -> Note | None:
    """What was under way; None where all was brought to an end. Raises DataError for a file that says nothing."""
    path = note_path(git)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        is_undone, work_tree = bool(document.pop("is_undone", False)), str(document.pop("work_tree", ""))
        document |= {"files": tuple(document["files"]), "tags": dict(document["tags"])}
        return Note(Prepared(**document), is_undone, work_tree)
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


def begun_in(git: Git, note: Note) -> Git:
    """The work tree that index and files of a note are of; the one that asks, where that was removed since."""
    own, common = _folders(git)
    if note.work_tree in ("", os.path.relpath(own, common)):
        return git
    top = git.main_top()
    if note.work_tree != os.curdir:
        # Git keeps there where the work tree is, also when it is moved (gitrepository-layout(5)).
        named = common / note.work_tree / "gitdir"
        top = (named.parent / named.read_text(encoding="utf-8").strip()).parent if named.is_file() else git.top
    there = git_at(top)
    return there if there and _folders(there)[1] == common else git


def _folders(git: Git) -> tuple[Path, Path]:
    """Git's folder of the work tree, and that of the clone, which all work trees share."""
    own, common = os.fsdecode(git.run("rev-parse", "--git-dir", "--git-common-dir")).split("\n")[:2]
    return (git.top / own).resolve(), (git.top / common).resolve()


def _is_begun(git: Git, prepared: Prepared) -> bool:
    is_moved = prepared.has_commit and ref(git, prepared.branch) == prepared.new
    return is_moved or any(ref(git, TAGS + name) == made for name, made in prepared.tags.items())


def _refuse_untracked(git: Git, files: Sequence[str]) -> None:
    """What git does not have could not be brought back."""
    tracked = git.tracked(*map(literal, files)) if files else {}
    for path in files:
        if path not in tracked and (git.top / path).exists():
            raise DataError(f"{path} is there and not in git, and a promotion writes it; move it away, promote again")


def _is_part(git: Git, path: str, blob: str) -> bool:
    place = git.top / path
    if not place.is_file():
        return not place.exists()
    # Line ends may be converted in the work tree, which git sees through.
    told = git.outcome("hash-object", f"--path={path}", "--", str(place)).stdout.decode().strip()
    return told == blob or git.run("cat-file", "blob", blob).startswith(place.read_bytes())
