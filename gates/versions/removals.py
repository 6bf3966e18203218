"""Records of removals as a version of the repository has them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER, REMOVALS, Removal, parse_removal
from gates.errors import UsageError

if TYPE_CHECKING:
    from gates.versions.trees import Tree

logger = logging.getLogger(__name__)


def removals_at(tree: Tree) -> tuple[Removal, ...]:
    """The records that a version has, of any dataset. A file that is no record excused nothing there, and is left out."""
    names = [name for name in tree.listing.blobs if f"/{REMOVALS}/" in name and f"{FOLDER}/" in name]
    removals = []
    for name, content in sorted(tree.read(names).items()):
        try:
            removals.append(parse_removal(content, name))
        except UsageError as error:
            logger.debug("not read: %s", error)
    return tuple(removals)
