"""Takes a version back, or off a stage: a record and a tag are added, and nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import UsageError
from gates.promotion.history import History, history
from gates.promotion.planning import Plan, folder_of_config, followed, version_wanted
from gates.promotion.promoted import promoted
from gates.promotion.revocation import Revocation, record_path
from gates.promotion.tag_message import TagMessage
from gates.promotion.tags import TagName

if TYPE_CHECKING:
    from gates.promotion.asked import Asked
    from gates.promotion.ground import Ground
    from gates.promotion.history import Tag


def plan_revocation(ground: Ground, asked: Asked, reason: str) -> Plan:
    """What taking a version back adds. asked.version: None for the last one, or for the one that holds the stage.

    Raises UsageError where there is nothing to take back, PromotionError where the version's promotion cannot be read.
    """
    folder = folder_of_config(ground.repository, asked.path)
    known = history(ground.git, asked.dataset, folder)
    tag = _meant(known, asked)
    version = tag.name.version
    assert version is not None  # noqa: S101  # `_meant` gives a version's tag
    digest = promoted(ground.repository, tag).digest
    if asked.stage:
        name = TagName(known.dataset, folder, stage=asked.stage, number=known.next_number, is_revocation=True)
        before = known.last_of(asked.stage)
        subject = f"{known.dataset} {version} off {asked.stage}"
    else:
        name = TagName(known.dataset, folder, version, is_revocation=True)
        before = tag
        subject = f"{known.dataset} {version} taken back"
    message = TagMessage(subject, digest, version, followed(before), asked.stage, (), reason)
    record = Revocation(known.dataset, version, asked.stage, digest, reason, asked.now)
    file = record_path(folder, known.dataset, version, name.number)
    return Plan(
        version, ((name, message),), (), {file: record.to_bytes()}, f"revoke: {subject}\n", target=tag.commit,
        sentence=f"{subject}: {reason}",
        at=asked.now,
    )  # fmt: skip


def _meant(known: History, asked: Asked) -> Tag:
    if asked.version is None and asked.stage:
        holder = known.holder(asked.stage)
        if holder is None:
            raise UsageError(f"no version of '{known.dataset}' holds '{asked.stage}'")
        found = next(
            (tag for tag in known.versions if tag.commit == holder.commit and not tag.name.is_revocation), None
        )
    else:
        version = version_wanted(asked.version, known) if asked.version else known.last()
        found = known.tag_of(version) if version else None
    if found is None:
        listed = ", ".join(str(version) for version in known.standing()) or "there is none"
        raise UsageError(f"'{known.dataset}' has no version {asked.version or 'to take back'}; promoted: {listed}")
    if found.name.version not in known.standing():
        raise UsageError(f"{found.name} was taken back already")
    if asked.stage and asked.stage not in known.events_of(found.commit):
        raise UsageError(f"{found.name} is not on '{asked.stage}'")
    return found
