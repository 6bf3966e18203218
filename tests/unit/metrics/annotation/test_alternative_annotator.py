"""The alternative annotator test, set against its definition word for word, and on judges that were really used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from gates import testing
from gates.errors import MetricError
from gates.metrics.annotation.alternative_annotator import HumanLabels, alternative_annotator_test
from gates.metrics.annotation.replacement import METRIC
from gates.verdict import Scope

PANDALM = Path(__file__).parents[5] / "shared/data/annotations_pandalm_long.parquet"


def by_the_definition(human, machine, nearness, epsilon):
    """Sections 3.1 and 3.2 of the paper, item by item. human: label by item, by annotator."""
    p_values, advantages = [], []
    for annotator, labels in human.items():
        machine_as_good, annotator_as_good = [], []
        for item, label in labels.items():
            others = [other[item] for name, other in human.items() if name != annotator and item in other]
            if not others or item not in machine:
                continue
            of_machine, of_annotator = nearness(machine[item], others), nearness(label, others)
            machine_as_good.append(of_machine >= of_annotator)
            annotator_as_good.append(of_annotator >= of_machine)
        if len(machine_as_good) < 30:
            continue
        difference = np.array(annotator_as_good, dtype=float) - np.array(machine_as_good, dtype=float)
        p_values.append(stats.ttest_1samp(difference, epsilon, alternative="less").pvalue)
        advantages.append(np.mean(machine_as_good))
    # Benjamini & Yekutieli 2001: reject the k smallest, k the last for which p <= k / m * q / (1 + 1/2 + ... + 1/m).
    m = len(p_values)
    lines = np.arange(1, m + 1) / m * 0.05 / sum(1 / number for number in range(1, m + 1))
    below = np.flatnonzero(np.sort(p_values) <= lines)
    return (below[-1] + 1 if len(below) else 0) / m, float(np.mean(advantages))


def accuracy(label, others):
    return np.mean([label == other for other in others])


def negative_rmse(label, others):
    return -np.sqrt(np.mean([(label - other) ** 2 for other in others]))


def result_of(human, machine, distance, epsilon, items):
    rows = [(item, number, label) for number, labels in enumerate(human.values()) for item, label in labels.items()]
    labels = HumanLabels(*(np.array(column) for column in zip(*rows, strict=True)))
    by_item = np.array([machine.get(item, -1) for item in range(items)])
    return alternative_annotator_test(labels, by_item, distance, epsilon)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("is_numeric", [False, True])
def test_result_is_that_of_the_definition(seed, is_numeric):
    rng = np.random.default_rng(seed)
    items, labels, epsilon = 120, 5, (0.0, 0.1, 0.2)[seed % 3]
    truth = rng.integers(0, labels, items)

    def said(error, share):
        labelled = np.flatnonzero(rng.random(items) < share)
        return {int(item): int(truth[item] if rng.random() > error else rng.integers(labels)) for item in labelled}

    human = {name: said(0.1 + 0.1 * number, 0.7) for number, name in enumerate("abcdef")}
    human["rare"] = said(0.1, 0.1)
    machine = said(0.3, 0.95)
    numbers = np.arange(labels, dtype=float)
    distance = (numbers[:, None] - numbers) ** 2 if is_numeric else 1 - np.eye(labels)
    result = result_of(human, machine, distance, epsilon, items)

    expected = by_the_definition(human, machine, negative_rmse if is_numeric else accuracy, epsilon)
    assert (result.winning_rate, result.average_advantage) == pytest.approx(expected)
    assert len(result.annotators) == 6


def test_machine_that_says_what_people_say_replaces_all_and_one_that_guesses_none():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 200)
    human = {name: {item: int(label) for item, label in enumerate(truth)} for name in "abc"}
    distance = 1 - np.eye(3)
    same = result_of(human, dict(enumerate(truth.tolist())), distance, 0.15, 200)
    guess = result_of(human, dict(enumerate(rng.integers(0, 3, 200).tolist())), distance, 0.15, 200)

    assert (same.winning_rate, same.lost.tolist(), same.average_advantage) == (1.0, [False] * 3, 1.0)
    assert (guess.winning_rate, guess.lost.tolist()) == (0.0, [True] * 3)


def test_annotators_whose_items_are_too_few_are_left_out():
    human = {name: dict.fromkeys(range(29), 0) for name in "ab"}

    result = result_of(human, dict.fromkeys(range(29), 0), 1 - np.eye(2), 0.1, 29)
    assert len(result.annotators) == 0
    assert np.isnan(result.winning_rate)


@pytest.mark.parametrize(("judge", "advantage"), [("gpt-3.5-turbo", 0.735), ("pandalm-7b", 0.715)])
@pytest.mark.parametrize("epsilon", [0.1, 0.15, 0.2])
def test_two_judges_that_were_used_replace_none_of_three_people(judge, advantage, epsilon):
    frame = pl.read_parquet(PANDALM).sort("item")
    labels = sorted(frame["label"].unique())
    coded = frame.with_columns(code=pl.col("label").replace_strict({one: at for at, one in enumerate(labels)}))
    people = {
        str(name): dict(zip(own["item"].to_list(), own["code"].to_list(), strict=True))
        for (name,), own in coded.filter(origin="human").group_by("annotator", maintain_order=True)
    }
    own = coded.filter(annotator=judge)
    machine = dict(zip(own["item"].to_list(), own["code"].to_list(), strict=True))
    result = result_of(people, machine, 1 - np.eye(len(labels)), epsilon, frame["item"].max() + 1)

    assert (result.winning_rate, result.average_advantage) == pytest.approx(
        by_the_definition(people, machine, accuracy, epsilon)
    )
    assert result.winning_rate == 0
    assert result.average_advantage == pytest.approx(advantage, abs=5e-4)


@pytest.mark.parametrize("epsilon", [-0.1, 1, 5])
def test_epsilon_at_which_every_machine_wins_or_none_may_is_refused(epsilon):
    rows = pl.DataFrame({"item": ["a"], "annotator": ["ana"], "label": ["yes"]})
    with (
        testing.scanned(
            rows, rows, type="annotations", label="label", columns={"item": "item", "annotator": "annotator"}
        ) as scan,
        pytest.raises(MetricError, match=r"epsilon is .*, expected at least 0 and below 1"),
    ):
        METRIC.measure(scan, Scope.SYNTHETIC, {**dict(METRIC.params), "epsilon": epsilon})
