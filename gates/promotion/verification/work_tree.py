"""Whether the work tree has what was promoted, as far as nobody has committed anything else since."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gates.data.files import fingerprint
from gates.errors import GatesError
from gates.promotion.git.promoted_version import judged_files
from gates.promotion.statements.statement import sha256
from gates.promotion.verification.findings import Finding, looked_at, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.data.facts import FileFacts
    from gates.promotion.git.promoted_version import PromotedVersion


def verify_local_copies(promoted: PromotedVersion) -> Iterator[Finding]:
    """Findings on the promotion's own files, and on contract and data where HEAD still has what was promoted."""
    try:
        head = promoted.git.tree("HEAD").blobs
    except GatesError as error:
        yield refused(promoted.name, "files in the work tree", error)
        return
    yield looked_at(promoted.name, "files in the work tree", partial(_wrong_own_files, promoted, head))
    blobs = promoted.tree.listing.blobs
    if all(head.get(path) == blobs.get(path) for path in promoted.statement.contract.files):
        yield looked_at(promoted.name, "contract in the work tree", partial(_wrong_texts, promoted))
        yield from _data(promoted)


def _wrong_own_files(promoted: PromotedVersion, head: Mapping[str, str]) -> str | None:
    paths, blobs = promoted.paths, promoted.tree.listing.blobs
    own = [path for path in (paths.statement, paths.verdict, paths.envelope) if path in blobs]
    contents = promoted.tree.read(own)
    for path in own:
        if head.get(path) != blobs[path]:
            return f"{path} in HEAD is not what the tag's commit has; `git checkout {promoted.name} -- {path}`"
        file = promoted.repository.top / path
        if not file.is_file() or file.read_bytes() != contents[path]:
            return f"{path} was edited or is gone; `git restore {path}`"
    return None


def _wrong_texts(promoted: PromotedVersion) -> str | None:
    for path, digest in promoted.statement.contract.files.items():
        file = promoted.repository.top / path
        if not file.is_file() or sha256(file.read_bytes()) != digest:
            return f"{path} was edited or is gone; `git restore {path}`, or commit it and promote a new version"
    return None


def _data(promoted: PromotedVersion) -> Iterator[Finding]:
    """A finding on the data files that are here: a clone need not pull the data."""
    part = "data in the work tree"
    try:
        files = [file for file in judged_files(promoted.verdict) if (promoted.home / file.path).is_file()]
    except (GatesError, OSError) as error:
        yield refused(promoted.name, part, error)
        return
    if files:
        yield looked_at(promoted.name, part, partial(_changed, promoted, files))


def _changed(promoted: PromotedVersion, files: list[FileFacts]) -> str | None:
    for file in files:
        if fingerprint(promoted.home / file.path)[0] != file.sha256:
            return f"{file.path} is not what was promoted; `dvc checkout`, or check it and promote a new version"
    return None
