"""Promotes one version of a dataset to one stage."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.promotion.errors import ConditionError, PromotionError
from gates.promotion.evidence import contract_files, evidence_of, pointers_at
from gates.promotion.git.history import History, Tag, history
from gates.promotion.git.judged_config import dataset_of
from gates.promotion.git.objects import write_commit, write_tag
from gates.promotion.git.promoted_version import promoted
from gates.promotion.git.same_files import files_judged, files_promoted, refuse_taken_back
from gates.promotion.git.transaction import Prepared
from gates.promotion.leakage.train_test_overlap import overlaps
from gates.promotion.promote.artifacts import missing_artifact
from gates.promotion.promote.plan import (
    Entry,
    Plan,
    held_by,
    lenience_of,
    stage_tag,
    statement_of,
    version_tag,
    version_wanted,
)
from gates.promotion.signing.envelope import sign
from gates.promotion.stage_conditions import Entering, candidate_of, met, unmet
from gates.promotion.statements.paths import folder_of_config, places
from gates.promotion.statements.statement import sha256
from gates.promotion.statements.tags import refuse_untaggable
from gates.promotion.verification.events import verify_event, verify_events_before
from gates.promotion.verification.findings import State, first_wrong
from gates.promotion.verification.order import Place, verify_base, verify_bases, verify_said, wrong_place
from gates.promotion.verification.signatures import verify_envelope_bytes
from gates.promotion.verification.version import verify_version
from gates.promotion.verification.work_tree import verify_local_copies
from gates.versions.configuration import config_at
from gates.versions.trees import tree_at
from gates.versions.version import Version as Revision
from gates.versions.version import VersionKind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from gates.config.dataset import DatasetConfig
    from gates.config.stages import Stage
    from gates.promotion.git.preconditions import Ground
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.request import Asked
    from gates.promotion.verification.findings import Finding
    from gates.verdict import Verdict
    from gates.versions.version import Version


def plan(ground: Ground, asked: Asked) -> Plan:
    """What the promotion adds, once the verdict, the data and the stage's conditions have been looked at.

    Raises UsageError for an unknown stage or a version that cannot be next, ConditionError where the stage's conditions do
    not hold, PromotionError where the version's promotion cannot be verified; what `evidence_of` raises.
    """
    with config_at(ground.repository, asked.path, ground.version) as config:
        dataset, stage = config.dataset(asked.dataset), config.stage(str(asked.stage))
        folder = folder_of_config(ground.repository, asked.path)
        refuse_untaggable(dataset.name, folder, stage.name)
        known = history(ground.git, dataset.name, folder)
        tag = known.tag_of(version_wanted(asked.version, known)) if asked.version is not None else None
        planned = _further(ground, asked, known, tag, stage) if tag else _new(ground, asked, known, dataset, stage)
        # The promotion's own commit has the dvc.yaml of the one that was judged.
        judged = Revision(VersionKind.REVISION, planned.target or ground.head)
        return replace(planned, note=missing_artifact(ground.repository, dataset, folder, judged))


def prepare(ground: Ground, planned: Plan) -> Prepared:
    """The objects of a plan; nobody sees them yet."""
    git = ground.git
    commit = write_commit(git, planned.files, planned.message, planned.at) if planned.files else ground.head
    target = planned.target or commit
    tags = {
        str(name): write_tag(git, str(name), target, message.to_text(), planned.at) for name, message in planned.tags
    }
    return Prepared(ground.branch, ground.head, commit, tags, tuple(planned.files))


def _new(ground: Ground, asked: Asked, known: History, dataset: DatasetConfig, stage: Stage) -> Plan:
    last = known.last()
    before = known.tag_of(last) if last else None
    if asked.version is None and before and not asked.verdict.is_file() and _is_in_head(ground, asked, dataset, before):
        # Nobody judged here what somebody promoted elsewhere: its verdict lies beside its statement.
        return _further(ground, asked, known, before, stage)
    found = evidence_of(ground, dataset, asked)
    if asked.version is None and before:
        same = promoted(ground.repository, before)
        if (same.statement.manifest_sha256, same.statement.contract.sha256) == (found.manifest, found.contract):
            return _further(ground, asked, known, before, stage)
    refuse_taken_back(ground.repository, known, files_judged(found.manifest, found.verdict))
    _refuse_overlaps(ground, replace(dataset, root=asked.path.parent), ground.version)
    version = version_wanted(asked.version, known)
    if last and version <= last:
        raise UsageError(f"{version} does not come after {last}, the last one; expected {last.next_patch()} or higher")
    statement = statement_of(ground, known, version, found, asked.now).to_bytes()
    _refuse_base(ground, known, before, Place(version, last, ground.head, _names(ground), asked.now))
    where = places(known.folder, known.dataset, version)
    files = {where.statement: statement, where.verdict: found.document}
    if asked.key:
        files[where.envelope] = sign(statement, asked.key)
    entering = Entering(version, ground.head, found.written_at, asked.now, {}, is_new=asked.version is None)
    entry = _entry(ground, stage, found.verdict, entering)
    digest = sha256(statement)
    made = version_tag(known, version, digest, files.get(where.envelope))
    put = stage_tag(known, version, digest, entry)
    words = f"{known.dataset} {version} to {stage.name}"
    pointers = tuple(sorted(found.pointers))
    return Plan(
        version, (made, put), pointers, files, f"promote: {words}\n", sentence=f"promoted {words}",
        lenience=lenience_of(found.verdict, where.verdict), at=asked.now,
    )  # fmt: skip


def _is_in_head(ground: Ground, asked: Asked, dataset: DatasetConfig, tag: Tag) -> bool:
    """Whether HEAD has the data and the contract of a version, to the byte."""
    there, at_home = promoted(ground.repository, tag), replace(dataset, root=asked.path.parent)
    pointers, said = pointers_at(ground.repository, at_home, ground.version), there.statement
    tree = tree_at(ground.repository, ground.version)
    files = contract_files(tree, at_home, there.verdict, pointers)
    return (pointers, files) == (dict(said.pointers), dict(said.contract.files))


def _further(ground: Ground, asked: Asked, known: History, tag: Tag, stage: Stage) -> Plan:
    """A version that is there already, put on another stage: what its promotion says must still hold."""
    version = tag.name.version
    assert version is not None  # noqa: S101  # a version's tag has one
    if version not in known.standing():
        raise UsageError(f"{tag.name} was taken back; promote another version")
    there = promoted(ground.repository, tag)
    refuse_taken_back(ground.repository, known, files_promoted(there))
    if stage.name in known.events_of(tag.commit) and (asked.version is None or _is_newest(known, stage, tag)):
        return _nothing_new(ground, known, tag, asked)
    _refuse_signing(asked, tag)
    _refuse_unverified(ground, known, there, stage)
    with dataset_of(ground.repository, there) as dataset:
        _refuse_overlaps(ground, replace(dataset, root=asked.path.parent), there.revision)
    said, held = there.statement, known.events_of(tag.commit)
    entering = Entering(version, said.commit, said.verdict.written_at, asked.now, held)
    put = stage_tag(known, version, there.digest, _entry(ground, stage, there.verdict, entering))
    words = f"promoted {known.dataset} {version} to {stage.name}"
    return Plan(
        version, (put,), tuple(said.pointers), target=tag.commit, sentence=words, at=asked.now,
        lenience=lenience_of(there.verdict, there.where.verdict), held=held_by(known, tag), recorded=(there.where.statement,),
    )  # fmt: skip


def _nothing_new(ground: Ground, known: History, tag: Tag, asked: Asked) -> Plan:
    """The stage has the version already; what it has may still have to be sent."""
    there = promoted(ground.repository, tag)
    event = known.events_of(tag.commit)[str(asked.stage)]
    _refuse_wrong(
        chain(verify_said(ground.repository, known, there), _opened_by(ground, known, event)), str(event.name)
    )
    if there.envelope is None:
        _refuse_signing(asked, tag)
    sentence = f"{known.dataset} {tag.name.version} holds '{asked.stage}' already"
    return Plan(
        there.statement.version, (), tuple(there.statement.pointers), target=tag.commit, sentence=sentence,
        held=held_by(known, tag), recorded=(there.where.statement,), at=asked.now,
    )  # fmt: skip


def _refuse_signing(asked: Asked, tag: Tag) -> None:
    if asked.key:
        raise UsageError(f"{tag.name} is there already, and its statement is signed or not for good; leave --sign out")


def _refuse_unverified(ground: Ground, known: History, there: Promoted, stage: Stage) -> None:
    """Raises PromotionError unless all that the next stage rests on was looked at, and holds."""
    findings = [*_rested_on(ground, known, there, stage)]
    _refuse_wrong(findings, str(there.tag.name))
    unseen = next((finding for finding in findings if finding.state is State.NOT_LOOKED_AT), None)
    if unseen:
        raise PromotionError(
            f"{unseen}; nobody can say here whether it holds: install that version, or run `gates check {known.dataset}` "
            "and promote a new version"
        )


def _rested_on(ground: Ground, known: History, there: Promoted, stage: Stage) -> Iterator[Finding]:
    repository = ground.repository
    yield from chain(verify_version(repository, there), verify_local_copies(repository, there))
    yield verify_base(repository, known, there)
    yield from verify_bases(repository, known, there)
    yield verify_envelope_bytes(there)
    before = known.events_of(there.tag.commit).get(stage.after) if stage.after else None
    if before:
        yield from _opened_by(ground, known, before)


def _opened_by(ground: Ground, known: History, event: Tag) -> Iterator[Finding]:
    """Findings on an event of a stage, and on those of the stages before that it came after."""
    yield from verify_event(ground.repository, known, event)
    yield from verify_events_before(ground.repository, known, event)


def _refuse_wrong(findings: Iterable[Finding], tag: str) -> None:
    wrong = first_wrong(findings)
    if wrong:
        raise PromotionError(f"{wrong}; it cannot be promoted any further, see `gates verify {shlex.quote(tag)}`")


def _refuse_base(ground: Ground, known: History, before: Tag | None, place: Place) -> None:
    """A new version follows one that `gates verify` will find it has to follow, and that holds."""
    wrong = wrong_place(ground.git, known, place)
    if wrong:
        raise PromotionError(
            f"{known.dataset} {place.version}: {wrong}; merge the branches that have the versions and their revocations, "
            f"`git fetch --tags`, `gates check {known.dataset}`, then promote"
        )
    if before:
        there = promoted(ground.repository, before)
        findings = chain(verify_said(ground.repository, known, there), verify_bases(ground.repository, known, there))
        bad = first_wrong(findings)
        if bad:
            raise PromotionError(
                f"{bad}; nothing can follow {before.name}: take it back, see `gates verify {before.name}`"
            )


def _names(ground: Ground) -> Container[str]:
    """The files that HEAD has."""
    return tree_at(ground.repository, ground.version).listing.blobs


def _is_newest(known: History, stage: Stage, tag: Tag) -> bool:
    """Whether the last event of the stage is one of this version.

    DVC takes that event's commit for what the stage holds, be it a revocation: only another event after it brings DVC
    back to a version that held the stage before. https://github.com/iterative/dvc, dvc/repo/artifacts.py, get_rev
    """
    last = known.last_of(stage.name)
    return last is not None and last.commit == tag.commit


def _refuse_overlaps(ground: Ground, dataset: DatasetConfig, version: Version) -> None:
    found = overlaps(ground.repository, dataset, version)
    if found:
        ways = (f"{one}; take them out of {dataset.name}, or take {one.other} back first." for one in found)
        raise ConditionError("\n".join(ways))


def _entry(ground: Ground, stage: Stage, verdict: Verdict, entering: Entering) -> Entry:
    """Raises ConditionError where the stage asks for what is not there."""
    candidate = candidate_of(ground.git, verdict, entering)
    missing = unmet(stage, candidate)
    if missing:
        raise ConditionError("\n".join(missing))
    return Entry(stage.name, met(stage, candidate), ground.head)
