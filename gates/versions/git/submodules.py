"""The files of submodules: a commit and the index name them by a commit of another repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.versions.git.commands import Git, git_at
from gates.versions.git.printed import Listing

if TYPE_CHECKING:
    from pathlib import Path


def with_submodules(git: Git, listing: Listing) -> Listing:
    """A listing with the files of its submodules, each at the commit it names, under their paths in the repository.

    A submodule whose commit is not here is left out and said in `unread`: nobody knows what it has.
    """
    blobs, links = dict(listing.blobs), set(listing.links)
    unread: dict[str, str] = {}
    stores: list[str] = []
    for path, commit in listing.submodules.items():
        try:
            inside, store = _inside(git.top / path, commit)
        except DataError as error:
            unread[path] = (
                f"{path}: a submodule at {commit[:7]}, whose files are not here; `git submodule update --init {path}` ({error})"
            )
            continue
        blobs.update((f"{path}/{name}", blob) for name, blob in inside.blobs.items())
        links.update(f"{path}/{name}" for name in inside.links)
        unread.update((f"{path}/{name}", f"{path}/{why}") for name, why in inside.unread.items())
        stores += [store, *inside.stores]
    return Listing(blobs, frozenset(links), listing.submodules, unread, tuple(stores))


def _inside(top: Path, commit: str) -> tuple[Listing, str]:
    """What a submodule has at a commit, and where its objects lie. Raises DataError."""
    git = git_at(top)
    # The folder of one that was not fetched is empty, and belongs to the repository around it.
    if git is None or git.top != top.resolve():
        raise DataError("it was not fetched")
    listing = with_submodules(git, git.tree(commit))
    objects = os.fsdecode(git.run("rev-parse", "--git-path", "objects")).rstrip("\n")
    return listing, str((git.top / objects).resolve())
