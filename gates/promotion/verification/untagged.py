"""Whether statements and tags match by name: statements without a tag, and tags of a form that gates never makes.

Who deletes the tags of what was promoted last leaves its statement.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER
from gates.promotion.git.judged_config import configuration_in
from gates.promotion.statements.tags import TagName, artifact, is_gto_tag, parse_tag, parse_version
from gates.promotion.verification.findings import Finding, State
from gates.versions.git import lines_of
from gates.versions.trees import tree_at
from gates.versions.version import git_of, revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.git.history import History
    from gates.versions.repository import Repository

_STATEMENT = re.compile(
    rf"(?:(?P<folder>.+)/)?{FOLDER}/(?P<dataset>.+)(?<!/revocations)/(?P<version>v[0-9.]+)(?:\.verdict|\.dsse)?\.json"
)


def version_of_file(path: str) -> TagName | None:
    """The tag of the version that a file is of, by the file's name alone."""
    match = _STATEMENT.fullmatch(path)
    version = parse_version(match["version"]) if match else None
    return TagName(match["dataset"], match["folder"] or "", version) if match and version else None


def verify_unnamed(repository: Repository, known: Sequence[History], of: History | None = None) -> Iterator[Finding]:
    """A finding for each version whose statement HEAD has, and whose tag is not here, and for each tag of a foreign form.

    of: the dataset that was asked for, None for all. Raises DataError where HEAD cannot be read.
    """
    yield from _foreign(repository, [of] if of else known)
    tree = tree_at(repository, revision(repository, "HEAD"))
    there = {tag.name for history in known for tag in history.versions}
    for path in sorted(tree.listing.blobs):
        name = version_of_file(path)
        if name is None or name in there or posixpath.basename(path) != f"{name.version}.json":
            continue
        if of and (name.folder, name.dataset) != (of.folder, of.dataset):
            continue
        # Elsewhere a file of such a name is nobody's promotion.
        if configuration_in(tree, name.folder) is not None:
            words = f"{path} is here and the tag is not; `git fetch --tags`, or it was deleted"
            yield Finding(str(name), "tag", State.UNKNOWN, words)


def _foreign(repository: Repository, known: Sequence[History]) -> Iterator[Finding]:
    """GTO and DVC follow such tags, and as gates makes none of them, nothing stands behind what they point to.

    Tags of what was never promoted, as of models that GTO registers, are nobody's business here.
    """
    starts = tuple(f"{artifact(one.dataset, one.folder)}{mark}" for one in known for mark in "@#")
    listed = git_of(repository, "a promotion").run("for-each-ref", "--format=%(refname:strip=2)", "refs/tags")
    for name in lines_of(listed):
        if name.startswith(starts) and is_gto_tag(name) and parse_tag(name) is None:
            words = "GTO and DVC take it for a promotion, and gates makes no tag of this form; `git tag --delete` it here and at the remote"
            yield Finding(name, "tag", State.WRONG, words)
