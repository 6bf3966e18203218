"""Promotes one version of a dataset to one stage."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.promotion.artifacts import missing_artifact
from gates.promotion.conditions import Candidate, met, unmet
from gates.promotion.envelope import sign
from gates.promotion.errors import ConditionError, PromotionError
from gates.promotion.evidence import evidence_of
from gates.promotion.history import History, Tag, history, message_of
from gates.promotion.objects import write_commit, write_tag
from gates.promotion.overlap import overlaps
from gates.promotion.planning import (
    Plan,
    folder_of_config,
    held_by,
    lenience_of,
    places,
    stage_tag,
    statement_of,
    version_tag,
    version_wanted,
)
from gates.promotion.promoted import promoted
from gates.promotion.statement import sha256
from gates.promotion.tags import refuse_untaggable
from gates.promotion.transaction import Prepared
from gates.promotion.verification.findings import first_wrong
from gates.promotion.verification.local_copies import verify_local_copies
from gates.promotion.verification.version import dataset_of, verify_version
from gates.records.reading import verdict_of
from gates.versions.configuration import config_at
from gates.versions.version import Version as Revision
from gates.versions.version import VersionKind

if TYPE_CHECKING:
    from datetime import datetime

    from gates.configuration.dataset import DatasetConfig
    from gates.configuration.stages import Stage
    from gates.promotion.asked import Asked
    from gates.promotion.evidence import Evidence
    from gates.promotion.ground import Ground
    from gates.verdict import Verdict
    from gates.versions.version import Version

_TRAILERS = "%(trailers:only,unfold)"


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
    commit = write_commit(git, planned.files, planned.message) if planned.files else ground.head
    target = planned.target or commit
    tags = {str(name): write_tag(git, str(name), target, message.to_text()) for name, message in planned.tags}
    return Prepared(ground.branch, ground.head, commit, tags, tuple(planned.files))


def _new(ground: Ground, asked: Asked, known: History, dataset: DatasetConfig, stage: Stage) -> Plan:
    found = evidence_of(ground, dataset, asked)
    last = known.last()
    before = known.tag_of(last) if last else None
    if asked.version is None and before:
        same = promoted(ground.repository, before)
        if (same.statement.manifest_sha256, same.statement.contract.sha256) == (found.manifest, found.contract):
            return _further(ground, asked, known, before, stage)
    _refuse_taken_back(ground, known, found)
    _refuse_overlaps(ground, replace(dataset, root=asked.path.parent), ground.version)
    version = version_wanted(asked.version, known)
    if last and version <= last:
        raise UsageError(f"{version} does not come after {last}, the last one; expected {last.next_patch()} or higher")
    statement = statement_of(ground, known, version, found, asked.now).to_bytes()
    where = places(known.folder, known.dataset, version)
    files = {where.statement: statement, where.verdict: found.document}
    if asked.key:
        files[where.envelope] = sign(statement, asked.key)
    candidate = _candidate(ground, found.verdict, ground.head, asked.now)
    conditions = _conditions(stage, replace(candidate, version=str(version), written_at=found.written_at))
    digest = sha256(statement)
    made = version_tag(known, version, digest, files.get(where.envelope))
    put = stage_tag(known, version, stage.name, digest, conditions)
    words = f"{known.dataset} {version} to {stage.name}"
    pointers = tuple(sorted(found.pointers))
    return Plan(
        version, (made, put), pointers, files, f"promote: {words}\n", sentence=f"promoted {words}",
        lenience=lenience_of(found.verdict, where.verdict),
    )  # fmt: skip


def _further(ground: Ground, asked: Asked, known: History, tag: Tag, stage: Stage) -> Plan:
    """A version that is there already, put on another stage: what its promotion says must still hold."""
    version = tag.name.version
    assert version is not None  # noqa: S101  # a version's tag has one
    if version not in known.standing():
        raise UsageError(f"{tag.name} was taken back; promote another version")
    if stage.name in known.events_of(tag.commit):
        return _nothing_new(ground, known, tag, asked)
    _refuse_signing(asked, tag)
    there = promoted(ground.repository, tag)
    wrong = first_wrong(chain(verify_version(ground.repository, there), verify_local_copies(ground.repository, there)))
    if wrong:
        raise PromotionError(f"{wrong}; it cannot be promoted any further, see `gates verify {tag.name}`")
    with dataset_of(ground.repository, there) as dataset:
        _refuse_overlaps(ground, replace(dataset, root=asked.path.parent), there.revision)
    verdict = verdict_of(json.loads(there.document))
    held = {name: str(event.name) for name, event in known.events_of(tag.commit).items()}
    candidate = _candidate(ground, verdict, there.statement.commit, asked.now)
    candidate = replace(candidate, version=str(version), written_at=there.statement.verdict.written_at, stages=held)
    conditions = _conditions(stage, candidate)
    put = stage_tag(known, version, stage.name, there.digest, conditions)
    words = f"promoted {known.dataset} {version} to {stage.name}"
    return Plan(
        version, (put,), tuple(there.statement.pointers), target=tag.commit, sentence=words,
        lenience=lenience_of(verdict, there.where.verdict), held=held_by(known, tag), recorded=(there.where.statement,),
    )  # fmt: skip


def _nothing_new(ground: Ground, known: History, tag: Tag, asked: Asked) -> Plan:
    """The stage has the version already; what it has may still have to be sent."""
    there = promoted(ground.repository, tag)
    if there.envelope is None:
        _refuse_signing(asked, tag)
    sentence = f"{known.dataset} {tag.name.version} holds '{asked.stage}' already"
    return Plan(
        there.statement.version, (), tuple(there.statement.pointers), target=tag.commit, sentence=sentence,
        held=held_by(known, tag), recorded=(there.where.statement,),
    )  # fmt: skip


def _refuse_signing(asked: Asked, tag: Tag) -> None:
    if asked.key:
        raise UsageError(f"{tag.name} is there already, and its statement is signed or not for good; leave --sign out")


def _refuse_taken_back(ground: Ground, known: History, found: Evidence) -> None:
    """What was taken back does not return under another number."""
    for tag in known.versions:
        made = known.tag_of(tag.name.version) if tag.name.version and tag.name.is_revocation else None
        if made and promoted(ground.repository, made).statement.manifest_sha256 == found.manifest:
            reason = message_of(ground.git, tag).reason
            raise ConditionError(f"this data was taken back as {tag.name.version} ({reason}); promote other data")


def _refuse_overlaps(ground: Ground, dataset: DatasetConfig, version: Version) -> None:
    found = overlaps(ground, dataset, version)
    if found:
        raise ConditionError("\n".join(found))


def _conditions(stage: Stage, candidate: Candidate) -> tuple[str, ...]:
    missing = unmet(stage, candidate)
    if missing:
        raise ConditionError("\n".join(missing))
    return (met(stage, candidate),)


def _candidate(ground: Ground, verdict: Verdict, commit: str, now: datetime) -> Candidate:
    """commit: the one that was judged, whose message names who reviewed it."""
    told = (
        ground.git.run("log", "--no-show-signature", "-1", f"--format=%ae%n{_TRAILERS}", commit)
        .decode(errors="replace")
        .splitlines()
    )
    trailers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in told[1:])]
    purpose = verdict.contract["purpose"]
    return Candidate(
        dataset=verdict.dataset,
        version="",
        checks=verdict.checks,
        rows=verdict.rows,
        author=told[0],
        now=now,
        purpose=str(purpose) if purpose else None,
        trailers=[(name, value) for name, value in trailers if name],
        waived=verdict.waived,
        loosened=verdict.loosened,
    )
