"""Verifies promotions whole: one, those of a dataset, or all of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.git.promoted_version import message_of_tag, promoted
from gates.promotion.git.same_files import files_promoted, taken_back_as
from gates.promotion.verification.events import verify_event, verify_events_before
from gates.promotion.verification.findings import Finding, State, refused
from gates.promotion.verification.order import resting_on, verify_base, verify_bases
from gates.promotion.verification.overlap import verify_overlap
from gates.promotion.verification.revocations import verify_records
from gates.promotion.verification.signatures import verify_event_signature, verify_version_signatures
from gates.promotion.verification.version import verify_version
from gates.promotion.verification.work_tree import verify_local_copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.git.history import Tag
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.verification.selection import Selection
    from gates.promotion.verification.signatures import Trusted
    from gates.versions.repository import Repository

_BACK = "taken back"


def verify_selection(
    repository: Repository, asked: Selection, trusted: Trusted, *, is_rerun: bool = False
) -> Iterator[Finding]:
    """Findings on versions of a dataset and on events, and on what lacks a tag where everything was asked for.

    Of one version or event, what it rests on is looked at too. is_rerun: also what takes as long as judging.
    """
    for tag in asked.versions:
        yield from _version(repository, asked, tag, trusted, is_rerun=is_rerun)
        yield from _taken_back(repository, asked, tag)
    yield from _taken_off(asked)
    if asked.is_whole:
        yield from verify_records(repository, asked.history)
    for tag in asked.events:
        yield from _event(repository, asked, tag)
        yield from verify_event_signature(repository, tag, trusted)


def _taken_back(repository: Repository, asked: Selection, tag: Tag) -> Iterator[Finding]:
    """That a version was taken back, and why. What it says of its bytes may hold all the same: it stands against who asks for it."""
    taken = asked.history.tag_of(tag.name.version, is_revocation=True) if tag.name.version else None
    if taken:
        yield _against_use(asked, tag, f"it was taken back{_why(repository, taken)}")


def _files_taken_back(repository: Repository, asked: Selection, found: Promoted) -> Iterator[Finding]:
    """That a version stands, and its files were taken back under another number: who asks for it gets these bytes."""
    tag, version = found.tag, found.tag.name.version
    if version and asked.history.tag_of(version, is_revocation=True):
        return
    try:
        taken = taken_back_as(repository, asked.history, files_promoted(found), but=version)
    except GatesError as error:
        # Where everything was asked for, what cannot be read has findings of its own.
        state = State.UNKNOWN if asked.for_use else State.NOT_LOOKED_AT
        yield Finding(str(tag.name), _BACK, state, f"whether its files were, under another number: {error}")
        return
    if taken:
        yield _against_use(asked, tag, f"its files were taken back as {taken.name.version}{_why(repository, taken)}")


def _why(repository: Repository, taken: Tag) -> str:
    try:
        return f": {message_of_tag(repository, taken).reason or 'nobody says why'}"
    except GatesError:
        # What is wrong with the tag is a finding of its own.
        return f", as {taken.name} says"


def _against_use(asked: Selection, tag: Tag, words: str) -> Finding:
    return Finding(str(tag.name), _BACK, State.WRONG if asked.for_use else State.NOT_LOOKED_AT, words)


def _taken_off(asked: Selection) -> Iterator[Finding]:
    """That the stage that somebody asks for does not hold the version any more."""
    tag = asked.for_use
    if tag and tag.name.stage and tag.name.stage not in asked.history.events_of(tag.commit):
        last = [
            other for other in asked.history.stages if (other.name.stage, other.commit) == (tag.name.stage, tag.commit)
        ]
        yield Finding(str(tag.name), "taken off", State.WRONG, f"{last[-1].name} took it off the stage")


def _event(repository: Repository, asked: Selection, tag: Tag) -> Iterator[Finding]:
    *own, last = verify_event(repository, asked.history, tag)
    yield from own
    # Where everything was asked for, what an event rests on has findings of its own.
    yield last if asked.is_whole else resting_on(last, verify_events_before(repository, asked.history, tag))


def _version(
    repository: Repository, asked: Selection, tag: Tag, trusted: Trusted, *, is_rerun: bool
) -> Iterator[Finding]:
    try:
        found = promoted(repository, tag)
    except GatesError as error:
        yield refused(str(tag.name), "statement", error)
        return
    yield from verify_version(repository, found)
    base = verify_base(repository, asked.history, found)
    yield base if asked.is_whole else resting_on(base, verify_bases(repository, asked.history, found))
    yield from verify_version_signatures(repository, found, trusted)
    yield from verify_local_copies(repository, found)
    yield from verify_overlap(repository, found, is_rerun=is_rerun)
    yield from _files_taken_back(repository, asked, found)
