"""Intervals that a machine judge helps: they hold however wrong it is, and are narrower the better it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gates.errors import MetricError, UsageError
from gates.metrics.stats.intervals import wilson
from gates.review.ppi import helped_mean, labels_needed

DRAWS = 1_500
OTHERS = 1_500
# The confidence is 95 %; four standard deviations of a share of DRAWS are .0225.
COVERAGE = (0.93, 0.972)


def rejected(generator, count):
    """Labels of people, and a judge that misses a third of what they reject and rejects a fifth of the rest."""
    labels = (generator.random(count) < 0.43).astype(float)
    judged = np.where(labels == 1, generator.random(count) < 0.67, generator.random(count) < 0.2).astype(float)
    return labels, judged


def scored(generator, count):
    """Skewed scores, and a judge that is far too kind and noisy."""
    labels = generator.gamma(4.0, 1.0, count)
    return labels, 2.0 + 0.5 * labels + generator.normal(0, 0.5, count)


def blind(generator, count):
    """A judge that knows nothing."""
    return (generator.random(count) < 0.3).astype(float), generator.normal(5, 2, count)


def drawn(law, size, seed):
    generator = np.random.default_rng(seed)
    for _ in range(DRAWS):
        labels, judged = law(generator, size)
        yield labels, judged, law(generator, OTHERS)[1]


@pytest.mark.parametrize("size", [50, 100, 200])
@pytest.mark.parametrize(
    ("law", "truth"), [(rejected, 0.43), (scored, 4.0), (blind, 0.3)], ids=lambda one: getattr(one, "__name__", "")
)
def test_interval_has_the_true_mean_as_often_as_it_says(law, truth, size):
    estimates = [helped_mean(*rows).estimate for rows in drawn(law, size, seed=size)]

    covered = np.mean([estimate.low <= truth <= estimate.high for estimate in estimates])
    assert COVERAGE[0] <= covered <= COVERAGE[1]
    assert np.mean([estimate.value for estimate in estimates]) == pytest.approx(truth, rel=0.03)


def test_interval_holds_where_few_other_rows_are_judged():
    generator, covered = np.random.default_rng(9), []
    for _ in range(DRAWS):
        labels, judged = scored(generator, 150)
        estimate = helped_mean(labels, judged, scored(generator, 150)[1]).estimate
        covered.append(estimate.low <= 4.0 <= estimate.high)

    assert COVERAGE[0] <= np.mean(covered) <= COVERAGE[1]


def judge_correlation(share: float, sensitivity: float, specificity: float) -> float:
    """The correlation of a label of two kinds with a judge's, from what is assumed of the judge: the phi coefficient.

    share: of rows that people reject. sensitivity: share of these that the judge rejects. specificity: share of the others
    that it accepts. 0 where either says the same of all rows.
    """
    rejected = share * sensitivity + (1 - share) * (1 - specificity)
    spread = math.sqrt(share * (1 - share) * rejected * (1 - rejected))
    return (share * sensitivity - share * rejected) / spread if spread else 0.0


def spared(correlation: float, rows: int) -> int:
    """How many labels the judge makes unnecessary."""
    need = labels_needed(0.5, 0.05, correlation, rows)
    return need.alone - need.helped


def test_labels_are_worth_what_the_correlation_says_before_anyone_labels():
    need = labels_needed(math.sqrt(0.43 * 0.57), 0.1, judge_correlation(0.43, 0.67, 0.8), 10_000)
    generator = np.random.default_rng(3)
    widths = []
    for _ in range(300):
        labels, judged = rejected(generator, need.helped)
        estimate = helped_mean(labels, judged, rejected(generator, 10_000 - need.helped)[1]).estimate
        widths.append((estimate.high - estimate.low) / 2)

    assert need.helped < need.alone
    # Student's law and estimated variances take a little more than the plan.
    assert np.mean(widths) == pytest.approx(0.1, rel=0.05)


def test_judge_without_a_mistake_leaves_little_to_label_and_one_that_knows_nothing_spares_nothing():
    assert judge_correlation(0.2, 1, 1) == pytest.approx(1)
    assert judge_correlation(0.2, 0.6, 0.4) == pytest.approx(0)
    assert labels_needed(0.5, 0.05, 1, 100_000).helped == 0
    assert spared(0, 100_000) == 0
    assert spared(-0.8, 100_000) == 0


def test_worth_tends_to_the_inverse_of_what_the_judge_leaves():
    need = labels_needed(0.5, 0.01, 0.6, 10**9)

    assert need.alone / need.helped == pytest.approx(1 / (1 - 0.36), rel=1e-3)


def test_few_judged_rows_spare_fewer_labels():
    counts = [spared(0.7, rows) for rows in (300, 400, 1_000, 10_000)]

    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_labels_of_which_one_kind_is_rare_get_the_score_interval():
    labels, judged = np.zeros(60), np.linspace(0, 1, 60)
    labels[:3] = 1

    helped = helped_mean(labels, judged, np.linspace(0, 1, 500))
    assert (helped.estimate, helped.tuning, helped.worth) == (wilson(3, 60, 0.95), 0, 1)


def test_few_labels_get_the_interval_without_a_judge():
    labels = np.arange(9) * 1.0

    assert helped_mean(labels, labels, np.arange(100) * 1.0).tuning == 0
    assert helped_mean(np.zeros(1), np.zeros(1), np.zeros(9)).estimate == wilson(0, 1, 0.95)


def test_judge_that_says_the_same_of_all_rows_is_not_followed():
    labels = np.arange(40, dtype=float)

    helped = helped_mean(labels, np.ones(40), np.ones(500))
    assert (helped.tuning, helped.worth) == (0, 1)
    assert helped.estimate.low < 19.5 < helped.estimate.high


def test_judge_that_contradicts_people_is_not_followed():
    generator = np.random.default_rng(0)
    labels = generator.normal(0, 1, 100)

    assert helped_mean(labels, -labels, generator.normal(0, 1, 500)).tuning == 0


@pytest.mark.parametrize(
    ("labels", "judged", "others", "message"),
    [
        (0, 0, 100, "0 labels: expected some"),
        (20, 19, 100, "20 labels and 19 judgements"),
    ],
)
def test_too_little_to_infer_from_is_refused(labels, judged, others, message):
    with pytest.raises(MetricError, match=message):
        helped_mean(np.arange(labels) * 1.0, np.arange(judged) * 1.0, np.arange(others) * 1.0)


def test_nan_is_refused():
    with pytest.raises(MetricError, match="NaN"):
        helped_mean(np.arange(20) * 1.0, np.full(20, np.nan), np.arange(50) * 1.0)


@pytest.mark.parametrize("wrong", [(0, 0.1, 0.5, 10), (0.5, 0, 0.5, 10), (0.5, 0.1, 1.5, 10), (0.5, 0.1, 0.5, 0)])
def test_numbers_outside_of_their_ranges_are_refused(wrong):
    with pytest.raises(UsageError, match="expected spread > 0"):
        labels_needed(*wrong)
