"""What is known of a version that comes on a stage: gathered by who promotes, and again by who verifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.conditions import Candidate
from gates.versions.git import lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gates.promotion.history import Tag
    from gates.promotion.tags import Version
    from gates.verdict import Verdict
    from gates.versions.git import Git

_TRAILERS = "%(trailers:only,unfold)"


@dataclass(frozen=True)
class Entering:
    """A version on its way to a stage.

    judged: the commit, whose message names who reviewed it. held: the tag of each stage that the version holds before.
    is_new: as in `Candidate`.
    """

    version: Version
    judged: str
    written_at: datetime | None
    now: datetime
    held: Mapping[str, Tag]
    is_new: bool = False


def candidate_of(git: Git, verdict: Verdict, entering: Entering) -> Candidate:
    """What a stage's conditions are held against. Moments are to the second, as statements and tags have them."""
    # The author of a commit counts as the commit has it, and so no mailmap is asked.
    asked = ("log", "--no-show-signature", "--encoding=UTF-8", "-1", f"--format=%ae%n{_TRAILERS}", entering.judged)
    told = lines_of(git.run(*asked), "replace")
    trailers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in told[1:])]
    purpose = verdict.contract["purpose"]
    return Candidate(
        dataset=verdict.dataset,
        version=str(entering.version),
        checks=verdict.checks,
        rows=verdict.rows,
        author=told[0],
        now=entering.now.replace(microsecond=0),
        written_at=entering.written_at.replace(microsecond=0) if entering.written_at else None,
        purpose=str(purpose) if purpose else None,
        stages={stage: str(tag.name) for stage, tag in entering.held.items()},
        trailers=[(name, value) for name, value in trailers if name],
        waived=verdict.waived,
        loosened=verdict.loosened,
        is_new=entering.is_new,
    )
