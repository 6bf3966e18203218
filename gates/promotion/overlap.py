"""Whether an evaluation set shares rows with training sets that were promoted, whichever of them comes later."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.engines.evaluation import open_evaluation
from gates.engines.local import open_dataset
from gates.promotion.history import histories
from gates.promotion.judged import dataset_of, home_of
from gates.promotion.promoted import promoted
from gates.scan import NATURAL_REPEAT_RATIO, ORIGIN, ROW_ID
from gates.text.contamination import known_texts, shared_with
from gates.text.tokens import tokenise
from gates.versions.snapshots import files_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.configuration.dataset import DatasetConfig
    from gates.engines.files import DataFile
    from gates.promotion.ground import Ground
    from gates.versions.version import Version

EVALUATION = "evaluation"
# Beyond three standard deviations of a binomial count, chance is about 1 in 700.
_SPREADS = 3


@dataclass(frozen=True)
class _Data:
    """A dataset at a commit, ready to be opened. name: as messages say it."""

    name: str
    config: DatasetConfig
    files: Sequence[DataFile]


def overlaps(ground: Ground, dataset: DatasetConfig, version: Version) -> list[str]:
    """A sentence for each promoted set that shares rows with what a commit has of a dataset.

    dataset: its root is the configuration's folder in the work tree. Without a purpose nothing is asked. An evaluation set
    is held against every training set that stands, a training set against every evaluation set. Texts share rows as
    `expect_contamination_ratio_to_be_less_than` says; other rows where they are equal in all columns that both have, unless
    no more are than coincide by nature.
    Raises DataError where the data of a promoted set cannot be had: nobody knows what it shares.
    """
    if dataset.purpose is None:
        return []
    is_evaluation = dataset.purpose == EVALUATION
    with files_at(ground.repository, dataset, version) as found:
        own = _Data(dataset.name, dataset, found.dataset)
        sentences = []
        for other in _promoted(ground):
            if (other.config.purpose == EVALUATION) == is_evaluation:
                continue
            train, evaluation = (other, own) if is_evaluation else (own, other)
            count = _shared(train, evaluation)
            if count:
                sentences.append(
                    f"{count:,} rows of {train.name} hold what {evaluation.name} asks: what was trained on cannot be tested "
                    f"on; take them out of {own.name}, or take {other.name} back first."
                )
    return sentences


def _promoted(ground: Ground) -> Iterator[_Data]:
    """Every version that stands of every dataset with a purpose, whose own may have been another one before."""
    for known in histories(ground.git):
        for version in known.standing():
            tag = known.tag_of(version)
            assert tag is not None  # noqa: S101  # what stands has a tag
            there = promoted(ground.repository, tag)
            if there.statement.purpose is None:
                continue
            with dataset_of(ground.repository, there) as config:
                at_home = replace(config, root=home_of(ground.repository, there))
                with files_at(ground.repository, at_home, there.revision) as files:
                    yield _Data(str(tag.name), at_home, files.dataset)


def _shared(train: _Data, evaluation: _Data) -> int:
    """How many rows of the one hold what the other asks."""
    with open_dataset(train.config, files=train.files) as opened:
        if not opened.roles.texts:
            return _equal_rows(train, evaluation)
        asking = replace(train.config, evaluation=(evaluation.name,))
        with _opened(asking, evaluation.files) as items:
            known = known_texts(tokenise(items.to_arrow()))
        count = 0
        for batch in opened.batches():
            hit = np.zeros(batch.num_rows, dtype=bool)
            for number, role in enumerate(opened.roles.texts):
                hit |= shared_with(known, tokenise(batch.column(role)), whole_short=number == 0).contaminated()
            count += int(hit.sum())
        return count


@contextmanager
def _opened(config: DatasetConfig, files: Sequence[DataFile]) -> Iterator[pl.Series]:
    """The texts of an evaluation set."""
    found = open_evaluation(config, files=files)
    assert found is not None  # noqa: S101  # the configuration names one
    with found:
        yield found.items().texts


def _equal_rows(train: _Data, evaluation: _Data) -> int:
    trained, tested = (_rows(one) for one in (train, evaluation))
    columns = sorted({*trained.columns} & {*tested.columns})
    if not columns:
        return 0
    one, other = (frame.select(pl.col(columns).cast(pl.String)) for frame in (trained, tested))
    if _coincide(one, other):
        return 0
    return int(one.join(other.unique(), on=columns, how="semi", nulls_equal=True).height)


def _coincide(trained: pl.DataFrame, tested: pl.DataFrame) -> bool:
    """Whether rows repeat by nature, and no more of those asked are in the training set than that makes likely.

    A row drawn anew is in the training set about as often as one of its own rows has a twin there.
    """
    repeats = int(trained.is_duplicated().sum()) / max(trained.height, 1)
    if repeats <= NATURAL_REPEAT_RATIO:
        return False
    found = tested.join(trained.unique(), on=tested.columns, how="semi", nulls_equal=True).height
    spread = math.sqrt(tested.height * repeats * (1 - repeats))
    return found <= tested.height * repeats + _SPREADS * spread


def _rows(data: _Data) -> pl.DataFrame:
    """What rows say, without who made them."""
    with open_dataset(data.config, files=data.files) as opened:
        batches = [pl.DataFrame(batch) for batch in opened.batches()]
        content = [name for name in opened.roles.content if name not in (ROW_ID, ORIGIN, opened.roles.label)]
    return pl.concat(batches).select(content) if batches else pl.DataFrame()
