"""How much a synthetic row should count beside a human one: what a gain was shown for, and else nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.data.text.mix import mix

if TYPE_CHECKING:
    from gates.advice.worth.examples import Examples
    from gates.data.arrays import Floats, Ints

# Four fifths of the rows teach nearly what all do, and ten folds would take twice the time.
FOLDS = 5
# Shares of all weight that synthetic rows may have together; beside these, each counting as much as a human row.
SHARES = (0.2, 0.5, 0.8)
# A gain counts from one standard error on, the usual rule for choosing a model by cross-validation (Breiman et al.,
# Classification and Regression Trees, 1984, section 3.4.3), here against the simplest one, human rows alone. An error over tested
# rows leaves out what other training rows would have given: corrected for that (Nadeau & Bengio, Machine Learning 52, 2003,
# section 3) it is half as large again. Uncorrected, one of 60 cells of benchmarks/advice.py was worse than human rows alone.
ERRORS_AT_LEAST = math.sqrt(1 + FOLDS / (FOLDS - 1))


@dataclass(frozen=True)
class TriedWeight:
    """A weight that was tried. gain: in mean loss on human rows, against human rows alone; error: its standard error."""

    weight: float
    gain: float
    error: float

    @property
    def is_shown(self) -> bool:
        """Whether the gain exceeds what chance may make of none."""
        return self.gain > ERRORS_AT_LEAST * self.error


@dataclass(frozen=True)
class GuardedWeight:
    """What one synthetic row counts, a human row counting 1; 0 where no gain was shown.

    tried: every weight. n_human, n_synthetic: rows that were learned from, the human ones in folds.
    """

    tried: tuple[TriedWeight, ...]
    n_human: int
    n_synthetic: int

    @property
    def best(self) -> TriedWeight:
        """The candidate that gains most, shown or not."""
        return max(self.tried, key=lambda one: (one.gain, -one.weight))

    @property
    def chosen(self) -> TriedWeight | None:
        """The candidate that gains most, where its gain is shown."""
        return self.best if self.best.is_shown else None

    @property
    def weight(self) -> float:
        """Of one synthetic row."""
        return self.chosen.weight if self.chosen else 0.0


@dataclass(frozen=True)
class Weighted:
    """Rows with their weights."""

    rows: Ints
    weights: Floats


NOTHING = Weighted(np.empty(0, dtype=np.int64), np.empty(0))


@dataclass(frozen=True)
class Trial:
    """Human rows to learn from and others to test on."""

    train: Ints
    test: Ints


@dataclass(frozen=True)
class HumanRows:
    """Human rows and how they are tried. seed: of the folds. holdout: rows that no generator has seen, None where there are none."""

    rows: Ints
    seed: int
    holdout: Ints | None = None

    def trials(self, examples: Examples) -> list[Trial]:
        """All rows tested on the holdout; without one, five folds, each tested on what the others teach.

        Rows that were made from a tested row tell its label: folds take that for a gain, and a holdout does not.
        """
        if self.holdout is not None:
            apart = ~np.isin(examples.unit[self.rows], examples.unit[self.holdout])
            return [Trial(self.rows[apart], self.holdout)]
        fold = folds_of(examples.unit[self.rows], self.seed)
        return [Trial(self.rows[fold != number], self.rows[fold == number]) for number in range(FOLDS)]


def guarded_weight(examples: Examples, human: HumanRows, synthetic: Ints, beside: Weighted = NOTHING) -> GuardedWeight:
    """The weight of synthetic rows by trials on human rows, taken where its paired gain exceeds one corrected standard error.

    Every trial is of models of the human rows alone and with the synthetic rows under each weight;
    synthetic rows that share a unit with a tested row are left out. The standard error is over units of human rows, so it
    does not know what other training rows would have given. beside: rows that are learned from in any case, as those of another source.
    """
    tried = weights_to_try(len(human.rows), len(synthetic))
    trials = human.trials(examples)
    gains = np.concatenate([_gains(examples, trial, beside, (synthetic, tried)) for trial in trials], axis=1)
    unit = tested_units(examples, trials)
    candidates = [TriedWeight(weight, *mean_of_units(gain, unit)) for weight, gain in zip(tried, gains, strict=True)]
    return GuardedWeight(tuple(candidates), len(human.rows), len(synthetic))


def tested_units(examples: Examples, trials: list[Trial]) -> Ints:
    """The unit of each tested row of all trials in order, counted from 0."""
    units: Ints = np.unique(examples.unit[np.concatenate([trial.test for trial in trials])], return_inverse=True)[1]
    return units


def weights_to_try(human: int, synthetic: int) -> list[float]:
    """Weights of a synthetic row, ascending: those that give all of them a share of the weight, none above a human row's."""
    ratio = human / max(1, synthetic)
    return sorted({*(min(1.0, share / (1 - share) * ratio) for share in SHARES), 1.0})


def apart_from(examples: Examples, weighted: Weighted, test: Ints) -> Weighted:
    """The rows that share no unit with a tested one."""
    apart = ~np.isin(examples.unit[weighted.rows], examples.unit[test])
    return Weighted(weighted.rows[apart], weighted.weights[apart])


def _gains(examples: Examples, trial: Trial, beside: Weighted, synthetic: tuple[Ints, list[float]]) -> Floats:
    """Weights x test rows: what each loses less with synthetic rows. synthetic: these rows and the weights to try."""
    rows, tried = synthetic
    made = apart_from(examples, Weighted(rows, np.ones(len(rows))), trial.test)
    others = apart_from(examples, beside, trial.test)
    alone = np.r_[trial.train, others.rows]
    counted = np.r_[np.ones(len(trial.train)), others.weights]
    before = examples.losses(alone, counted, trial.test)
    every = np.r_[alone, made.rows]
    return np.array(
        [before - examples.losses(every, np.r_[counted, weight * made.weights], trial.test) for weight in tried]
    )


def folds_of(unit: Ints, seed: int) -> Ints:
    """The fold of each row: units in an order that follows from seed and unit, dealt out in turn."""
    names, code = np.unique(unit, return_inverse=True)
    keys = mix(mix(names.astype(np.uint64)) ^ np.uint64(seed))
    place = np.empty(len(names), dtype=np.int64)
    place[np.argsort(keys, kind="stable")] = np.arange(len(names)) % FOLDS
    folds: Ints = place[code]
    return folds


def mean_of_units(values: Floats, unit: Ints) -> tuple[float, float]:
    """The mean over rows and its standard error over units; an infinite one of a single unit.

    Cochran, Sampling Techniques, 1977, section 9A.2, without correction for what is not sampled.
    """
    mean, count = float(values.mean()), int(unit.max()) + 1
    if count < 2:  # noqa: PLR2004
        return mean, float("inf")
    sums = np.bincount(unit, values - mean, minlength=count)
    return mean, float(np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values))
