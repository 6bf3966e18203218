"""Takes a version back, or off a stage: a record and a tag are added, and nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import UsageError, did_you_mean
from gates.promotion.git.history import History, histories, history
from gates.promotion.git.promoted_version import promoted
from gates.promotion.git.same_files import also_standing
from gates.promotion.promote.plan import Plan, followed, held_by, version_wanted
from gates.promotion.statements.paths import folder_of_config
from gates.promotion.statements.revocation import Revocation, record_path
from gates.promotion.statements.tag_message import TagMessage
from gates.promotion.statements.tags import TagName

if TYPE_CHECKING:
    from gates.promotion.git.history import Tag
    from gates.promotion.git.preconditions import Ground
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.request import Asked


def plan_revocation(ground: Ground, asked: Asked, reason: str) -> Plan:
    """What taking a version back adds. asked.version: None for the last one, or for the one that holds the stage.

    Raises UsageError where there is nothing to take back, PromotionError where the version's promotion cannot be read.
    """
    folder = folder_of_config(ground.repository, asked.path)
    known = history(ground.git, asked.dataset, folder)
    tag = _meant(ground, known, asked)
    version = tag.name.version
    assert version is not None  # noqa: S101  # `_meant` gives a version's tag
    taken = _taken(known, asked.stage, tag)
    if taken:
        return _nothing_new(known, asked, tag, taken)
    found = promoted(ground.repository, tag)
    digest = found.digest
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
        sentence=f"{subject}: {reason}", at=asked.now, held=held_by(known, tag),
        note=None if asked.stage else _same_elsewhere(ground, known, found),
    )  # fmt: skip


def _same_elsewhere(ground: Ground, known: History, found: Promoted) -> str | None:
    """A sentence on the versions that have the same files and are not taken back by this."""
    also = also_standing(ground.repository, known, found)
    if not also:
        return None
    names = ", ".join(map(str, also))
    which = f"{names} has the same files and stands" if len(also) == 1 else f"{names} have the same files and stand"
    calls = " and ".join(f"--revoke --version {version}" for version in also)
    return f"{which}: no stage takes such files any more, and consumers may still have them; take back too: {calls}"


def _meant(ground: Ground, known: History, asked: Asked) -> Tag:
    if asked.version is None and asked.stage:
        # Once a version was taken off, an earlier one holds the stage: it has to be named, or a call that is repeated
        # takes that off too.
        event = known.last_of(asked.stage)
        if event is None:
            raise UsageError(f"no version of '{known.dataset}' holds '{asked.stage}'{_holders(known, asked.stage)}")
        found = _made(known, event)
    else:
        last = max((tag.name.version for tag in known.versions if tag.name.version), default=None)
        version = version_wanted(asked.version, known) if asked.version else last
        found = known.tag_of(version) if version else None
    if found is None:
        raise UsageError(f"'{known.dataset}' has no version {asked.version or 'to take back'}; {_there(ground, known)}")
    if asked.stage and found.name.version not in known.standing():
        raise UsageError(f"{found.name} was taken back already, and so is on no stage")
    if asked.stage and _last_event(known, asked.stage, found) is None:
        raise UsageError(f"{found.name} is not on '{asked.stage}'{_holders(known, asked.stage)}")
    newest = known.last_of(asked.stage) if asked.stage else None
    if newest and newest.commit != found.commit and _taken(known, asked.stage, found) is None:
        # DVC takes the commit of a stage's newest event for what the stage holds, be it a revocation.
        raise UsageError(
            f"{found.name} has made way on '{asked.stage}' by {newest.name}, and to take it off now would lead DVC back to it; "
            "where nobody may use it, take the version back: leave --stage out"
        )
    return found


def _there(ground: Ground, known: History) -> str:
    """Which versions there are to take back, or why there are none."""
    if known.standing():
        return f"promoted: {', '.join(map(str, known.standing()))}"
    if known.versions:
        return "all that were promoted were taken back already"
    others = [other.dataset for other in histories(ground.git) if other.folder == known.folder]
    near = f" ({did_you_mean(known.dataset, others)})" if others else ""
    return f"nothing of it was promoted, or its tags are not here, `git fetch --tags`{near}"


def _taken(known: History, stage: str | None, made: Tag) -> Tag | None:
    """The tag by which a version was taken back, or off a stage; None where it still stands there."""
    if stage is None:
        return known.tag_of(made.name.version, is_revocation=True) if made.name.version else None
    event = _last_event(known, stage, made)
    return event if event and event.name.is_revocation else None


def _nothing_new(known: History, asked: Asked, made: Tag, taken: Tag) -> Plan:
    """It was taken back before; that may still have to be sent."""
    version, stage = made.name.version, taken.name.stage
    assert version is not None  # noqa: S101  # a version's tag has one
    others = ", ".join(str(other) for other in known.standing() if other != version)
    sentence = (
        f"{made.name} was taken off '{stage}' already ({_held(known).get(stage, 'no version')} holds it now)"
        if stage
        else f"{made.name} was taken back already ({others or 'nothing'} stands)"
    )
    recorded = (record_path(known.folder, known.dataset, version, taken.name.number),)
    return Plan(
        version, (), sentence=sentence, held=held_by(known, made), recorded=recorded, target=made.commit, at=asked.now
    )


def _last_event(known: History, stage: str, made: Tag) -> Tag | None:
    """What became of a version on a stage last; None where it never was there."""
    events = (tag for tag in reversed(known.stages) if (tag.name.stage, tag.commit) == (stage, made.commit))
    return next(events, None)


def _made(known: History, event: Tag) -> Tag | None:
    """The tag that made the version of an event."""
    return next((tag for tag in known.versions if tag.commit == event.commit and not tag.name.is_revocation), None)


def _holders(known: History, stage: str) -> str:
    """A clause that says which version holds which stage, for whoever named one that does not."""
    held = _held(known)
    if not held:
        return "; none of its versions is on a stage, see `gates verify`"
    hint = "" if stage in held else f" ({did_you_mean(stage, held)})"
    return f"{hint}; held: {'; '.join(f'{name} by {versions}' for name, versions in held.items())}; see --stage and --version"


def _held(known: History) -> dict[str, str]:
    """The versions by stage that hold it."""
    standing = known.standing()
    held: dict[str, str] = {}
    for name in sorted({str(tag.name.stage) for tag in known.stages}):
        versions = {tag.name.version for tag in known.versions if name in known.events_of(tag.commit)}
        listed = ", ".join(str(version) for version in standing if version in versions)
        held |= {name: listed} if listed else {}
    return held
