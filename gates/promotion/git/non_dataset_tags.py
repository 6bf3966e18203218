"""Tells the tags of promotions from those in the same grammar that are none, as GTO makes them for models."""

from __future__ import annotations

import posixpath

from gates.config.load import PYPROJECT
from gates.errors import GatesError, UsageError
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import PromotionTag, TagHistory, message_of
from gates.promotion.git.promoted_version import config_in, configuration_in
from gates.promotion.statements.paths import promotions_folder
from gates.versions.git.printed import literal
from gates.versions.trees import tree_at
from gates.versions.version import at_commit


def is_foreign(history: TagHistory) -> bool:
    """Whether a name was never that of a dataset, as far as HEAD, the tags and all commits that are here can say.

    Where they cannot say it, it was: who forges a promotion would else only have to hide the dataset.
    """
    folder = promotions_folder(history.folder, history.dataset)
    # A commit of any branch or tag that has added or deleted a promotion of this name.
    log = ("log", "--no-show-signature", "--all", "--full-history", "-1", "--format=%h", "--", literal(folder))
    try:
        commits = dict.fromkeys([history.git.commit("HEAD"), *(tag.commit for tag in history.tags)])
        return not (
            history.git.is_shallow()
            or any(_is_of_a_promotion(history, tag) for tag in history.tags)
            or any(_has_dataset(history, commit) for commit in commits)
            or history.git.run(*log).strip()
        )
    except GatesError:
        return False


def _is_of_a_promotion(history: TagHistory, tag: PromotionTag) -> bool:
    """Whether a tag says what only tags of promotions say."""
    try:
        message_of(history.git, tag)
    except PromotionError:
        return False
    return True


def _has_dataset(history: TagHistory, commit: str) -> bool:
    tree = tree_at(history.repository, at_commit(commit))
    name = configuration_in(tree, history.folder)
    if name is None or (posixpath.basename(name) == PYPROJECT and b"gates" not in tree.read([name])[name]):
        return False
    try:
        return history.dataset in config_in(history.repository, history.folder, commit).datasets
    except UsageError:
        # Nobody can read which datasets it has.
        return True
