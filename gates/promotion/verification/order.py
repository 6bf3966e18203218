"""Whether promotions follow each other as they say: versions after their base, the events of a stage one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gates.errors import DataError, GatesError
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import PromotionTag, TagHistory, message_of
from gates.promotion.git.promoted_version import PromotedVersion, promoted_version
from gates.promotion.verification.findings import Finding, FindingState, looked_at, refused
from gates.promotion.verification.version import verify_claims

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from datetime import datetime

    from gates.promotion.statements.tag_message import PreviousTag, TagMessage
    from gates.promotion.statements.tags import ReleaseVersion
    from gates.versions.git.commands import Git


@dataclass(frozen=True)
class StageEvent:
    """A tag that puts a version on a stage, or takes something back. promoted: the version that it speaks of."""

    history: TagHistory
    tag: PromotionTag
    message: TagMessage
    promoted: PromotedVersion


@dataclass(frozen=True)
class Succession:
    """Which version another one follows. commit: the one that was judged. names: of the files that it has.

    base: the version that it follows, None where it says that it is the first. at: when it was promoted.
    """

    version: ReleaseVersion
    base: ReleaseVersion | None
    commit: str
    names: Container[str]
    at: datetime


def wrong_base(history: TagHistory, succession: Succession) -> str | None:
    """What is wrong with the version that another one follows: it is the highest that stood in the judged commit's history.

    Raises DataError where a shallow clone does not show that history.
    """
    version = succession.base
    if version is None:
        return _passed_over(history, succession, None)
    base, git = history.made.get(version), history.git
    if base is None:
        return f"follows {version}, whose tag is gone; `git fetch --tags`"
    if not version < succession.version:
        return f"follows {version}, which is no earlier version"
    record = history.record(version)
    if record in succession.names:
        return f"follows {version}, which {record} of the judged commit says was taken back"
    if not git.is_ancestor(base.commit, succession.commit):
        if git.is_shallow():
            raise DataError(f"the clone is shallow: what lies between {version} and it is not here")
        return f"follows {version}, which is not in its history"
    return _passed_over(history, succession, base)


def verify_base(history: TagHistory, promoted: PromotedVersion) -> Finding:
    """Whether the version before is the one that this one says it follows, and the one that it had to follow."""
    return looked_at(promoted.name, "order", partial(_wrong_order, history, promoted))


def _wrong_order(history: TagHistory, promoted: PromotedVersion) -> str | None:
    statement, follows = promoted.statement, promoted.message.follows
    base = statement.base.version if statement.base else None
    before = history.made.get(base) if base else None
    if statement.base and before:
        digest = promoted_version(history.repository, before).digest
        if digest != statement.base.statement_sha256:
            return f"follows another statement of {base} than the one that its tag points to"
    names = promoted.tree.listing.blobs
    succession = Succession(statement.version, base, statement.commit, names, statement.promoted_at)
    wrong = wrong_base(history, succession)
    if wrong is None and base is None and follows:
        return "follows no version, and its tag says otherwise"
    return unless_shallow(history.git, wrong or wrong_previous(follows, before))


def verify_claims_and_base(history: TagHistory, promoted: PromotedVersion) -> Iterator[Finding]:
    """Findings on what a version says of itself and of the one before; neither its contract nor its data is read."""
    yield from verify_claims(promoted)
    yield verify_base(history, promoted)


def verify_bases(history: TagHistory, promoted: PromotedVersion) -> Iterator[Finding]:
    """Findings on what each version before says, one after the other down to the first."""
    while promoted.statement.base:
        tag = history.made.get(promoted.statement.base.version)
        if tag is None or not promoted.statement.base.version < promoted.statement.version:
            # What is wrong is a finding on the version that names it.
            return
        try:
            promoted = promoted_version(history.repository, tag)
        except GatesError as error:
            yield refused(str(tag.name), "statement", error)
            return
        yield from verify_claims_and_base(history, promoted)


def resting_on(finding: Finding, others: Iterable[Finding]) -> Finding:
    """The finding, unless it is verified and another one that it rests on is bad."""
    if finding.state is not FindingState.VERIFIED:
        return finding
    bad = [other for other in others if other.is_bad]
    wrong = min(bad, key=lambda other: other.state is not FindingState.WRONG, default=None)
    return replace(finding, state=wrong.state, words=f"rests on {wrong}") if wrong else finding


def event_of(history: TagHistory, tag: PromotionTag) -> StageEvent:
    """The event that a tag stands for.

    Raises PromotionError where the tag is not about the version that it points to, and what `promoted_version` raises.
    """
    message = message_of(history.git, tag)
    name = f"{history.dataset} {message.version}"
    if message.stage != tag.name.stage:
        raise PromotionError(f"its message is that of {f'stage {message.stage}' if message.stage else 'a version'}")
    if tag.name.version not in (None, message.version):
        raise PromotionError(f"its message is that of {message.version}")
    made = history.made.get(message.version)
    if made is None:
        raise PromotionError(f"speaks of {name}, and there is no tag of that version; `git fetch --tags`")
    if made.commit != tag.commit:
        raise PromotionError(f"points to {tag.commit[:7]}, which is not where {name} is: {made.commit[:7]}")
    promoted = promoted_version(history.repository, made)
    if promoted.digest != message.statement_sha256:
        raise PromotionError(f"names another statement than that of {message.version}")
    return StageEvent(history, tag, message, promoted)


def wrong_event_order(event: StageEvent) -> str | None:
    """What is wrong with the place that an event has among the others."""
    name, follows, stages = event.tag.name, event.message.follows, event.history.stages
    if name.stage is None:
        return wrong_previous(follows, event.promoted.tag)
    earlier = stages[: stages.index(event.tag)]
    if earlier and earlier[-1].name.number == name.number:
        return f"has the number of {earlier[-1].name}"
    if name.is_revocation and name.stage not in event.history.events_of(event.tag.commit, before=name.number):
        return f"takes {event.message.version} off '{name.stage}', where it was not"
    same = [other for other in earlier if other.name.stage == name.stage]
    return wrong_previous(follows, same[-1] if same else None)


def unless_shallow(git: Git, wrong: str | None) -> str | None:
    """What is wrong with an order. Raises DataError in a shallow clone, in which it may be that tags were not fetched."""
    if wrong and git.is_shallow():
        raise DataError(
            f"the clone is shallow, and what came before may not be here; `git fetch --unshallow --tags` ({wrong})"
        )
    return wrong


def wrong_previous(stated: PreviousTag | None, before: PromotionTag | None) -> str | None:
    """What is wrong with the tag that another one says it follows. before: the one that it does follow."""
    if (stated is None) != (before is None) or (stated and before and stated.name != str(before.name)):
        return (
            f"says it follows {stated.name if stated else 'nothing'}, and before it is {before.name if before else 'nothing'}: "
            "a tag was added, moved or deleted"
        )
    if stated and before and stated.object_id != before.object_id:
        return f"follows another {before.name} than the one there is: that tag was replaced"
    return None


def _passed_over(history: TagHistory, succession: Succession, base: PromotionTag | None) -> str | None:
    """The version that should have been followed instead: another one in the judged commit's history, not taken back."""
    others = {
        tag.commit: version
        for version, tag in history.made.items()
        if version != succession.version and (succession.base is None or version > succession.base)
        if not _was_revoked(history, succession, version)
    }
    if not others:
        return None
    # What is in the base's own history is asked of the base.
    since = history.git.run("rev-list", succession.commit, *([f"^{base.commit}"] if base else [])).decode().split()
    passed = max((others[commit] for commit in since if commit in others), default=None)
    if passed:
        return f"follows {succession.base or 'no version'}, and {passed}, which stood, is in its history"
    if history.git.is_shallow():
        raise DataError(f"the clone is shallow: whether {max(others.values())} is in its history cannot be seen")
    return None


def _was_revoked(history: TagHistory, succession: Succession, version: ReleaseVersion) -> bool:
    """Whether who promoted had to pass a version over: by its tag, which may come sooner than the branch with the record.

    A record alone is no revocation: `gates promote` goes by tags, and a record without its tag is named by itself.
    """
    revocation = history.revocation_of(version)
    if revocation is None:
        return False
    is_earlier = revocation.made_at is not None and revocation.made_at <= succession.at
    return is_earlier or history.record(version) in succession.names
