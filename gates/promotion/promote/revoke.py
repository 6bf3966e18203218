"""Takes a version back, or off a stage: a record and a tag are added, and nothing is deleted."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gates.errors import GatesError, UsageError, did_you_mean
from gates.promotion.git.history import PromotionTag, TagHistory, histories, tag_history
from gates.promotion.git.promoted_version import PromotedVersion, promoted_version
from gates.promotion.git.same_files import files_of, with_files
from gates.promotion.promote.plan import PromotionPlan, existing_tags, previous, wanted_version
from gates.promotion.statements.paths import folder_of_config
from gates.promotion.statements.revocation import Revocation
from gates.promotion.statements.tag_message import TagMessage
from gates.promotion.statements.tags import ReleaseVersion, TagName

if TYPE_CHECKING:
    from gates.promotion.evidence import PromoteRequest
    from gates.versions.changes.clean_repository import CleanRepository


def plan_revocation(clean: CleanRepository, request: PromoteRequest, reason: str) -> PromotionPlan:
    """What taking a version back adds. request.version: None for the last one, or for the one that is on the stage.

    Raises UsageError where there is nothing to take back, PromotionError where the version's promotion cannot be read.
    """
    history = tag_history(clean.repository, request.dataset, folder_of_config(clean.repository, request.home))
    version, stage = _wanted(history, request), request.stage
    tag = history.made[version]
    revocation = _revocation(history, stage, version)
    if revocation:
        return _nothing_new(history, request, version, revocation)
    promoted = promoted_version(clean.repository, tag)
    name = TagName(history.dataset, history.folder, version, is_revocation=True)
    before, subject = tag, f"revoked {history.dataset} {version}"
    if stage:
        number = history.next_number
        name = TagName(history.dataset, history.folder, stage=stage, number=number, is_revocation=True)
        before, subject = history.last_event(stage) or tag, f"removed {history.dataset} {version} from {stage}"
    message = TagMessage(subject, promoted.digest, version, previous(before), stage, (), reason)
    record = Revocation(history.dataset, version, stage, promoted.digest, reason, request.now)
    return PromotionPlan(
        version, ((name, message),), files={history.record(version, name.number): record.to_bytes()},
        message=f"revoke: {subject}\n", target=tag.commit, sentence=f"{subject}: {reason}", at=request.now,
        existing=existing_tags(history, tag),
        note=None if stage else _same_elsewhere(history, promoted),
    )  # fmt: skip


def _same_elsewhere(history: TagHistory, promoted: PromotedVersion) -> str | None:
    """A sentence on the other versions that have the same files and are not taken back."""
    versions = []
    for version, tag in history.standing().items():
        # What is wrong with another version keeps nobody from revoking this one; `gates verify` names it.
        with suppress(GatesError):
            if tag != promoted.tag and with_files(history, files_of(promoted), [version]):
                versions.append(version)
    if not versions:
        return None
    which = ", ".join(map(str, versions))
    which += " has the same files and stands" if len(versions) == 1 else " have the same files and stand"
    calls = " and ".join(f"--revoke --version {version}" for version in versions)
    return f"{which}: no stage takes such files any more, and consumers may still have them; take back too: {calls}"


def _wanted(history: TagHistory, request: PromoteRequest) -> ReleaseVersion:
    """The version that a call means. Raises UsageError where it cannot be taken back, or off the stage."""
    stage, name = request.stage, history.dataset
    if request.version is None and stage:
        # Once a version was taken off, an earlier one is on the stage: it has to be named, or a call that is repeated
        # takes that off too.
        event = history.last_event(stage)
        if event is None:
            raise UsageError(f"no version of '{name}' is on '{stage}'{_holders(history, stage)}")
        version = next((version for version, tag in history.made.items() if tag.commit == event.commit), None)
    else:
        version = wanted_version(request.version, history) if request.version else history.highest()
    if version is None or version not in history.made:
        raise UsageError(f"'{name}' has no version {request.version or 'to take back'}; {_versions(history)}")
    if stage:
        _refuse_off_stage(history, stage, version)
    return version


def _refuse_off_stage(history: TagHistory, stage: str, version: ReleaseVersion) -> None:
    tag, newest = history.made[version], history.last_event(stage)
    if version not in history.standing():
        raise UsageError(f"{tag.name} was taken back already, and so is on no stage")
    if history.last_event(stage, tag.commit) is None:
        raise UsageError(f"{tag.name} is not on '{stage}'{_holders(history, stage)}")
    if newest and newest.commit != tag.commit and _revocation(history, stage, version) is None:
        # DVC takes the commit of a stage's newest event for what is on the stage, be it a revocation.
        raise UsageError(
            f"{tag.name} has made way on '{stage}' by {newest.name}, and to take it off now would lead DVC back to it; "
            "where nobody may use it, take the version back: leave --stage out"
        )


def _versions(history: TagHistory) -> str:
    """Which versions there are to take back, or why there are none."""
    if history.standing():
        return f"promoted: {', '.join(map(str, history.standing()))}"
    if history.versions:
        return "all that were promoted were taken back already"
    others = [other.dataset for other in histories(history.repository) if other.folder == history.folder]
    near = f" ({did_you_mean(history.dataset, others)})" if others else ""
    return f"nothing of it was promoted, or its tags are not here, `git fetch --tags`{near}"


def _revocation(history: TagHistory, stage: str | None, version: ReleaseVersion) -> PromotionTag | None:
    """The tag by which a version was taken back, or off a stage; None where it is still there."""
    if stage is None:
        return history.revocation_of(version)
    event = history.last_event(stage, history.made[version].commit)
    return event if event and event.name.is_revocation else None


def _nothing_new(
    history: TagHistory, request: PromoteRequest, version: ReleaseVersion, revocation: PromotionTag
) -> PromotionPlan:
    """It was taken back before; that may still have to be sent."""
    tag, stage = history.made[version], revocation.name.stage
    others = ", ".join(str(other) for other in history.standing() if other != version)
    sentence = (
        f"{tag.name} was taken off '{stage}' already ({_on_stages(history).get(stage, 'no version')} is on it now)"
        if stage
        else f"{tag.name} was taken back already ({others or 'nothing'} stands)"
    )
    return PromotionPlan(
        version, (), sentence=sentence, existing=existing_tags(history, tag), target=tag.commit, at=request.now,
        recorded=(history.record(version, revocation.name.number),),
    )  # fmt: skip


def _holders(history: TagHistory, stage: str) -> str:
    """A clause that says which version is on which stage, for whoever named one that is not."""
    stages = _on_stages(history)
    if not stages:
        return "; none of its versions is on a stage, see `gates verify`"
    hint = "" if stage in stages else f" ({did_you_mean(stage, stages)})"
    listed = "; ".join(f"{name} by {versions}" for name, versions in stages.items())
    return f"{hint}; held: {listed}; see --stage and --version"


def _on_stages(history: TagHistory) -> dict[str, str]:
    """The versions by stage that are on it, of those that stand."""
    stages: dict[str, list[str]] = {}
    for version, tag in history.standing().items():
        for stage in history.events_of(tag.commit):
            stages.setdefault(stage, []).append(str(version))
    return {stage: ", ".join(versions) for stage, versions in sorted(stages.items())}
