"""Whether what a promoted version claims follows from the commit it points to, and the work tree still has it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gates.data.files import manifest_sha256
from gates.errors import DataError, GatesError
from gates.promotion.evidence import contract_files
from gates.promotion.records import has_records, wrong_records
from gates.promotion.statements.statement import first_difference, sha256, stated_by
from gates.promotion.verification.contract import verify_contract
from gates.promotion.verification.findings import Finding, looked_at, refused
from gates.verdicts.decode import moment_text
from gates.verdicts.enforce import refuse_other_files
from gates.verdicts.judged_files import edited_file, judged_files
from gates.verdicts.recorded import parse_verdict
from gates.versions.dataset.snapshots import files_at, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.versions.trees import Tree


def verify_version(promoted: PromotedVersion) -> Iterator[Finding]:
    """A finding for each part of a version's promotion, all of it as its commit has it."""
    yield from verify_claims(promoted)
    steps = (("files of the contract", _wrong_files), ("contract", verify_contract), ("data", _wrong_data))
    yield from (looked_at(promoted.name, part, partial(step, promoted)) for part, step in steps)
    if has_records(promoted):
        yield looked_at(promoted.name, "review and weights", partial(wrong_records, promoted))


def verify_claims(promoted: PromotedVersion) -> Iterator[Finding]:
    """Findings on tag, statement and verdict, which need nothing but git's objects."""
    steps = (("tag", _wrong_tag), ("statement", _wrong_statement), ("verdict", _wrong_verdict))
    yield from (looked_at(promoted.name, part, partial(step, promoted)) for part, step in steps)


def _wrong_tag(promoted: PromotedVersion) -> str | None:
    git, tag, statement = promoted.git, promoted.tag, promoted.statement
    if promoted.message.version != tag.name.version or promoted.message.stage is not None:
        return f"its message is that of {promoted.message.version}"
    log = git.run("log", "--no-show-signature", "-1", "--format=%P%n%ct", tag.commit)
    parents, *dates = log.decode().splitlines()
    if not parents and git.is_shallow():
        raise DataError("the clone is shallow: the judged commit is not here; `git fetch --unshallow --tags`")
    if parents.split() != [statement.commit]:
        return f"points to {tag.commit[:7]}, which does not follow the judged commit {statement.commit[:7]}"
    added = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", statement.commit, tag.commit)
    names = {name for name in added.decode(errors="surrogateescape").split("\0") if name}
    others = names - {*promoted.paths}
    if others:
        return f"its commit changes {min(others)} beside the promotion's own files"
    if tag.made_at != statement.promoted_at:
        made_at = moment_text(tag.made_at) if tag.made_at else "nowhere"
        return f"is dated {made_at}, and its statement {moment_text(statement.promoted_at)}"
    if dates != [str(int(statement.promoted_at.timestamp()))]:
        return f"points to a commit of another date than that of its statement, {moment_text(statement.promoted_at)}"
    return None


def _wrong_statement(promoted: PromotedVersion) -> str | None:
    statement, path = promoted.statement, promoted.paths.statement
    if promoted.digest != promoted.message.statement_sha256:
        return f"{path} is not the one that the tag names, its sha256 is {promoted.digest[:12]}…"
    if (statement.dataset, statement.version) != (promoted.tag.name.dataset, promoted.tag.name.version):
        return f"{path} speaks of {statement.dataset} {statement.version}"
    written_at, promoted_at = statement.verdict.written_at, statement.promoted_at
    if written_at and written_at > promoted_at:
        return f"its verdict was written at {moment_text(written_at)}, after the promotion, {moment_text(promoted_at)}"
    return None


