"""Verifies what the tags say that put versions on stages, or take something back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.verification.conditions import wrong_conditions
from gates.promotion.verification.findings import Finding, looked_at, refused
from gates.promotion.verification.order import event_of, wrong_order
from gates.promotion.verification.revocations import wrong_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.history import History, Tag
    from gates.versions.repository import Repository


def verify_event(repository: Repository, known: History, tag: Tag) -> Iterator[Finding]:
    """Findings on one event: its place among the others, and what a stage asked or what was recorded of a revocation."""
    name = str(tag.name)
    try:
        event = event_of(repository, known, tag)
    except GatesError as error:
        yield refused(name, "order", error)
        return
    yield looked_at(name, "order", lambda: wrong_order(known, event))
    if tag.name.is_revocation:
        yield looked_at(name, "record", lambda: wrong_record(repository, known, event))
    else:
        yield looked_at(name, "conditions", lambda: wrong_conditions(repository, known, event))
