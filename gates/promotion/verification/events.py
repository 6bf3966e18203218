"""Verifies what the tags say that put versions on stages, or take something back."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.git.history import message_of
from gates.promotion.verification.conditions import wrong_conditions
from gates.promotion.verification.findings import Finding, looked_at, refused
from gates.promotion.verification.order import event_of, unless_shallow, wrong_event_order
from gates.promotion.verification.revocations import wrong_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.git.history import PromotionTag, TagHistory

# How a tag says which event of the stage before opened its stage; what follows fulfils other conditions.
_AFTER = re.compile(r"after ([^;\s]+)(?:;.*)?")


def verify_event(history: TagHistory, tag: PromotionTag) -> Iterator[Finding]:
    """Findings on one event: its place among the others, and the stage's conditions or the record of a revocation."""
    name = str(tag.name)
    try:
        event = event_of(history, tag)
    except GatesError as error:
        yield refused(name, "order", error)
        return
    yield looked_at(name, "order", lambda: unless_shallow(history.git, wrong_event_order(event)))
    if tag.name.is_revocation:
        yield looked_at(name, "record", partial(wrong_record, event))
    else:
        yield looked_at(name, "conditions", partial(wrong_conditions, event))


def verify_events_before(history: TagHistory, tag: PromotionTag) -> Iterator[Finding]:
    """Findings on the event of the stage before that an event came after, on the one that this came after, and so on."""
    before = _came_after(history, tag)
    while before:
        yield from verify_event(history, before)
        before = _came_after(history, before)


def _came_after(history: TagHistory, tag: PromotionTag) -> PromotionTag | None:
    """None where it came after none, or nobody can say so: then what is wrong is a finding on the event itself."""
    try:
        conditions = message_of(history.git, tag).conditions
    except GatesError:
        return None
    names = {match[1] for match in map(_AFTER.fullmatch, conditions) if match}
    earlier = (other for other in history.stages if other.number < tag.number)
    return next((other for other in earlier if str(other.name) in names), None)
