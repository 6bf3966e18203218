"""Verifies what the tags say that put versions on stages, or take something back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.git.promoted_version import message_of_tag
from gates.promotion.verification.conditions import wrong_conditions
from gates.promotion.verification.findings import Finding, looked_at, refused
from gates.promotion.verification.order import event_of, unless_shallow, wrong_order
from gates.promotion.verification.revocations import wrong_record
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.git.history import History, Tag
    from gates.versions.repository import Repository

# How a tag says which event of the stage before opened its stage; what follows answers other conditions.
_AFTER = re.compile(r"after ([^;\s]+)(?:;.*)?")


def verify_event(repository: Repository, known: History, tag: Tag) -> Iterator[Finding]:
    """Findings on one event: its place among the others, and what a stage asked or what was recorded of a revocation."""
    name = str(tag.name)
    try:
        event = event_of(repository, known, tag)
    except GatesError as error:
        yield refused(name, "order", error)
        return
    git = git_of(repository, name)
    yield looked_at(name, "order", lambda: unless_shallow(git, wrong_order(known, event)))
    if tag.name.is_revocation:
        yield looked_at(name, "record", lambda: wrong_record(repository, known, event))
    else:
        yield looked_at(name, "conditions", lambda: wrong_conditions(repository, known, event))


def verify_events_before(repository: Repository, known: History, tag: Tag) -> Iterator[Finding]:
    """Findings on the event of the stage before that an event came after, on the one that this came after, and so on."""
    before = _came_after(repository, known, tag)
    while before:
        yield from verify_event(repository, known, before)
        before = _came_after(repository, known, before)


def _came_after(repository: Repository, known: History, tag: Tag) -> Tag | None:
    """None where it came after none, or nobody can say so: then what is wrong is a finding on the event itself."""
    try:
        conditions = message_of_tag(repository, tag).conditions
    except GatesError:
        return None
    named = {found[1] for found in map(_AFTER.fullmatch, conditions) if found}
    earlier = (other for other in known.stages if (other.name.number or 0) < (tag.name.number or 0))
    return next((other for other in earlier if str(other.name) in named), None)
