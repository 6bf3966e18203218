"""Models trained on human rows, on synthetic rows and on both, all tested on human rows that none of them saw."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.measurement import Inconclusive, Measurement, RowCounts
from gates.metrics.comparison.classifiers import one_thread
from gates.metrics.comparison.strata import STRATUM_ROWS
from gates.metrics.labels.labels import classes
from gates.metrics.labels.task import (
    GENERATOR,
    HOLDOUT,
    TRAIN_ROWS,
    Task,
    blocks_of,
    exam_of,
    task_of,
    too_little,
    untestable,
)

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints
    from gates.data.scan.result import Scan
    from gates.metrics.comparison.classifiers import Scorer
    from gates.metrics.stats.multiclass_auc import Exam

# Two models of one law differ by the rows they happened to see: each is fitted anew on this many resamples of them.
REFITS = 5
# Refits are what takes time. They are fitted on fewer rows where there are more than this, and what they differ by is
# scaled by the share of the rows that they have (m out of n: Bickel, Goetze & van Zwet, Statistica Sinica 7 (1997) 1-31).
REFIT_ROWS = 3000
ENOUGH_RATIO = 0.95


@dataclass(frozen=True)
class Model:
    """One way to train and what it was tested on. scores: of the test rows, rows x classes."""

    fitted: _Fitted
    tests: list[Ints]
    scores: Floats

    @property
    def rows(self) -> int:
        """The training rows."""
        return max(map(len, self.fitted.trains))

    @property
    def refit_share(self) -> float:
        """How many of the training rows a resample has."""
        return self.fitted.refit_share

    @cached_property
    def refits(self) -> tuple[Floats, ...]:
        """The scores from resamples of the training rows: what takes time, and what no check asks of all models."""
        with one_thread():
            return tuple(self.fitted.scores(scorers, self.tests) for scorers in self.fitted.refits)


@dataclass(frozen=True)
class Trained:
    """Models by what they were trained on, and what they are tested on.

    even: as many human rows as `synthetic` has synthetic ones; human: all human training rows; both: these
    and the synthetic rows that the dataset has for as many, as far as they are read. on_synthetic: the synthetic rows as what
    a model of human rows is tested on. ratio: synthetic rows for
    each human row in the dataset; added: in `both`.
    """

    test: Exam
    on_synthetic: tuple[Exam, Model]
    synthetic: Model
    even: Model
    human: Model
    both: Model
    n_synthetic: int
    ratio: float
    added: float
    _drawn: dict[tuple[int, int], Floats] = field(default_factory=dict)

    def areas(self, model: Model, seed: int) -> Floats:
        """Areas of a model's refits over draws of the test rows, models x draws: that of human rows serves every comparison."""
        key = id(model), seed
        if key not in self._drawn:
            self._drawn[key] = self.test.resampled(model.refits, seed)
        return self._drawn[key]

    def is_all_added(self) -> bool:
        """Whether `both` has the dataset's own proportion, up to a twentieth of the rows."""
        return self.added >= ENOUGH_RATIO * self.ratio


@dataclass(frozen=True)
class Trials:
    """All models of a scan: of everything synthetic, and of the generators with most rows.

    names: of the classes. is_held_out: whether the declared holdout was tested on, else human rows in folds.
    may_know_tested: whether near copies of tested rows may have been trained on.
    """

    column: str
    names: tuple[str, ...]
    whole: Trained
    generators: dict[str, Trained]
    n_human: int
    is_held_out: bool
    may_know_tested: bool


def trials(scan: Scan) -> Trials | Measurement:
    """Every model that the checks on utility compare, or why there is none. Call through `scan.cached(trials)`.

    Raises MetricError where there is no column but the label.
    """
    scheme = scan.cached(classes)
    if isinstance(scheme, Measurement):
        return scheme
    blocks, names = blocks_of(scan, scheme)
    human, synthetic = blocks["human"], blocks["synthetic"]
    reason = too_little(human, synthetic, scheme)
    if reason:
        return Inconclusive(reason, RowCounts(len(human), len(synthetic)))
    with one_thread():
        task = task_of(scan, blocks, len(names))
        reason = untestable(task)
        if reason:
            return Inconclusive(reason, RowCounts(len(human), len(synthetic)))
        ratio = {name: block.rows.total / human.rows.total for name, block in blocks.items()}
        whole = _Fits(task, scan.seed).trained("synthetic", ratio["synthetic"])
        alone = _Fits(replace(task, splits=task.splits[:1]), scan.seed)
        makers = [name for name in blocks if name.startswith(GENERATOR) and len(blocks[name]) >= STRATUM_ROWS]
        generators = {
            name.removeprefix(GENERATOR): alone.trained(name, ratio[name])
            for name in makers
            if not untestable(alone.task, name)
        }
    # A generator that made all synthetic rows is the whole.
    generators |= {name: whole for name, rows in scan.generators.items() if rows.total == scan.synthetic.total}
    is_held_out = HOLDOUT in blocks
    may_know_tested = not is_held_out and not scan.roles.texts
    return Trials(scheme.column, names, whole, generators, len(human), is_held_out, may_know_tested)


