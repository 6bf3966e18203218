"""Whether what a promoted version claims follows from the commit it points to."""

from __future__ import annotations

import hashlib
import json
import posixpath
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from gates import __version__
from gates.configuration.find import FILE_NAME, PYPROJECT
from gates.configuration.own_files import LIBRARIES
from gates.contract import load_contract
from gates.engines.files import manifest_sha256
from gates.promotion.evidence import pointers_at
from gates.promotion.verification.findings import Finding, State, looked_at
from gates.records.enforcement import refuse_other_answer, refuse_other_contract, refuse_other_files
from gates.records.recorded import parse_verdict
from gates.scan import FileFacts
from gates.versions.configuration import config_at
from gates.versions.snapshots import files_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.configuration.dataset import DatasetConfig
    from gates.promotion.promoted import Promoted
    from gates.versions.repository import Repository


def verify_version(repository: Repository, found: Promoted) -> Iterator[Finding]:
    """A finding for each part of a version's promotion, all of it as its commit has it."""
    tag = str(found.tag.name)
    yield looked_at(tag, "tag", lambda: _tag(repository, found))
    yield looked_at(tag, "statement", lambda: _statement(found))
    yield looked_at(tag, "verdict", lambda: _verdict(found))
    yield looked_at(tag, "files of the contract", lambda: _files(found))
    yield _contract(repository, found)
    yield looked_at(tag, "data", lambda: _data(repository, found))


def _tag(repository: Repository, found: Promoted) -> str | None:
    git = git_of(repository, str(found.tag.name))
    if found.message.version != found.tag.name.version or found.message.stage is not None:
        return f"its message is that of {found.message.version}"
    parents = git.run("rev-list", "--parents", "-n", "1", found.tag.commit).decode().split()[1:]
    if parents != [found.statement.commit]:
        return f"points to {found.tag.commit[:7]}, which does not follow the judged commit {found.statement.commit[:7]}"
    added = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", found.statement.commit, found.tag.commit)
    names = {name for name in added.decode(errors="surrogateescape").split("\0") if name}
    own = {found.where.statement, found.where.verdict, found.where.envelope}
    if names - own:
        return f"its commit changes {min(names - own)} beside the promotion's own files"
    return None


def _statement(found: Promoted) -> str | None:
    if found.digest != found.message.statement_sha256:
        return f"{found.where.statement} is not the one that the tag names, its sha256 is {found.digest[:12]}…"
    said = (found.statement.dataset, found.statement.version)
    if said != (found.tag.name.dataset, found.tag.name.version):
        return f"{found.where.statement} speaks of {said[0]} {said[1]}"
    return None


def _verdict(found: Promoted) -> str | None:
    said = found.statement.verdict
    if said.path != found.where.verdict:
        return f"the statement names {said.path} as the verdict, expected {found.where.verdict}"
    if hashlib.sha256(found.document).hexdigest() != said.sha256:
        return f"{said.path} is not the one that the statement names"
    verdict = parse_verdict(found.document, said.path)
    claims = (verdict.digest, verdict.answer, verdict.manifest_sha256, str(verdict.contract["sha256"]))
    if claims != (said.digest, said.outcome, found.statement.manifest_sha256, found.statement.contract.sha256):
        return f"{said.path} does not say what the statement says of it"
    if manifest_sha256(judged_files(found.document)) != verdict.manifest_sha256:
        return f"{said.path} lists other files than its manifest"
    return None


def judged_files(document: bytes) -> list[FileFacts]:
    """The data files that a verdict lists, with their digests."""
    return [
        FileFacts(file["path"], file["rows"], {}, file["sha256"], file["size"])
        for file in json.loads(document)["data"]["files"]
    ]


def _files(found: Promoted) -> str | None:
    recorded = found.statement.contract.files
    gone = [name for name in recorded if name not in found.tree.listing.blobs]
    if gone:
        return f"{gone[0]} is gone"
    for name, content in found.tree.read(recorded).items():
        if hashlib.sha256(content).hexdigest() != recorded[name]:
            return f"{name} is not what was judged"
    return None


def _contract(repository: Repository, found: Promoted) -> Finding:
    """The contract's digest covers the versions of gates and libraries: only with these can it be recomputed."""
    tag, part = str(found.tag.name), "contract"
    judged = found.statement.judged_with
    here = {"gates": __version__, **{name: version(name) for name in LIBRARIES}}
    for name, wanted in {"gates": judged.gates, **judged.libraries}.items():
        if here.get(name) != wanted:
            return Finding(tag, part, State.NOT_LOOKED_AT, f"takes {name} {wanted}, here is {here.get(name, 'none')}")
    return looked_at(tag, part, lambda: _recomputed(repository, found))


def _recomputed(repository: Repository, found: Promoted) -> str | None:
    verdict = parse_verdict(found.document, found.where.verdict)
    with dataset_of(repository, found) as dataset:
        # What was in force on the day of the promotion counts: a waiver may have run out since.
        contract = load_contract(dataset, found.statement.promoted_at.date())
        refuse_other_contract(verdict, contract)
        refuse_other_answer(verdict, contract)
    return None


def _data(repository: Repository, found: Promoted) -> str | None:
    verdict = parse_verdict(found.document, found.where.verdict)
    with dataset_of(repository, found) as dataset:
        at_home = replace(dataset, root=home_of(repository, found))
        if pointers_at(repository, at_home, found.revision) != found.statement.pointers:
            return "the pointers name other data than the statement"
        with files_at(repository, at_home, found.revision) as files:
            refuse_other_files(verdict, at_home, files.dataset, files.holdout, files.evaluation)
    return None


@contextmanager
def dataset_of(repository: Repository, found: Promoted) -> Iterator[DatasetConfig]:
    """The dataset as the promotion's commit configures it; suites and schema lie below its root meanwhile."""
    home = home_of(repository, found)
    folder = found.tag.name.folder
    here = next(
        (name for name in (FILE_NAME, PYPROJECT) if posixpath.join(folder, name) in found.tree.listing.blobs), FILE_NAME
    )
    with config_at(repository, home / here, found.revision) as config:
        yield config.dataset(found.tag.name.dataset)


def home_of(repository: Repository, found: Promoted) -> Path:
    """The configuration's folder in the work tree."""
    return repository.top / found.tag.name.folder
