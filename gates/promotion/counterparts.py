"""Which promoted versions a dataset may share no rows with: evaluation sets with training sets, and these with those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.promotion.errors import PromotionError
from gates.promotion.foreign import is_foreign
from gates.promotion.history import histories
from gates.promotion.promoted import promoted
from gates.versions.version import git_of

if TYPE_CHECKING:
    from datetime import datetime

    from gates.promotion.promoted import Promoted
    from gates.versions.repository import Repository

EVALUATION = "evaluation"


def counterparts(repository: Repository, purpose: str | None, at: datetime | None = None) -> list[Promoted]:
    """The versions that stand and are for training, of an evaluation set; of any other the evaluation sets.

    at: as of then, None for now. Without a purpose there are none, and versions without one are none. Raises PromotionError
    where one of a dataset cannot be read, and what `promoted` raises.
    """
    if purpose is None:
        return []
    standing: list[Promoted] = []
    for known in histories(git_of(repository, "a promotion")):
        try:
            standing += [promoted(repository, tag) for tag in known.standing_tags(at)]
        except PromotionError:
            if not is_foreign(repository, known):
                raise
    purposed = [found for found in standing if found.statement.purpose is not None]
    return [found for found in purposed if (found.statement.purpose == EVALUATION) != (purpose == EVALUATION)]
