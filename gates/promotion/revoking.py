"""Takes a version back, or off a stage: a record and a tag are added, and nothing is deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.errors import UsageError, did_you_mean
from gates.promotion.fields import moment_text
from gates.promotion.history import History, histories, history
from gates.promotion.planning import FOLDER, Plan, folder_of_config, followed, version_wanted
from gates.promotion.promoted import promoted
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
    tag = _meant(ground, known, asked)
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
    record = {
        "dataset": known.dataset,
        "version": str(version),
        "stage": asked.stage,
        "statement_sha256": digest,
        "reason": reason,
        "revoked_at": moment_text(asked.now),
    }
    path = f"{folder}/{FOLDER}" if folder else FOLDER
    file = f"{path}/{known.dataset}/revocations/{version}{f'-{name.number}' if asked.stage else ''}.json"
    content = json.dumps(record, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n"
    return Plan(
        version, ((name, message),), (), {file: content}, f"revoke: {subject}\n", target=tag.commit,
        sentence=f"{subject}: {reason}",
    )  # fmt: skip


def _meant(ground: Ground, known: History, asked: Asked) -> Tag:
    if asked.version is None and asked.stage:
        holder = known.holder(asked.stage)
        if holder is None:
            raise UsageError(f"no version of '{known.dataset}' holds '{asked.stage}'; {_held(known)}")
        found = next(
            (tag for tag in known.versions if tag.commit == holder.commit and not tag.name.is_revocation), None
        )
    else:
        version = version_wanted(asked.version, known) if asked.version else known.last()
        found = known.tag_of(version) if version else None
    if found is None:
        raise UsageError(f"'{known.dataset}' has no version {asked.version or 'to take back'}; {_there(ground, known)}")
    if found.name.version not in known.standing():
        raise UsageError(f"{found.name} was taken back already, and is for good; there is nothing left to do")
    if asked.stage and asked.stage not in known.events_of(found.commit):
        raise UsageError(f"{found.name} is not on '{asked.stage}'; {_held(known)}")
    return found


def _there(ground: Ground, known: History) -> str:
    """Which versions there are to take back, or why there are none."""
    if known.standing():
        return f"promoted: {', '.join(map(str, known.standing()))}"
    if known.versions:
        return "all that were promoted were taken back already"
    others = [other.dataset for other in histories(ground.git) if other.folder == known.folder]
    return f"nothing of it was promoted, or its tags are not here, `git fetch --tags` ({did_you_mean(known.dataset, others)})"


def _held(known: History) -> str:
    """Which version is on which stage, or that there is none."""
    held = [
        f"{version} on {', '.join(sorted(stages))}"
        for version in known.standing()
        if (tag := known.tag_of(version)) and (stages := known.events_of(tag.commit))
    ]
    return f"promoted: {'; '.join(held)}" if held else "no version is on any stage"
