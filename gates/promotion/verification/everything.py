"""Verifies promotions whole: one, those of a dataset, or all of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.promoted import message_of_tag, promoted
from gates.promotion.verification.findings import Finding, State
from gates.promotion.verification.local_copies import verify_local_copies
from gates.promotion.verification.order import verify_base, verify_stages
from gates.promotion.verification.revocations import verify_revocations
from gates.promotion.verification.signatures import verify_envelope, verify_tag_signature
from gates.promotion.verification.version import verify_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.promotion.history import History, Tag
    from gates.promotion.verification.signatures import Trusted
    from gates.versions.repository import Repository


def verify_history(
    repository: Repository, known: History, trusted: Trusted, *, only: Sequence[Tag] = ()
) -> Iterator[Finding]:
    """Findings on the versions of a dataset and on the events of its stages; only: versions, where not all are asked."""
    for tag in only or known.versions:
        if not tag.name.is_revocation:
            yield from _version(repository, known, tag, trusted)
            yield from _taken_back(repository, known, tag)
        else:
            yield from verify_tag_signature(repository, tag, trusted)
    if not only:
        yield from verify_revocations(repository, known)
    if known.stages and not only:
        yield from verify_stages(repository, known)
        for tag in known.stages:
            yield from verify_tag_signature(repository, tag, trusted)


def _taken_back(repository: Repository, known: History, tag: Tag) -> Iterator[Finding]:
    """That a version was taken back, and why: what it says of its bytes may hold all the same."""
    taken = known.tag_of(tag.name.version, is_revocation=True) if tag.name.version else None
    if taken:
        reason = message_of_tag(repository, taken).reason
        yield Finding(str(tag.name), "taken back", State.NOT_LOOKED_AT, f"it was taken back: {reason}")


def _version(repository: Repository, known: History, tag: Tag, trusted: Trusted) -> Iterator[Finding]:
    try:
        found = promoted(repository, tag)
    except PromotionError as error:
        yield Finding(str(tag.name), "statement", State.WRONG, str(error))
        return
    yield from verify_version(repository, found)
    yield verify_base(repository, known, found)
    yield verify_envelope(found, trusted)
    yield from verify_tag_signature(repository, tag, trusted)
    yield from verify_local_copies(repository, found)
