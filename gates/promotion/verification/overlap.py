"""Whether an evaluation set shares rows with training sets that were promoted, whichever of them comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.data.duckdb.dataset import open_dataset
from gates.data.evaluation import open_evaluation
from gates.data.scan.inputs import PassInputs
from gates.errors import GatesError
from gates.metrics.copies.evaluation_search import EvaluationSearch
from gates.metrics.copies.shared_contents import rows_in_both
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import histories
from gates.promotion.git.non_dataset_tags import is_foreign
from gates.promotion.git.promoted_version import PromotedVersion, promoted_version
from gates.promotion.stage_conditions import EVALUATION
from gates.promotion.verification.findings import Finding, FindingState, looked_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from gates.promotion.dataset_rows import DatasetFiles
    from gates.versions.repository import Repository

_PART = "overlap"


@dataclass(frozen=True)
class TrainTestOverlap:
    """How many rows of a training set an evaluation set has too. other: which of both was promoted before."""

    count: int
    train: str
    evaluation: str
    other: str

    def __str__(self) -> str:
        return f"{self.count:,} rows of {self.train} overlap with {self.evaluation}: what was trained on cannot be tested on"


def overlaps(
    repository: Repository,
    purpose: str | None,
    data: AbstractContextManager[DatasetFiles],
    at: datetime | None = None,
    progress: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> list[TrainTestOverlap]:
    """The promoted sets that share rows with what a commit has of a dataset.

    purpose: of the dataset; without one nothing is compared. data: what the commit has of it, only asked for where there is
    something to share rows with. at: of those that stood then, None for now. progress: called with the step, how many of
    them it has compared, and all of them. An evaluation set is compared with every training set that stands, a training set
    with every evaluation set. Texts share rows as `expect_contamination_ratio_to_be_less_than` says; other rows where they
    are equal in all columns that both have, unless no more are than coincide by nature.
    Raises DataError where the data of a promoted set cannot be had: what it shares is unknown.
    """
    others = counterparts(repository, purpose, at)
    if not others:
        return []
    shared = []
    with data as own:
        for done, promoted in enumerate(others):
            progress("rows shared with promoted sets", done, len(others))
            with promoted.files() as other:
                sides = [(own.config.name, own), (promoted.name, other)]
                (train, of_train), (evaluation, of_evaluation) = sides[:: -1 if purpose == EVALUATION else 1]
                count = _shared(of_train, of_evaluation)
            if count:
                shared.append(TrainTestOverlap(count, train, evaluation, promoted.name))
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
    return [
        promoted
        for promoted in standing
        if promoted.statement.purpose is not None
        if (promoted.statement.purpose == EVALUATION) != (purpose == EVALUATION)
    ]


def verify_overlap(promoted: PromotedVersion, *, is_rerun: bool) -> Iterator[Finding]:
    """A finding where there was something to share rows with. Only a rerun looks: it reads all rows of both sides."""
    repository, at, purpose = promoted.repository, promoted.statement.promoted_at, promoted.statement.purpose

    def step() -> str | None:
        return "; ".join(map(str, overlaps(repository, purpose, promoted.files(), at))) or None

    try:
        others = counterparts(repository, purpose, at)
    except GatesError as error:
        # What is wrong with another version does not stand against this one.
        state = FindingState.UNKNOWN if is_rerun else FindingState.NOT_LOOKED_AT
        yield Finding(promoted.name, _PART, state, f"what it could share rows with cannot be read: {error}")
        return
    if others and is_rerun:
        yield looked_at(promoted.name, _PART, step)
    elif others:
        words = f"whether it shares rows with {', '.join(other.name for other in others)} takes reading all of them: --rerun looks"
        yield Finding(promoted.name, _PART, FindingState.NOT_LOOKED_AT, words)


def _shared(train: DatasetFiles, evaluation: DatasetFiles) -> int:
    """How many rows of the one have a text of the other, or were made from it."""
    with open_dataset(train.config, train.data_type, files=train.files.dataset) as opened:
        if not opened.roles.texts:
            with open_dataset(evaluation.config, evaluation.data_type, files=evaluation.files.dataset) as tested:
                return rows_in_both(opened, tested)
        items = open_evaluation(evaluation.config, evaluation.data_type, files=evaluation.files.dataset)
        assert items is not None  # noqa: S101  # it has files
        with items:
            inputs = PassInputs(opened.roles, {}, opened.sorted_table, opened.index_table, evaluation=items)
            search = EvaluationSearch(inputs)
        opened.fold([search])
        matches = search.value()
    return len(np.union1d(matches.rows, matches.by_seed))
