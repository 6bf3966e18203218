"""Verifies promotions whole: one, those of a dataset, or all of a repository."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.git.history import PromotionTag, TagHistory, message_of
from gates.promotion.git.promoted_version import PromotedVersion, promoted_version
from gates.promotion.git.same_files import files_of, revocation_of_files
from gates.promotion.verification.conditions import wrong_conditions
from gates.promotion.verification.findings import Finding, FindingState, looked_at, refused
from gates.promotion.verification.matching_tags import verify_records, wrong_record
from gates.promotion.verification.order import (
    event_of,
    resting_on,
    unless_shallow,
    verify_base,
    verify_bases,
    wrong_event_order,
)
from gates.promotion.verification.overlap import verify_overlap
from gates.promotion.verification.signatures import TrustedKeys, verify_event_signature, verify_version_signatures
from gates.promotion.verification.version import verify_local_copies, verify_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.verification.selection import VerifySelection

# How a tag says which event of the stage before opened its stage; what follows fulfils other conditions.
_AFTER = re.compile(r"after ([^;\s]+)(?:;.*)?")
_BACK = "taken back"


def verify_selection(selection: VerifySelection, trusted: TrustedKeys, *, is_rerun: bool = False) -> Iterator[Finding]:
    """Findings on versions of a dataset and on events, and on what lacks a tag where a whole dataset is verified.

    Of one version or event, what it rests on is looked at too. is_rerun: also what takes as long as judging.
    """
    history = selection.history
    for tag in selection.versions:
        yield from _version(selection, tag, trusted, is_rerun=is_rerun)
        revocation = history.revocation_of(tag.name.version) if tag.name.version else None
        if revocation:
            # Its bytes may be verified all the same.
            yield _against_use(selection, tag, f"it was taken back{_why(history, revocation)}")
    used = selection.for_use
    if used and used.name.stage and used.name.stage not in history.events_of(used.commit):
        event = history.last_event(used.name.stage, used.commit)
        words = f"{event.name if event else used.name} took it off the stage"
        yield Finding(str(used.name), "taken off", FindingState.WRONG, words)
    if selection.is_whole:
        yield from verify_records(history)
    for tag in selection.events:
        *own, last = verify_event(history, tag)
        yield from own
        # Where a whole dataset is verified, what an event rests on has findings of its own.
        yield last if selection.is_whole else resting_on(last, verify_events_before(history, tag))
        yield from verify_event_signature(history.git, tag, trusted)


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


def _files_revoked(selection: VerifySelection, promoted: PromotedVersion) -> Iterator[Finding]:
    """That a version stands, and its files were revoked under another number: who uses it gets these bytes."""
    history, tag, version = selection.history, promoted.tag, promoted.tag.name.version
    if version and history.revocation_of(version):
        return
    try:
        revocation = revocation_of_files(history, files_of(promoted))
    except GatesError as error:
        # Where a whole dataset is verified, what cannot be read has findings of its own.
        state = FindingState.UNKNOWN if selection.for_use else FindingState.NOT_LOOKED_AT
        yield Finding(promoted.name, _BACK, state, f"whether its files were, under another number: {error}")
        return
    if revocation:
        words = f"its files were taken back as {revocation.name.version}{_why(history, revocation)}"
        yield _against_use(selection, tag, words)


def _why(history: TagHistory, revocation: PromotionTag) -> str:
    try:
        return f": {message_of(history.git, revocation).reason or 'no reason was given'}"
    except GatesError:
        # What is wrong with the tag is a finding of its own.
        return f", as {revocation.name} says"


def _against_use(selection: VerifySelection, tag: PromotionTag, words: str) -> Finding:
    """That a version or its files were revoked, which stands against who wants to use it."""
    state = FindingState.WRONG if selection.for_use else FindingState.NOT_LOOKED_AT
    return Finding(str(tag.name), _BACK, state, words)


def _version(
    selection: VerifySelection, tag: PromotionTag, trusted: TrustedKeys, *, is_rerun: bool
) -> Iterator[Finding]:
    history = selection.history
    try:
        promoted = promoted_version(history.repository, tag)
    except GatesError as error:
        yield refused(str(tag.name), "statement", error)
        return
    yield from verify_version(promoted)
    base = verify_base(history, promoted)
    yield base if selection.is_whole else resting_on(base, verify_bases(history, promoted))
    yield from verify_version_signatures(promoted, trusted)
    yield from verify_local_copies(promoted)
    yield from verify_overlap(promoted, is_rerun=is_rerun)
    yield from _files_revoked(selection, promoted)
