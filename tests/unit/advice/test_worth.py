"""Weights and exchange rates on rows whose law is given: the same law, noise, and laws in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.advice.worth.curves import curve_of, curve_points, mixture_points
from gates.advice.worth.examples import Labelled, Linear, trees_of
from gates.advice.worth.exchange import LearningCurves, RateAnswer, exchange_rate
from gates.advice.worth.guarded_weight import HumanRows, Weighted, guarded_weight, weights_to_try
from gates.advice.worth.law import Curve, MixtureLaw, fitted_law
from gates.metrics.comparison.classifiers import Table

COLUMNS = 12


def rows(count, rng, *, flipped=0.0):
    """Rows of a logistic law, of which a share has the other label."""
    values = rng.normal(size=(count, COLUMNS))
    score = values @ np.linspace(1.5, -1.5, COLUMNS)
    labels = (rng.random(count) < 1 / (1 + np.exp(-score))).astype(np.int8)
    return values, np.where(rng.random(count) < flipped, 1 - labels, labels).astype(np.int8)


def drawn(human, synthetic, *, flipped=0.0, seed=1, test=1500):
    """Examples with the positions of human, synthetic and test rows."""
    rng = np.random.default_rng(seed)
    parts = [rows(human, rng), rows(synthetic, rng, flipped=flipped), rows(test, rng)]
    values, labels = (np.concatenate(one) for one in zip(*parts, strict=True))
    everything = np.arange(len(labels))
    examples = Labelled(Linear(values), everything, labels, 2)
    return examples, *np.split(everything, [human, human + synthetic])


def table_for_trees(values):
    """A table that trees learn by heart, as a linear model cannot; of few values, because each costs time."""
    names = tuple(f"x{number}" for number in range(values.shape[1]))
    return trees_of(Table(values.round(1), names, np.zeros(values.shape[1], dtype=bool)))


def rate(flipped, seed=1):
    examples, human, synthetic, test = drawn(400, 400, flipped=flipped, seed=seed)
    measured = LearningCurves(
        curve_points(examples, human, test, seed, is_human=True),
        curve_points(examples, synthetic, test, seed, is_human=False),
        mixture_points(examples, human, synthetic, test, seed),
        test,
    )
    return exchange_rate(measured, seed)


def test_rows_of_the_same_law_are_worth_about_as_many_human_rows():
    one = rate(0.0)

    assert one.answer is RateAnswer.RATE
    assert 0.6 < one.value < 1.6
    assert one.low < 1 < one.high


def test_noise_is_worth_no_human_row_and_has_no_weight():
    examples, human, synthetic, _ = drawn(300, 600, flipped=0.5)

    assert rate(0.5).answer is RateAnswer.NONE
    assert guarded_weight(examples, HumanRows(human, 1), synthetic).weight == 0


def test_rows_of_the_same_law_count_fully_beside_few_human_rows_in_most_draws():
    weighed = []
    for seed in range(1, 7):
        examples, human, synthetic, _ = drawn(150, 600, seed=seed)
        weighed.append(guarded_weight(examples, HumanRows(human, seed), synthetic))
    taken = [one for one in weighed if one.weight >= 0.5]

    # A gain of one and a half standard errors is asked for, which few rows do not always show.
    assert len(taken) >= 4
    assert all(one.chosen == one.best and one.best.gain > 1.5 * one.best.error > 0 for one in taken)
    assert all(one.weight == 0 for one in weighed if one.best.gain <= 1.5 * one.best.error)


def test_the_same_seed_gives_the_same_answer_and_another_about_the_same():
    examples, human, synthetic, _ = drawn(150, 400, seed=2)

    first, again, other = (guarded_weight(examples, HumanRows(human, seed), synthetic) for seed in (1, 1, 2))

    assert first == again
    assert other.weight > 0
    assert other.best.gain == pytest.approx(first.best.gain, abs=2 * first.best.error)
    assert rate(0.0) == rate(0.0)


def test_a_source_is_not_taken_beside_one_that_says_the_same_already():
    examples, human, synthetic, _ = drawn(100, 1600, seed=3)
    beside = Weighted(synthetic[:1000], np.ones(1000))

    alone = guarded_weight(examples, HumanRows(human, 1), synthetic[1000:])
    added = guarded_weight(examples, HumanRows(human, 1), synthetic[1000:], beside=beside)

    assert alone.weight > 0
    assert added.best.gain < alone.best.gain / 3


def test_no_row_of_a_tested_unit_is_learned_from():
    examples, human, synthetic, _ = drawn(100, 100)
    # Each synthetic row is a copy of a human one: as a leak it would gain, apart it tells nothing new.
    twice = np.r_[np.arange(100), np.arange(100)]
    copied = Labelled(Linear(examples.model.matrix[twice]), twice, examples.labels[twice], 2)

    tried = guarded_weight(copied, HumanRows(human, 1), synthetic).tried

    assert max(abs(one.gain) for one in tried) < 0.1


def test_rows_made_from_tested_ones_help_in_folds_and_not_on_a_holdout():
    examples, human, _, holdout = drawn(120, 10, test=500)
    rng = np.random.default_rng(5)
    # Two blurred copies of each human row, with its label.
    source = np.repeat(human, 2)
    values = np.vstack([examples.model.matrix, examples.model.matrix[source] + rng.normal(0, 0.02, (240, COLUMNS))])
    labels = np.r_[examples.labels, examples.labels[source]]
    rows = np.arange(len(labels))
    blurred = Labelled(table_for_trees(values), rows, labels, 2)
    made = rows[-240:]

    in_folds = guarded_weight(blurred, HumanRows(human, 1), made)
    on_holdout = guarded_weight(blurred, HumanRows(human, 1, holdout), made)

    assert in_folds.best.gain > 0.1
    assert in_folds.best.gain > 5 * max(0, on_holdout.best.gain)


def test_rows_that_repeat_the_human_ones_have_no_rate():
    examples, human, _, test = drawn(300, 300)
    # As good a source as the human rows, and nothing new beside them.
    repeated = np.random.default_rng(2).permutation(human)
    measured = LearningCurves(
        curve_points(examples, human, test, 1, is_human=True),
        curve_points(examples, repeated, test, 2, is_human=False),
        mixture_points(examples, human, repeated, test, 1),
        test,
    )

    assert exchange_rate(measured, 1).answer is RateAnswer.CANNOT_SAY


def test_weights_to_try_are_no_larger_than_a_human_rows():
    assert weights_to_try(100, 1000) == pytest.approx([0.025, 0.1, 0.4, 1.0])
    assert weights_to_try(1000, 100) == [1.0]


laws = st.builds(
    MixtureLaw, st.floats(0.1, 0.6), st.floats(1, 20), st.floats(0, 0.3), st.floats(1, 20),
    st.sampled_from([0.5, 0.75, 1.0]),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(laws, st.integers(50, 5000), st.integers(50, 5000))
def test_law_agrees_with_both_curves_at_its_ends_and_never_recommends_a_loss(law, n, m):
    assert float(law.risk(n, m, 0.0)) == pytest.approx(law.risk_of_human(n))
    assert float(law.risk(n, m, 1.0)) == pytest.approx(law.floor + law.gap + law.synthetic * m**-law.exponent)
    assert float(law.risk(n, m, law.best_share(n, m))) <= law.risk_of_human(n) + 1e-12
    assert law.worth(n, m) >= 0


@settings(max_examples=50, deadline=None)
@given(laws)
def test_law_is_fitted_back_from_its_own_curves(law):
    sizes = np.array([50.0, 100, 200, 400, 800])
    human = Curve(sizes, np.array([law.risk_of_human(n) for n in sizes]), np.ones(5))
    made = Curve(sizes, np.array([float(law.risk(1, m, 1.0)) for m in sizes]), np.ones(5))

    fitted = fitted_law(human, made)

    assert fitted.exponent == pytest.approx(law.exponent)
    assert (fitted.floor, fitted.gap) == pytest.approx((law.floor, law.gap), abs=1e-6)


@given(st.integers(100, 3000), st.floats(1, 20), st.sampled_from([0.5, 1.0]))
def test_as_many_rows_of_the_same_law_are_worth_as_many(n, human, exponent):
    law = MixtureLaw(0.3, human, 0.0, human, exponent)

    assert law.worth(n, n) == pytest.approx(n, rel=0.01)


def test_curve_counts_a_point_by_its_draws_and_its_rows():
    examples, human, _, test = drawn(160, 10, test=200)

    points = curve_points(examples, human, test, 1, is_human=True)

    assert [point.human for point in points] == [40, 80, 160]
    assert curve_of(points).weights.tolist() == [1.5, 1.5, 1.0]