def _wrong_verdict(promoted: PromotedVersion) -> str | None:
    """What the statement says otherwise than the verdict beside it gives."""
    statement, path, verdict = promoted.statement, promoted.paths.verdict, promoted.verdict
    if statement.verdict.sha256 != sha256(promoted.document) and statement.verdict.path == path:
        return f"{path} is not the one that the statement names"
    stated = stated_by(verdict, promoted.document, path, statement.verdict.written_at)
    contract = replace(statement.contract, sha256=str(verdict.contract["sha256"]))
    difference = first_difference(statement, replace(statement, **stated, contract=contract))
    if difference:
        return f"the statement does not say what {path} gives: {difference}"
    base = statement.base
    if verdict.data.get("promoted_sha256") != (base.statement_sha256 if base else None):
        return f"{path} was not reached against {base.version if base else 'no version'}, which the statement says it follows"
    if manifest_sha256(judged_files(verdict)) != statement.manifest_sha256:
        return f"{path} lists other files than its manifest"
    return None


def _wrong_files(promoted: PromotedVersion) -> str | None:
    with promoted.at_home() as dataset:
        files = contract_files(promoted.tree, dataset, promoted.verdict, promoted.statement.pointers)
    return _differences(promoted.statement.contract.files, files, promoted.tree)


def _differences(stated: Mapping[str, str], actual: Mapping[str, str], tree: Tree) -> str | None:
    """What a statement names otherwise than its commit has it."""
    wrong = []
    for name in sorted({*stated, *actual}):
        if name not in stated:
            wrong.append(f"{name} is left out of the statement")
        elif name not in actual:
            gone = name not in tree.listing.blobs
            wrong.append(f"{name} is gone" if gone else f"{name} is no part of it, and the statement names it")
        elif stated[name] != actual[name]:
            wrong.append(f"{name} is not what was judged")
    return "; ".join(wrong) or None


def _wrong_data(promoted: PromotedVersion) -> str | None:
    verdict = parse_verdict(promoted.document, promoted.paths.verdict)
    with promoted.at_home() as dataset:
        pointers = snapshot(promoted.repository, dataset, promoted.tree.version).pointer_md5s()
        wrong = _differences(promoted.statement.pointers, pointers, promoted.tree)
        if wrong:
            return f"the pointers name other data than the statement: {wrong}"
        with files_at(promoted.repository, dataset, promoted.tree.version) as files:
            refuse_other_files(verdict, dataset, files)
    return None


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
        here = (record for record in promoted.statement.records if head.get(record.path) == blobs.get(record.path))
        texts = {**promoted.statement.contract.files, **{record.path: record.sha256 for record in here}}
        otherwise = ", or commit it and promote a new version"
        yield looked_at(promoted.name, "contract in the work tree", partial(_edited, promoted, texts, otherwise))
        yield from _data_here(promoted)


def _wrong_own_files(promoted: PromotedVersion, head: Mapping[str, str]) -> str | None:
    blobs = promoted.tree.listing.blobs
    contents = promoted.tree.read(path for path in promoted.paths if path in blobs)
    for path in contents:
        if head.get(path) != blobs[path]:
            return f"{path} in HEAD is not what the tag's commit has; `git checkout {promoted.name} -- {path}`"
    return _edited(promoted, {path: sha256(content) for path, content in contents.items()})


def _edited(promoted: PromotedVersion, texts: Mapping[str, str], otherwise: str = "") -> str | None:
    """texts: sha256 by path. otherwise: what else may be done than to restore one."""
    for path, digest in texts.items():
        file = promoted.repository.top / path
        if not file.is_file() or sha256(file.read_bytes()) != digest:
            return f"{path} was edited or is gone; `git restore {path}`{otherwise}"
    return None


def _data_here(promoted: PromotedVersion) -> Iterator[Finding]:
    """A finding on the data files that are here, where there are any."""
    part = "data in the work tree"
    try:
        is_here = any((promoted.home / file.path).is_file() for file in judged_files(promoted.verdict))
    except (GatesError, OSError) as error:
        yield refused(promoted.name, part, error)
        return
    otherwise = "is not what was promoted; `dvc checkout`, or check it and promote a new version"
    if is_here:
        edited = partial(edited_file, promoted.verdict, promoted.home)
        yield looked_at(promoted.name, part, lambda: f"{name} {otherwise}" if (name := edited()) else None)
