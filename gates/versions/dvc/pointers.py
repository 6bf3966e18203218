"""What DVC tracks at a version: one pointer for each out, by its path."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.versions.dvc.dvc_pointers import parse_dvc_file, parse_lock, parse_pipeline
from gates.versions.trees import LOCK, PIPELINE, POINTER_SUFFIX, Tree, tree_at
from gates.versions.version import Version, VersionKind, git_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.versions.dvc.pointer import Pointer
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class Pointers:
    """Everything DVC tracks at a version, by path.

    unplaced: stages whose `wdir` is a template, which is not resolved. unlocked: outs, and their stages, of which
    `dvc.lock` says nothing.
    """

    by_path: Mapping[str, Pointer]
    unplaced: tuple[str, ...] = ()
    unlocked: Mapping[str, str] = field(default_factory=dict)


def pointers(repository: Repository, version: Version) -> Mapping[str, Pointer]:
    """Everything DVC tracks at a version, by the path of the out; DVC itself is not imported.

    In the work tree, too, this is what the pointers say, which need not be the bytes that lie there.
    Raises DataError naming the file for what is no file of DVC, and when two pointers claim one path.
    """
    return pointers_in(tree_at(repository, version)).by_path


def pointers_in(tree: Tree) -> Pointers:
    """As `pointers`, of a tree that is already at hand."""
    if tree.version.kind is VersionKind.WORKTREE:
        return _pointers_of(tuple(tree.read(tree.names).items()))
    named = tuple((name, tree.listing.blobs[name]) for name in tree.names)
    return _pointers_in_git(tree.repository, named, tree.listing.stores)


# A blob never changes, so that what some blobs say need not be read again for each of many datasets.
@lru_cache(maxsize=8)
def _pointers_in_git(repository: Repository, named: tuple[tuple[str, str], ...], stores: tuple[str, ...]) -> Pointers:
    if not named:
        return Pointers({})
    with git_of(repository, "its history").blobs(stores) as blobs:
        return _pointers_of(tuple((name, blobs.read(sha)) for name, sha in named))


@lru_cache(maxsize=8)
def _pointers_of(contents: tuple[tuple[str, bytes], ...]) -> Pointers:
    """What files of DVC say, by name and content."""
    texts = dict(contents)
    claimed: list[Pointer] = []
    unplaced: list[str] = []
    unlocked: dict[str, str] = {}
    for name in sorted(texts):
        folder, _, last = name.rpartition("/")
        if last.endswith(POINTER_SUFFIX):
            claimed += parse_dvc_file(texts[name], name)
        elif last == LOCK:
            pipeline = f"{folder}/{PIPELINE}" if folder else PIPELINE
            placed, elsewhere = parse_lock(texts[name], name, texts.get(pipeline, b""), pipeline)
            claimed += placed
            unplaced += elsewhere
        elif last == PIPELINE:
            unlocked |= parse_pipeline(texts[name], name, texts.get(f"{folder}/{LOCK}" if folder else LOCK, b""))
    by_path: dict[str, Pointer] = {}
    for pointer in claimed:
        other = by_path.setdefault(pointer.path, pointer)
        if other is not pointer:
            raise DataError(f"{pointer.path}: claimed by {other.place} and by {pointer.place}; remove one of them")
    for path, pointer in by_path.items():
        outer = next((by_path[str(folder)] for folder in PurePosixPath(path).parents if str(folder) in by_path), None)
        if outer:
            raise DataError(
                f"{path}: lies in {outer.path}, which {outer.place} tracks, and so does {pointer.place}; remove one of them"
            )
    return Pointers(by_path, tuple(unplaced), unlocked)
