"""Tells the tags of promotions from those in the same grammar that are none, as GTO makes them for models."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.config.load import PYPROJECT
from gates.config.removals import FOLDER
from gates.errors import GatesError, UsageError
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import message_of
from gates.promotion.git.judged_config import configuration_in, configured
from gates.promotion.git.transaction import literal
from gates.versions.trees import tree_at
from gates.versions.version import Version, VersionKind, git_of, revision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.promotion.git.history import History, Tag
    from gates.versions.git import Git
    from gates.versions.repository import Repository


def parted(repository: Repository, known: Iterable[History]) -> tuple[list[History], list[History]]:
    """The histories of datasets, and those of names that were never one's."""
    own: list[History] = []
    foreign: list[History] = []
    for history in known:
        (foreign if is_foreign(repository, history) else own).append(history)
    return own, foreign


def is_foreign(repository: Repository, known: History) -> bool:
    """Whether a name was never that of a dataset, as far as HEAD, the tags and all commits that are here can say.

    Where they cannot say it, it was: who forges a promotion would else only have to hide the dataset.
    """
    tags = (*known.versions, *known.stages)
    try:
        git = git_of(repository, "a promotion")
        commits = [revision(repository, "HEAD"), *map(_revision, dict.fromkeys(tag.commit for tag in tags))]
        return not (
            git.is_shallow()
            or any(_speaks_of_a_promotion(git, tag) for tag in tags)
            or any(_has_dataset(repository, commit, known) for commit in commits)
            or _was_promoted(git, known)
        )
    except GatesError:
        return False


def _speaks_of_a_promotion(git: Git, tag: Tag) -> bool:
    """Whether a tag says what only tags of promotions say."""
    try:
        message_of(git, tag)
    except PromotionError:
        return False
    return True


def _revision(commit: str) -> Version:
    return Version(VersionKind.REVISION, commit)


def _was_promoted(git: Git, known: History) -> bool:
    """Whether a commit of any branch or tag has added or deleted a promotion of this name."""
    folder = posixpath.join(known.folder, FOLDER, known.dataset)
    asked = ("log", "--no-show-signature", "--all", "--full-history", "-1", "--format=%h")
    return bool(git.run(*asked, "--", literal(folder)).strip())


def _has_dataset(repository: Repository, commit: Version, known: History) -> bool:
    tree = tree_at(repository, commit)
    name = configuration_in(tree, known.folder)
    if name is None or (posixpath.basename(name) == PYPROJECT and b"gates" not in tree.read([name])[name]):
        return False
    try:
        return known.dataset in configured(repository, known.folder, commit).datasets
    except UsageError:
        # Nobody can read which datasets it has.
        return True
