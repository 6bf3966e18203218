"""Whether promotions follow each other as they say: versions after their base, the events of a stage one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.errors import DataError, GatesError
from gates.promotion.errors import PromotionError
from gates.promotion.git.promoted_version import message_of_tag, promoted
from gates.promotion.statements.revocation import record_path
from gates.promotion.verification.findings import Finding, State, first_wrong, looked_at, refused
from gates.promotion.verification.version import verify_claims
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from datetime import datetime

    from gates.promotion.git.history import History, Tag
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.statements.tag_message import Followed, TagMessage
    from gates.promotion.statements.tags import Version
    from gates.versions.git import Git
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class Event:
    """A tag that puts a version on a stage, or takes something back. found: the version that it speaks of."""

    tag: Tag
    message: TagMessage
    found: Promoted


@dataclass(frozen=True)
class Place:
    """Where a version stands among the others. commit: the one that was judged. names: of the files that it has.

    base: the version that it follows, None where it says that it is the first. at: when it was promoted.
    """

    version: Version
    base: Version | None
    commit: str
    names: Container[str]
    at: datetime


def wrong_place(git: Git, known: History, place: Place) -> str | None:
    """What is wrong with the version that another one follows: it is the highest that stood in the judged commit's history.

    Raises DataError where a shallow clone does not show that history.
    """
    base = known.tag_of(place.base) if place.base else None
    if base is None and place.base:
        return f"follows {place.base}, whose tag is gone; `git fetch --tags`"
    if place.base and not place.base < place.version:
        return f"follows {place.base}, which is no earlier version"
    record = record_path(known.folder, known.dataset, place.base, None) if place.base else ""
    if record in place.names:
        return f"follows {place.base}, which {record} of the judged commit says was taken back"
    if base and not git.succeeds("merge-base", "--is-ancestor", base.commit, place.commit):
        if git.is_shallow():
            raise DataError(f"the clone is shallow: what lies between {place.base} and it is not here")
        return f"follows {place.base}, which is not in its history"
    return _passed_over(git, known, place, base)


def verify_base(repository: Repository, known: History, found: Promoted) -> Finding:
    """Whether the version before is the one that this one says it follows, and the one that it had to follow."""

    def step() -> str | None:
        said = found.statement
        before = known.tag_of(said.base.version) if said.base else None
        if said.base and before and promoted(repository, before).digest != said.base.statement_sha256:
            return f"follows another statement of {said.base.version} than the one that its tag points to"
        git, base = git_of(repository, str(found.tag.name)), said.base.version if said.base else None
        place = Place(said.version, base, said.commit, found.tree.listing.blobs, said.promoted_at)
        wrong = wrong_place(git, known, place)
        if wrong is None and base is None and found.message.follows:
            return "follows no version, and its tag says otherwise"
        return unless_shallow(git, wrong or _followed(found.message.follows, before))

    return looked_at(str(found.tag.name), "order", step)


def verify_said(repository: Repository, known: History, found: Promoted) -> Iterator[Finding]:
    """Findings on what a version says of itself and of the one before; neither its contract nor its data is read."""
    yield from verify_claims(repository, found)
    yield verify_base(repository, known, found)


def verify_bases(repository: Repository, known: History, found: Promoted) -> Iterator[Finding]:
    """Findings on what each version before says, one after the other down to the first."""
    while found.statement.base:
        tag = known.tag_of(found.statement.base.version)
        if tag is None or not found.statement.base.version < found.statement.version:
            # What is wrong is a finding on the version that names it.
            return
        try:
            found = promoted(repository, tag)
        except GatesError as error:
            yield refused(str(tag.name), "statement", error)
            return
        yield from verify_said(repository, known, found)


def resting_on(finding: Finding, others: Iterable[Finding]) -> Finding:
    """The finding, unless it holds and another one that it rests on does not."""
    if finding.state is not State.HOLDS:
        return finding
    found = [*others]
    wrong = next((other for other in found if other.state is State.WRONG), None) or first_wrong(found)
    return replace(finding, state=wrong.state, words=f"rests on {wrong}") if wrong else finding


def event_of(repository: Repository, known: History, tag: Tag) -> Event:
    """The event that a tag stands for.

    Raises PromotionError where the tag is not about the version that it points to, and what `promoted` raises.
    """
    message = message_of_tag(repository, tag)
    if message.stage != tag.name.stage:
        raise PromotionError(f"its message is that of {f'stage {message.stage}' if message.stage else 'a version'}")
    if tag.name.version not in (None, message.version):
        raise PromotionError(f"its message is that of {message.version}")
    made = known.tag_of(message.version)
    if made is None:
        raise PromotionError(
            f"speaks of {known.dataset} {message.version}, and there is no tag of that version; `git fetch --tags`"
        )
    if made.commit != tag.commit:
        raise PromotionError(
            f"points to {tag.commit[:7]}, which is not where {known.dataset} {message.version} is: {made.commit[:7]}"
        )
    found = promoted(repository, made)
    if found.digest != message.statement_sha256:
        raise PromotionError(f"names another statement than that of {message.version}")
    return Event(tag, message, found)


def wrong_order(known: History, event: Event) -> str | None:
    """What is wrong with the place that an event has among the others."""
    name, said = event.tag.name, event.message.follows
    if name.stage is None:
        return _followed(said, event.found.tag)
    earlier = known.stages[: known.stages.index(event.tag)]
    if earlier and earlier[-1].name.number == name.number:
        return f"has the number of {earlier[-1].name}"
    if name.is_revocation and name.stage not in known.events_of(event.tag.commit, before=name.number):
        return f"takes {event.message.version} off '{name.stage}', where it was not"
    same = [other for other in earlier if other.name.stage == name.stage]
    return _followed(said, same[-1] if same else None)


def _passed_over(git: Git, known: History, place: Place, base: Tag | None) -> str | None:
    """The version that should have been followed instead: another one in the judged commit's history, not taken back."""
    others = {
        tag.commit: tag.name.version
        for tag in known.versions
        if tag.name.version and tag.name.version != place.version and not tag.name.is_revocation
        if place.base is None or tag.name.version > place.base
        if not _was_taken_back(known, place, tag.name.version)
    }
    if not others:
        return None
    # What is in the base's own history is asked of the base.
    since = git.run("rev-list", place.commit, *([f"^{base.commit}"] if base else [])).decode().split()
    passed = max((others[commit] for commit in since if commit in others), default=None)
    if passed:
        return f"follows {place.base or 'no version'}, and {passed}, which stood, is in its history"
    if git.is_shallow():
        raise DataError(f"the clone is shallow: whether {max(others.values())} is in its history cannot be seen")
    return None


def _was_taken_back(known: History, place: Place, version: Version) -> bool:
    """Whether who promoted had to pass a version over: by its tag, which may come sooner than the branch with the record.

    A record alone is no revocation: `gates promote` goes by tags, and a record without its tag is named by itself.
    """
    taken = known.tag_of(version, is_revocation=True)
    if taken is None:
        return False
    is_earlier = taken.made_at is not None and taken.made_at <= place.at
    return is_earlier or record_path(known.folder, known.dataset, version, None) in place.names


def unless_shallow(git: Git, wrong: str | None) -> str | None:
    """What is wrong with an order. Raises DataError in a shallow clone, in which it may be that tags were not fetched."""
    if wrong and git.is_shallow():
        raise DataError(
            f"the clone is shallow, and what came before may not be here; `git fetch --unshallow --tags` ({wrong})"
        )
    return wrong


def _followed(said: Followed | None, before: Tag | None) -> str | None:
    if (said is None) != (before is None) or (said and before and said.name != str(before.name)):
        return f"says it follows {said.name if said else 'nothing'}, and before it is {before.name if before else 'nothing'}: a tag was added, moved or deleted"
    if said and before and said.object_id != before.object_id:
        return f"follows another {before.name} than the one there is: that tag was replaced"
    return None
