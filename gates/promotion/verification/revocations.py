"""Whether every record of something taken back still has its tag: without the tag it would stand again."""

from __future__ import annotations

import json
import posixpath
from functools import partial
from typing import TYPE_CHECKING

from gates.promotion.planning import FOLDER
from gates.promotion.tags import parse_version
from gates.promotion.verification.findings import Finding, looked_at
from gates.versions.trees import tree_at
from gates.versions.version import revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.history import History
    from gates.versions.repository import Repository


def verify_revocations(repository: Repository, known: History) -> Iterator[Finding]:
    """A finding for each record in HEAD of a version of the dataset, or of a stage, that was taken back."""
    tree = tree_at(repository, revision(repository, "HEAD"))
    folder = posixpath.join(known.folder, FOLDER, known.dataset, "revocations")
    names = sorted(name for name in tree.listing.blobs if posixpath.dirname(name) == folder)
    for name, content in tree.read(names).items():
        yield looked_at(name, "revocation", partial(_wrong, known, name, content))


def _wrong(known: History, path: str, content: bytes) -> str | None:
    try:
        record = json.loads(content)
        version, stage = parse_version(record["version"]), record["stage"]
    except (ValueError, KeyError, TypeError) as error:
        return f"is no record of gates ({error}); restore the file as it was committed"
    made = known.tag_of(version) if version else None
    events = known.stages if stage else known.versions
    # A version may be taken off one stage more than once: each record names its own event.
    number = posixpath.basename(path).removesuffix(".json").rpartition("-")[2] if stage else None
    taken = [tag for tag in events if tag.name.is_revocation and tag.name.stage == stage]
    taken = [tag for tag in taken if number is None or str(tag.name.number) == number]
    if made is None or made.commit not in {tag.commit for tag in taken}:
        what = f"off '{stage}'" if stage else "back"
        return f"{record['version']} was taken {what}, and the tag that says so is gone; `git fetch --tags`"
    return None
