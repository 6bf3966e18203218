"""Whether promotions follow each other as they say: versions after their base, the events of a stage one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.promotion.errors import PromotionError
from gates.promotion.promoted import message_of_tag, promoted
from gates.promotion.verification.findings import Finding, looked_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from gates.promotion.history import History, Tag
    from gates.promotion.promoted import Promoted
    from gates.promotion.tag_message import Followed, TagMessage
    from gates.versions.repository import Repository


@dataclass(frozen=True)
class Event:
    """A tag that puts a version on a stage, or takes something back. found: the version that it speaks of."""

    tag: Tag
    message: TagMessage
    found: Promoted


def verify_base(repository: Repository, known: History, found: Promoted) -> Finding:
    """Whether the version before is the one that this one says it follows."""

    def step() -> str | None:
        base = found.statement.base
        if base is None:
            return "follows no version, and its tag says otherwise" if found.message.follows else None
        before = known.tag_of(base.version)
        if before is None:
            return f"follows {base.version}, whose tag is gone; `git fetch --tags`"
        if promoted(repository, before).digest != base.statement_sha256:
            return f"follows another statement of {base.version} than the one that its tag points to"
        if not base.version < found.statement.version:
            return f"follows {base.version}, which is no earlier version"
        git = git_of(repository, str(found.tag.name))
        if not git.succeeds("merge-base", "--is-ancestor", before.commit, found.tag.commit):
            if git.is_shallow():
                raise DataError(f"the clone is shallow: what lies between {base.version} and it is not here")
            return f"follows {base.version}, which is not in its history"
        return _followed(found.message.follows, before)

    return looked_at(str(found.tag.name), "order", step)


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


def _followed(said: Followed | None, before: Tag | None) -> str | None:
    if (said is None) != (before is None) or (said and before and said.name != str(before.name)):
        return f"says it follows {said.name if said else 'nothing'}, and before it is {before.name if before else 'nothing'}: a tag was added, moved or deleted"
    if said and before and said.object_id != before.object_id:
        return f"follows another {before.name} than the one there is: that tag was replaced"
    return None
