"""The files that git has at a version: their names at once, their content on request."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from gates.versions.git.printed import Listing
from gates.versions.git.submodules import with_submodules
from gates.versions.repository import DVC_DIR, Repository
from gates.versions.version import Version, VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from gates.versions.git.blobs import Blobs
    from gates.versions.git.commands import Git

LOCK, PIPELINE = "dvc.lock", "dvc.yaml"
POINTER_SUFFIX = ".dvc"
_NEVER_ENTERED = {".git", ".hg", DVC_DIR}


@dataclass(frozen=True)
class Tree:
    """A commit, the index, or the work tree, of which only the files that speak of DVC are listed.

    listing: blobs by path; empty for the work tree. names: paths of `.dvc` files, `dvc.lock` and `dvc.yaml`.
    """

    repository: Repository
    version: Version
    listing: Listing
    names: tuple[str, ...]

    def read(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """The content of files by name. A file that went away meanwhile is left out."""
        if self.version.kind is VersionKind.WORKTREE:
            return {name: content for name in names if (content := _read(self.repository, name)) is not None}
        wanted = list(names)
        if not wanted:
            return {}
        with self.blobs() as blobs:
            return {name: blobs.read(self.listing.blobs[name]) for name in wanted}

    def blobs(self) -> AbstractContextManager[Blobs]:
        """The blobs of the listing on request. Raises UsageError outside of git."""
        return git_of(self.repository, str(self.version)).blobs(self.listing.stores)


def tree_at(repository: Repository, version: Version) -> Tree:
    """The tree of a version. Raises UsageError for a version that needs git where there is none."""
    if version.kind is VersionKind.WORKTREE:
        names: Iterable[str] = _work_tree(repository)
        return Tree(repository, version, Listing({}), tuple(sorted(names)))
    git = git_of(repository, str(version))
    listing = with_submodules(git, git.index()) if version.commit is None else _committed(git, version.commit)
    return Tree(repository, version, listing, tuple(sorted(name for name in listing.blobs if _is_pointer_file(name))))


def is_same_tree(repository: Repository, base: Version, version: Version) -> bool:
    """Whether git says at once that a version has the files of a commit: then so it is for every dataset.

    False says nothing: of the work tree, and where git cannot tell, files have to be compared one by one.
    """
    if repository.git is None or base.commit is None:
        return False
    if version.kind is VersionKind.STAGED:
        return repository.git.is_index_of(base.commit)
    return version.commit == base.commit


# A commit never changes, and every dataset is compared with the same one.
@lru_cache(maxsize=8)
def _committed(git: Git, commit: str) -> Listing:
    return with_submodules(git, git.tree(commit))


def _work_tree(repository: Repository) -> Iterator[str]:
    if repository.git:
        listed = repository.git.work_tree(f"*{POINTER_SUFFIX}", f"*{LOCK}", f"*{PIPELINE}")
        yield from (name for name in listed if _is_pointer_file(name))
        return
    for here, folders, names in os.walk(repository.top):
        folders[:] = [name for name in folders if name not in _NEVER_ENTERED]
        inside = os.path.relpath(here, repository.top)
        for name in names:
            path = name if inside == "." else f"{inside.replace(os.sep, '/')}/{name}"
            if _is_pointer_file(path):
                yield path


def _is_pointer_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name in {LOCK, PIPELINE} or (name.endswith(POINTER_SUFFIX) and name != POINTER_SUFFIX)


def _read(repository: Repository, name: str) -> bytes | None:
    try:
        return (repository.top / name).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
