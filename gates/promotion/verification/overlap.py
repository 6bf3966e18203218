"""Whether an evaluation set shared rows with what stood for training when one of both was promoted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.errors import GatesError
from gates.promotion.git.judged_config import dataset_of, home_of
from gates.promotion.leakage.train_test_overlap import counterparts
from gates.promotion.verification.findings import Finding, State, looked_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.promotion.git.promoted_version import Promoted
    from gates.versions.repository import Repository


def verify_overlap(repository: Repository, found: Promoted, *, is_rerun: bool) -> Iterator[Finding]:
    """A finding where there was something to share rows with. Only a rerun looks: it reads all rows of both sides."""
    tag, part, at = str(found.tag.name), "overlap", found.statement.promoted_at

    def step() -> str | None:
        from gates.promotion.leakage.train_test_overlap import overlaps

        with dataset_of(repository, found) as dataset:
            at_home = replace(dataset, root=home_of(repository, found))
            return "; ".join(map(str, overlaps(repository, at_home, found.revision, at))) or None

    try:
        others = counterparts(repository, found.statement.purpose, at)
    except GatesError as error:
        # What is wrong with another version does not stand against this one.
        state = State.UNKNOWN if is_rerun else State.NOT_LOOKED_AT
        yield Finding(tag, part, state, f"what it could share rows with cannot be read: {error}")
        return
    if others and is_rerun:
        yield looked_at(tag, part, step)
    elif others:
        names = ", ".join(str(other.tag.name) for other in others)
        words = f"whether it shares rows with {names} takes reading all of them: --rerun looks"
        yield Finding(tag, part, State.NOT_LOOKED_AT, words)
