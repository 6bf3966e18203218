"""Whether every statement still has its tag: who deletes the tags of what was promoted last leaves its statement."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from gates.promotion.planning import FOLDER
from gates.promotion.tags import TagName, parse_version
from gates.promotion.verification.findings import Finding, State
from gates.promotion.verification.version import configuration_in
from gates.versions.trees import tree_at
from gates.versions.version import revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.history import History
    from gates.versions.repository import Repository

_STATEMENT = re.compile(
    rf"(?:(?P<folder>.+)/)?{FOLDER}/(?P<dataset>.+)(?<!/revocations)/(?P<version>v[0-9.]+)(?:\.verdict|\.dsse)?\.json"
)


def version_of_file(path: str) -> TagName | None:
    """The tag of the version that a file is of, by the file's name alone."""
    match = _STATEMENT.fullmatch(path)
    version = parse_version(match["version"]) if match else None
    return TagName(match["dataset"], match["folder"] or "", version) if match and version else None


def verify_unnamed(repository: Repository, known: Sequence[History]) -> Iterator[Finding]:
    """A finding for each version whose statement HEAD has, and whose tag is not here."""
    tree = tree_at(repository, revision(repository, "HEAD"))
    there = {tag.name for history in known for tag in history.versions}
    for path in sorted(tree.listing.blobs):
        name = version_of_file(path)
        if name is None or name in there or posixpath.basename(path) != f"{name.version}.json":
            continue
        # Elsewhere a file of such a name is nobody's promotion.
        if configuration_in(tree, name.folder) is not None:
            words = f"{path} is here and the tag is not; `git fetch --tags`, or it was deleted"
            yield Finding(str(name), "tag", State.UNKNOWN, words)
