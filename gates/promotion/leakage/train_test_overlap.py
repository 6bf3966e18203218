"""Whether an evaluation set shares rows with training sets that were promoted, whichever of them comes later."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.contract.plugins.registry import data_type_of
from gates.data.duckdb.dataset import open_dataset
from gates.data.evaluation import open_evaluation
from gates.data.facts import ORIGIN, ROW_ID
from gates.data.scan.inputs import PassInputs
from gates.metrics.copies.evaluation_search import EvaluationSearch
from gates.promotion.errors import PromotionError
from gates.promotion.git.history import histories
from gates.promotion.git.judged_config import dataset_of, home_of
from gates.promotion.git.non_dataset_tags import is_foreign
from gates.promotion.git.promoted_version import promoted
from gates.promotion.leakage.chance_overlap import coincide
from gates.versions.snapshots import files_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from datetime import datetime

    from gates.promotion.git.promoted_version import Promoted
    from gates.versions.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gates.config.dataset import DatasetConfig
    from gates.data.files import DataFile
    from gates.promotion.git.promoted_version import Promoted
    from gates.versions.repository import Repository
    from gates.versions.version import Version


@dataclass(frozen=True)
class Overlap:
    """How many rows of a training set hold what an evaluation set asks. other: which of both was promoted before."""

    count: int
    train: str
    evaluation: str
    other: str

    def __str__(self) -> str:
        return f"{self.count:,} rows of {self.train} hold what {self.evaluation} asks: what was trained on cannot be tested on"


@dataclass(frozen=True)
class _Data:
    """A dataset at a commit, ready to be opened. name: as messages say it."""

    name: str
    config: DatasetConfig
    files: Sequence[DataFile]


def overlaps(
    repository: Repository, dataset: DatasetConfig, version: Version, at: datetime | None = None
) -> list[Overlap]:
    """The promoted sets that share rows with what a commit has of a dataset.

    dataset: its root is the configuration's folder in the work tree. at: of those that stood then, None for now. Without a
    purpose nothing is asked. An evaluation set is held against every training set that stands, a training set against
    every evaluation set. Texts share rows as `expect_contamination_ratio_to_be_less_than` says; other rows where they are
    equal in all columns that both have, unless no more are than coincide by nature.
    Raises DataError where the data of a promoted set cannot be had: nobody knows what it shares.
    """
    others = counterparts(repository, dataset.purpose, at)
    if not others:
        return []
    found = []
    with files_at(repository, dataset, version) as files:
        own = _Data(dataset.name, dataset, files.dataset)
        for there in others:
            with _data_of(repository, there) as other:
                train, evaluation = (other, own) if dataset.purpose == EVALUATION else (own, other)
                count = _shared(train, evaluation)
            if count:
                found.append(Overlap(count, train.name, evaluation.name, other.name))
    return found


@contextmanager
def _data_of(repository: Repository, found: Promoted) -> Iterator[_Data]:
    with dataset_of(repository, found) as config:
        at_home = replace(config, root=home_of(repository, found))
        with files_at(repository, at_home, found.revision) as files:
            yield _Data(str(found.tag.name), at_home, files.dataset)


def _shared(train: _Data, evaluation: _Data) -> int:
    """How many rows of the one hold what the other asks, or were made from it."""
    with open_dataset(train.config, data_type_of(train.config), files=train.files) as opened:
        if not opened.roles.texts:
            return _equal_rows(train, evaluation)
        asked = open_evaluation(evaluation.config, data_type_of(evaluation.config), files=evaluation.files)
        assert asked is not None  # noqa: S101  # it has files
        with asked:
            search = EvaluationSearch(PassInputs(opened.roles, {}, evaluation=asked))
        opened.fold([search])
        found = search.value()
    return len(np.union1d(found.rows, found.by_seed))


def _equal_rows(train: _Data, evaluation: _Data) -> int:
    trained, tested = (_rows(one) for one in (train, evaluation))
    columns = sorted({*trained.columns} & {*tested.columns})
    if not columns:
        return 0
    one, other = (frame.select(pl.col(columns).cast(pl.String)) for frame in (trained, tested))
    if coincide(one, other):
        return 0
    return int(one.join(other.unique(), on=columns, how="semi", nulls_equal=True).height)


def _rows(data: _Data) -> pl.DataFrame:
    """What rows say, without who made them."""
    with open_dataset(data.config, data_type_of(data.config), files=data.files) as opened:
        batches = [pl.DataFrame(batch) for batch in opened.batches()]
        content = [name for name in opened.roles.content if name not in (ROW_ID, ORIGIN, opened.roles.label)]
    return pl.concat(batches).select(content) if batches else pl.DataFrame()


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
