"""Whether the work tree has what was promoted, as far as nobody has committed anything else since."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gates.data.files import fingerprint
from gates.errors import GatesError
from gates.promotion.git.judged_config import judged_files
from gates.promotion.verification.findings import Finding, looked_at, refused
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gates.data.facts import FileFacts
    from gates.promotion.git.promoted_version import Promoted
    from gates.versions.repository import Repository


def verify_local_copies(repository: Repository, found: Promoted) -> Iterator[Finding]:
    """Findings on the promotion's own files, and on contract and data where HEAD still has what was promoted."""
    git = git_of(repository, str(found.tag.name))
    tag = str(found.tag.name)
    try:
        head = git.tree("HEAD").blobs
    except GatesError as error:
        yield refused(tag, "files in the work tree", error)
        return
    then = found.tree.listing.blobs
    own = [path for path in (found.where.statement, found.where.verdict, found.where.envelope) if path in then]
    yield looked_at(tag, "files in the work tree", lambda: _own(repository, found, own, head))
    stands_on = [*found.statement.contract.files]
    if all(head.get(path) == then.get(path) for path in stands_on):
        yield looked_at(tag, "contract in the work tree", lambda: _texts(repository, found))
        yield from _data(repository, found)


def _own(repository: Repository, found: Promoted, paths: list[str], head: Mapping[str, str]) -> str | None:
    for path in paths:
        if head.get(path) != found.tree.listing.blobs[path]:
            return f"{path} in HEAD is not what the tag's commit has; `git checkout {found.tag.name} -- {path}`"
        place = repository.top / path
        if not place.is_file() or place.read_bytes() != found.tree.read([path])[path]:
            return f"{path} was edited or is gone; `git restore {path}`"
    return None


def _texts(repository: Repository, found: Promoted) -> str | None:
    for path, digest in found.statement.contract.files.items():
        place = repository.top / path
        if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            return f"{path} was edited or is gone; `git restore {path}`, or commit it and promote a new version"
    return None


def _files_here(repository: Repository, found: Promoted) -> list[tuple[Path, FileFacts]]:
    """The data files that are there: a clone need not pull the data."""
    home = repository.top / found.tag.name.folder
    return [(home / file.path, file) for file in judged_files(found.verdict) if (home / file.path).is_file()]


def _data(repository: Repository, found: Promoted) -> Iterator[Finding]:
    tag, part = str(found.tag.name), "data in the work tree"
    try:
        files = _files_here(repository, found)
    except (GatesError, OSError) as error:
        yield refused(tag, part, error)
        return
    if files:
        yield looked_at(tag, part, lambda: _changed(files))


def _changed(files: list[tuple[Path, FileFacts]]) -> str | None:
    for place, file in files:
        if fingerprint(place)[0] != file.sha256:
            return f"{file.path} is not what was promoted; `dvc checkout`, or check it and promote a new version"
    return None
