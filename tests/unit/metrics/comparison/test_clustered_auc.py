"""The interval of a cross-validated area: of its size and coverage, beside what dealing the labels out again gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import binom, norm

from gates.metrics.comparison.classifiers import Table, one_thread
from gates.metrics.comparison.clustered_auc import Area, cross_validated_area

RUNS = 400
# 95 % of the runs of a right test reject so often, of 400 with a level of .1.
REJECTED = binom.interval(0.998, RUNS, 0.1)


@dataclass(frozen=True)
class Means:
    """The line through the means of both classes: a real model that is fitted in microseconds."""

    values: np.ndarray

    def class_scores(self, train, labels, rows):
        values = self.values[train]
        direction = values[labels == 1].mean(axis=0) - values[labels == 0].mean(axis=0)
        scores = self.values[rows] @ direction
        return np.array([0, 1]), np.column_stack([-scores, scores])


def drawn(run: int, *, shift: float, groups: int, size: int) -> tuple[Means, np.ndarray, np.ndarray]:
    """Two sides of groups of rows that are alike; one value in five is shifted."""
    rng = np.random.default_rng(run)
    group = np.repeat(np.arange(2 * groups, dtype=np.uint64), size)
    labels = np.repeat(np.array([0, 1], dtype=np.int8), groups * size)
    values = rng.normal(size=(2 * groups, 5))[group.astype(int)] * (0.8 if size > 1 else 0)
    values = values + rng.normal(size=(len(group), 5))
    values[:, 0] += shift * labels
    return Means(values), labels, group


def areas(**law: float) -> list[Area]:
    made = []
    for run in range(RUNS):
        model, labels, group = drawn(run, **law)
        made.append(cross_validated_area(model, np.arange(len(labels)), labels, group, run))
    return made


@pytest.mark.parametrize(("groups", "size"), [(200, 1), (60, 6), (15, 20)])
def test_of_one_law_the_interval_leaves_chance_out_as_often_as_its_level_says(groups, size):
    made = areas(shift=0.0, groups=groups, size=size)

    outside = sum(not area.interval().low <= 0.5 <= area.interval().high for area in made)

    assert REJECTED[0] <= outside <= REJECTED[1]


@pytest.mark.parametrize(("groups", "size", "spread"), [(200, 1, 1.0), (60, 6, 1.64**0.5)])
def test_the_interval_covers_the_area_that_the_law_has(groups, size, spread):
    made = areas(shift=1.0, groups=groups, size=size)
    # The means' direction is that of the shift up to noise: the area is that of two normal laws, from above.
    law = float(norm.cdf(1.0 / (2**0.5 * spread)))
    average = float(np.mean([area.value for area in made]))

    assert law - 0.05 < average < law
    outside = sum(not area.interval().low <= average <= area.interval().high for area in made)
    assert outside <= REJECTED[1]


def test_the_error_is_what_dealing_labels_out_again_gives():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(300, 4))
    model, rows, groups = (
        Table(values, tuple("abcd"), np.zeros(4, bool)),
        np.arange(300),
        np.arange(300, dtype=np.uint64),
    )
    labels = np.repeat(np.array([0, 1], dtype=np.int8), 150)

    with one_thread():
        own = cross_validated_area(model, rows, labels, groups, 1)
        dealt = [cross_validated_area(model, rows, rng.permutation(labels), groups, at).value for at in range(30)]

    # Of thirty values the deviation is known to an eighth.
    assert own.error > 0.75 * np.std(dealt, ddof=1)
    assert own.error < 2 * np.std(dealt, ddof=1)
    assert abs(np.mean(dealt) - 0.5) < 3 * np.std(dealt, ddof=1) / 30**0.5


def test_one_group_shows_nothing_and_groups_are_units():
    alike = drawn(1, shift=0.0, groups=60, size=6)
    model, labels, group = alike
    apart = cross_validated_area(model, np.arange(len(labels)), labels, np.arange(len(labels), dtype=np.uint64), 1)
    clustered = cross_validated_area(model, np.arange(len(labels)), labels, group, 1)

    assert clustered.error > 1.3 * apart.error
    assert Area(0.9, 0.01, 1).interval().low == 0.0
