"""Whether what a promoted version claims follows from the commit it points to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.data.files import manifest_sha256
from gates.errors import DataError, GatesError
from gates.promotion.evidence import contract_files, pointers_at
from gates.promotion.git.judged_config import dataset_of, home_of, judged_files
from gates.promotion.statements.expected_statement import Circumstances, first_difference, statement_on
from gates.promotion.statements.json_fields import moment_text
from gates.promotion.statements.statement import sha256
from gates.promotion.verification.contract import contract_finding
from gates.promotion.verification.findings import Finding, looked_at, refused
from gates.verdicts.enforce import refuse_other_files
from gates.verdicts.recorded import parse_verdict
from gates.versions.snapshots import files_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.promotion.git.promoted_version import Promoted
    from gates.versions.repository import Repository
    from gates.versions.trees import Tree


def verify_version(repository: Repository, found: Promoted) -> Iterator[Finding]:
    """A finding for each part of a version's promotion, all of it as its commit has it."""
    tag = str(found.tag.name)
    yield from verify_claims(repository, found)
    yield looked_at(tag, "files of the contract", lambda: _files(repository, found))
    yield _contract(repository, found)
    yield looked_at(tag, "data", lambda: _data(repository, found))


def verify_claims(repository: Repository, found: Promoted) -> Iterator[Finding]:
    """Findings on tag, statement and verdict, which need nothing but git's objects."""
    tag = str(found.tag.name)
    yield looked_at(tag, "tag", lambda: _tag(repository, found))
    yield looked_at(tag, "statement", lambda: _statement(found))
    yield looked_at(tag, "verdict", lambda: _verdict(found))


def _tag(repository: Repository, found: Promoted) -> str | None:
    git = git_of(repository, str(found.tag.name))
    if found.message.version != found.tag.name.version or found.message.stage is not None:
        return f"its message is that of {found.message.version}"
    told = git.run("log", "--no-show-signature", "-1", "--format=%P%n%ct", found.tag.commit).decode().splitlines()
    if not told[0] and git.is_shallow():
        raise DataError("the clone is shallow: the judged commit is not here; `git fetch --unshallow --tags`")
    if told[0].split() != [found.statement.commit]:
        return f"points to {found.tag.commit[:7]}, which does not follow the judged commit {found.statement.commit[:7]}"
    added = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", found.statement.commit, found.tag.commit)
    names = {name for name in added.decode(errors="surrogateescape").split("\0") if name}
    own = {found.where.statement, found.where.verdict, found.where.envelope}
    if names - own:
        return f"its commit changes {min(names - own)} beside the promotion's own files"
    promoted_at = found.statement.promoted_at
    if found.tag.made_at != promoted_at:
        made_at = moment_text(found.tag.made_at) if found.tag.made_at else "nowhere"
        return f"is dated {made_at}, and its statement {moment_text(promoted_at)}"
    if told[1:] != [str(int(promoted_at.timestamp()))]:
        return f"points to a commit of another date than that of its statement, {moment_text(promoted_at)}"
    return None


def _statement(found: Promoted) -> str | None:
    if found.digest != found.message.statement_sha256:
        return f"{found.where.statement} is not the one that the tag names, its sha256 is {found.digest[:12]}…"
    said = (found.statement.dataset, found.statement.version)
    if said != (found.tag.name.dataset, found.tag.name.version):
        return f"{found.where.statement} speaks of {said[0]} {said[1]}"
    written_at, promoted_at = found.statement.verdict.written_at, found.statement.promoted_at
    if written_at and written_at > promoted_at:
        return f"its verdict was written at {moment_text(written_at)}, after the promotion, {moment_text(promoted_at)}"
    return None


def _verdict(found: Promoted) -> str | None:
    """What the statement says otherwise than the verdict beside it gives."""
    said, path = found.statement, found.where.verdict
    if said.verdict.sha256 != sha256(found.document) and said.verdict.path == path:
        return f"{path} is not the one that the statement names"
    verdict = found.verdict
    given = Circumstances(
        said.version, said.commit, said.pointers, said.contract.files, path, said.verdict.written_at, said.base,
        said.promoted_at,
    )  # fmt: skip
    differs = first_difference(said, statement_on(verdict, found.document, given))
    if differs:
        return f"the statement does not say what {path} gives: {differs}"
    if verdict.data.get("promoted_sha256") != (said.base.statement_sha256 if said.base else None):
        return f"{path} was not reached against {said.base.version if said.base else 'no version'}, which the statement says it follows"
    if manifest_sha256(judged_files(verdict)) != said.manifest_sha256:
        return f"{path} lists other files than its manifest"
    return None


def _files(repository: Repository, found: Promoted) -> str | None:
    with dataset_of(repository, found) as dataset:
        at_home = replace(dataset, root=home_of(repository, found))
        there = contract_files(found.tree, at_home, found.verdict, found.statement.pointers)
    return _other(found.statement.contract.files, there, found.tree)


def _other(said: Mapping[str, str], there: Mapping[str, str], tree: Tree) -> str | None:
    """What a statement names otherwise than its commit has it."""
    wrong = []
    for name in sorted({*said, *there}):
        if name not in said:
            wrong.append(f"{name} is left out of the statement")
        elif name not in there:
            gone = name not in tree.listing.blobs
            wrong.append(f"{name} is gone" if gone else f"{name} is no part of it, and the statement names it")
        elif said[name] != there[name]:
            wrong.append(f"{name} is not what was judged")
    return "; ".join(wrong) or None


def _contract(repository: Repository, found: Promoted) -> Finding:
    try:
        with dataset_of(repository, found) as dataset:
            return contract_finding(found, dataset)
    except GatesError as error:
        return refused(str(found.tag.name), "contract", error)


def _data(repository: Repository, found: Promoted) -> str | None:
    verdict = parse_verdict(found.document, found.where.verdict)
    with dataset_of(repository, found) as dataset:
        at_home = replace(dataset, root=home_of(repository, found))
        wrong = _other(found.statement.pointers, pointers_at(repository, at_home, found.revision), found.tree)
        if wrong:
            return f"the pointers name other data than the statement: {wrong}"
        with files_at(repository, at_home, found.revision) as files:
            refuse_other_files(verdict, at_home, files.dataset, files.holdout, files.evaluation)
    return None