def _times(unit: Ints, seed: int, share: float) -> tuple[Ints, ...]:
    """How often each row counts in resamples of this share of the groups, with replacement; Efron & Tibshirani 1993, ch. 8."""
    names, code = np.unique(unit, return_inverse=True)
    rng = np.random.default_rng(seed)
    shares = np.full(len(names), 1 / len(names))
    return tuple(rng.multinomial(max(1, round(share * len(names))), shares)[code] for _ in range(REFITS))


def _about_as_many(size: int, human: int) -> int:
    """All human rows where they are few more: a twentieth of the rows moves no score, and spares a fit."""
    return human if size >= ENOUGH_RATIO * human else size


def _refit_share(sizes: tuple[int, ...]) -> float:
    """Which share of training rows of these sizes a refit has."""
    return min(1.0, REFIT_ROWS / max(1, *sizes))


@dataclass(frozen=True)
class _Fitted:
    """One way to train, fitted when it is first asked for. trains: the training rows of each split."""

    task: Task
    seed: int
    trains: list[Ints]
    refit_share: float

    @cached_property
    def whole(self) -> list[Scorer]:
        """What was fitted on the rows of each split."""
        return [self._scorer(train) for train in self.trains]

    @cached_property
    def refits(self) -> list[list[Scorer]]:
        """The same on resamples of them."""
        return [
            [self._scorer(np.repeat(train, times[train])) for train in self.trains]
            for times in _times(self.task.unit, self.seed, self.refit_share)
        ]

    def tested(self, tests: list[Ints]) -> Model:
        """What it says of the rows to test on, per split."""
        return Model(self, tests, self.scores(self.whole, tests))

    def scores(self, scorers: list[Scorer], tests: list[Ints]) -> Floats:
        """Scores of all test rows, each from the model of its split; a class that no training row has scores lowest."""
        parts = []
        for scorer, test in zip(scorers, tests, strict=True):
            scored = np.full((len(test), self.task.class_count), -np.inf)
            if len(test):
                columns, scores = scorer(test)
                scored[:, columns] = scores
            parts.append(scored)
        return np.concatenate(parts)

    def _scorer(self, train: Ints) -> Scorer:
        labels = self.task.labels[train]
        present = np.unique(labels)
        if len(present) > 1:
            return self.task.model.scorer(train, labels)
        return lambda rows: (present, np.zeros((len(rows), len(present))))


@dataclass(frozen=True)
class _Fits:
    """Fits of a task; those on human rows serve every kind of synthetic rows, whatever they are tested on."""

    task: Task
    seed: int
    _human_fits: dict[tuple[int, ...], _Fitted] = field(default_factory=dict)

    def trained(self, name: str, ratio: float) -> Trained:
        """The models for one kind of synthetic rows. ratio: its rows for each human row."""
        task, tests = self.task, self.task.tests()
        human = [train[:TRAIN_ROWS] for train, _ in task.splits]
        made = task.apart(name)
        even = tuple(min(len(one), len(other)) for one, other in zip(human, made, strict=True))
        # Ten synthetic rows for each of 3,000 human rows would be 30,000. Neither 3,000 that weigh ten times as much nor 300 human rows
        # stand for that: in one run on rows of which 35 % have flipped labels they lose .066 and .039 of AUC, where 30,000
        # added to 3,000 lose .002, and 3,000 added to 3,000 lose .007. So fewer are added, and the note says how many.
        added = [other[: round(len(one) * ratio)] for one, other in zip(human, made, strict=True)]
        both = [np.r_[one, other] for one, other in zip(human, added, strict=True)]
        every, as_many = tuple(map(len, human)), tuple(map(_about_as_many, even, map(len, human)))
        alone = [rows[:size] for rows, size in zip(made, even, strict=True)]
        answered, exam = task.answered(name)
        whole = self._on_human(human, every)
        on_tests = whole.tested(tests)
        # Two models that are compared are refitted on the same share of the groups.
        return Trained(
            test=exam_of(task, tests),
            on_synthetic=(exam, whole.tested(answered)),
            synthetic=self._fitted(alone, _refit_share(as_many)).tested(tests),
            even=on_tests if as_many == every else self._on_human(human, as_many).tested(tests),
            human=on_tests,
            both=self._fitted(both, _refit_share(every)).tested(tests),
            n_synthetic=len(task.blocks[name]),
            ratio=ratio,
            added=sum(map(len, added)) / sum(map(len, human)),
        )

    def _on_human(self, human: list[Ints], sizes: tuple[int, ...]) -> _Fitted:
        if sizes not in self._human_fits:
            trains = [rows[:size] for rows, size in zip(human, sizes, strict=True)]
            self._human_fits[sizes] = self._fitted(trains, _refit_share(sizes))
        return self._human_fits[sizes]

    def _fitted(self, trains: list[Ints], share: float) -> _Fitted:
        return _Fitted(self.task, self.seed, trains, share)
