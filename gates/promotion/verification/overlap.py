"""Whether an evaluation set shares rows with training sets that were promoted, whichever of them comes later."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gates.data.evaluation import open_evaluation
from gates.data.scan.inputs import PassInputs
from gates.errors import GatesError
from gates.metrics.copies.evaluation_search import EvaluationSearch
from gates.metrics.copies.shared_contents import rows_in_both
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import histories
from gates.promotion.git.non_dataset_tags import is_foreign
from gates.promotion.git.promoted_version import DatasetFiles, PromotedVersion, promoted_version
from gates.promotion.stage_conditions import EVALUATION
from gates.promotion.verification.findings import Finding, FindingState, looked_at
from gates.run_state import Progress, no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from gates.versions.repository import Repository

_PART = "overlap"


def overlaps(
    others: list[PromotedVersion], purpose: str | None, data: AbstractContextManager[DatasetFiles], progress: Progress
) -> dict[str, str]:
    """How many rows what a commit has of a dataset shares with its counterparts, as a sentence by the name of each.

    purpose: of the dataset. data: what the commit has of it, only asked for where there is something to share rows with.
    Texts share rows as `expect_contamination_ratio_to_be_less_than` says; other rows where they are equal in all columns that
    both have, unless no more are than coincide by nature.
    Raises DataError where the data of a promoted set cannot be had: what it shares is unknown.
    """
    if not others:
        return {}
    shared = {}
    with data as own:
        for done, promoted in enumerate(others):
            progress("rows shared with promoted sets", done, len(others))
            with promoted.files() as other:
                sides = [(own.config.name, own), (promoted.name, other)]
                (train, of_train), (evaluation, of_evaluation) = sides[:: -1 if purpose == EVALUATION else 1]
                count = _shared(of_train, of_evaluation)
            if count:
                which = f"{count:,} rows of {train} overlap with {evaluation}"
                shared[promoted.name] = f"{which}: what was trained on cannot be tested on"
    return shared


def counterparts(repository: Repository, purpose: str | None, at: datetime | None = None) -> list[PromotedVersion]:
    """The versions that stand and are for training, of an evaluation set; of any other the evaluation sets.

    at: as of then, None for now. Without a purpose there are none, and versions without one are none. Raises PromotionError
    where one of a dataset cannot be read, and what `promoted_version` raises.
    """
    if purpose is None:
        return []
    standing: list[PromotedVersion] = []
    for history in histories(repository):
        try:
            standing += [promoted_version(repository, tag) for tag in history.standing(at).values()]
        except PromotionError:
            if not is_foreign(history):
                raise
    with_purpose = [one for one in standing if one.statement.purpose is not None]
    return [one for one in with_purpose if (one.statement.purpose == EVALUATION) != (purpose == EVALUATION)]


def verify_overlap(promoted: PromotedVersion, *, is_rerun: bool) -> Iterator[Finding]:
    """A finding where there was something to share rows with. Only a rerun looks: it reads all rows of both sides."""
    purpose = promoted.statement.purpose
    try:
        others = counterparts(promoted.repository, purpose, promoted.statement.promoted_at)
    except GatesError as error:
        # What is wrong with another version does not stand against this one.
        state = FindingState.UNKNOWN if is_rerun else FindingState.NOT_LOOKED_AT
        yield Finding(promoted.name, _PART, state, f"what it could share rows with cannot be read: {error}")
        return
    if others and is_rerun:
        shared = partial(overlaps, others, purpose, promoted.files(), no_progress)
        yield looked_at(promoted.name, _PART, lambda: "; ".join(shared().values()) or None)
    elif others:
        words = f"whether it shares rows with {', '.join(other.name for other in others)} takes reading all of them: --rerun looks"
        yield Finding(promoted.name, _PART, FindingState.NOT_LOOKED_AT, words)


def _shared(train: DatasetFiles, evaluation: DatasetFiles) -> int:
    """How many rows of the one have a text of the other, or were made from it."""
    with train.opened() as opened:
        if not opened.roles.texts:
            with evaluation.opened() as tested:
                return rows_in_both(opened, tested)
        items = open_evaluation(evaluation.config, evaluation.data_type, files=evaluation.files.dataset)
        assert items is not None  # noqa: S101  # it has files
        with items:
            inputs = PassInputs(opened.roles, {}, opened.sorted_table, opened.index_table, evaluation=items)
            search = EvaluationSearch(inputs)
        opened.fold([search])
        matches = search.value()
    return len(np.union1d(matches.rows, matches.by_seed))
