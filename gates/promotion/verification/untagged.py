"""Whether statements and tags match by name: statements without a tag, and tags of a form that gates never makes.

Who deletes the tags of what was promoted last leaves its statement.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gates.promotion.git.promoted_version import configuration_in
from gates.promotion.statements.paths import version_of_file
from gates.promotion.statements.tags import artifact, is_gto_tag, parse_tag
from gates.promotion.verification.findings import Finding, FindingState
from gates.versions.git.printed import lines_of
from gates.versions.trees import tree_at
from gates.versions.version import git_of, revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.git.history import TagHistory
    from gates.versions.repository import Repository


def verify_untagged(
    repository: Repository, histories: Sequence[TagHistory], only: TagHistory | None = None
) -> Iterator[Finding]:
    """A finding for each version whose statement HEAD has, and whose tag is not here, and for each tag of a foreign form.

    only: the dataset that is verified, None for all. Raises DataError where HEAD cannot be read.
    """
    yield from _foreign(repository, [only] if only else histories)
    tree = tree_at(repository, revision(repository, "HEAD"))
    names = {tag.name for history in histories for tag in history.versions}
    for path in sorted(tree.listing.blobs):
        name = version_of_file(path)
        if name is None or name in names or posixpath.basename(path) != f"{name.version}.json":
            continue
        if only and (name.folder, name.dataset) != (only.folder, only.dataset):
            continue
        # Elsewhere a file of such a name is nobody's promotion.
        if configuration_in(tree, name.folder) is not None:
            words = f"{path} is here and the tag is not; `git fetch --tags`, or it was deleted"
            yield Finding(str(name), "tag", FindingState.UNKNOWN, words)


def _foreign(repository: Repository, histories: Sequence[TagHistory]) -> Iterator[Finding]:
    """GTO and DVC follow such tags, and as gates makes none of them, nothing stands behind what they point to.

    Tags of what was never promoted, as of models that GTO registers, are nobody's business here.
    """
    starts = tuple(f"{artifact(history.dataset, history.folder)}{mark}" for history in histories for mark in "@#")
    listed = git_of(repository, "a promotion").run("for-each-ref", "--format=%(refname:strip=2)", "refs/tags")
    for name in lines_of(listed):
        if name.startswith(starts) and is_gto_tag(name) and parse_tag(name) is None:
            words = "GTO and DVC take it for a promotion, and gates makes no tag of this form; `git tag --delete` it here and at the remote"
            yield Finding(name, "tag", FindingState.WRONG, words)
