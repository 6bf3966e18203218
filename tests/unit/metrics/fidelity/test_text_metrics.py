from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gates.errors import MetricError
from gates.metrics.base.measurement import Failed, Inconclusive, Limits, Measured, Measurement
from gates.metrics.content import boilerplate, degenerate
from gates.metrics.copies import copies, duplicates
from gates.metrics.fidelity import formatting
from gates.metrics.fidelity.formatting import ABSENT, feature_auc
from gates.metrics.fidelity.text_diversity import MEASURES, UNITS, text_diversity
from gates.metrics.limits.judge import judge
from gates.metrics.stats.intervals import ratio_difference
from gates.verdict import Outcome, Scope, Severity
from tests.scans import text_scan, texts_of

SENTENCES = [
    "{} went to {} and met {} there, though nobody had asked for it.",
    "Nobody in {} knew why {} had sold the house of {}.",
    "It rained when {} reached {}; {} had taken the only umbrella.",
]


def stories(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [
        " ".join(
            SENTENCES[rng.integers(3)].format(*(f"name{number}" for number in rng.integers(0, 2000, 3)))
            for _ in range(rng.integers(2, 6))
        )
        for _ in range(count)
    ]


def outcome_of(measurement: Measurement, limits: Limits) -> Outcome:
    return judge(measurement, limits, Severity.CRITICAL).outcome


def test_boilerplate_is_the_share_of_distinct_synthetic_texts_beyond_that_of_human_rows():
    human_rows, machines = stories(300, 1), stories(290, 2)
    refusals = [f"As an AI language model, I cannot say number {number}." for number in range(10)]
    repeated = [refusals[0]] * 50

    measurement = boilerplate.measure(
        text_scan([*human_rows, "As an AI, I disagree."], machines + refusals + repeated), Scope.SYNTHETIC, {}
    )

    assert measurement.estimate == ratio_difference(10, 300, 1, 301)
    assert (measurement.rows.human, measurement.rows.synthetic) == (301, 300)
    assert measurement.note == "of synthetic texts 3.3 % speak as a language model"
    assert measurement.evidence["texts_with_mark"] == {
        "synthetic": {"self_reference": 10},
        "human": {"self_reference": 1},
    }
    assert measurement.evidence["first_rows"] == [f"texts.parquet:{row}" for row in range(592, 602)]
    assert outcome_of(measurement, Limits(max_value=0.01)) is Outcome.FAIL


def test_every_empty_text_counts_as_degenerate_though_all_are_equal():
    measurement = degenerate.measure(text_scan(stories(300, 1), stories(240, 2) + [""] * 60), Scope.SYNTHETIC, {})

    assert measurement.estimate == ratio_difference(60, 300, 0, 300)
    assert measurement.note == "of synthetic texts 20.0 % are empty"


def test_a_clean_set_passes_and_a_small_one_is_undecided():
    clean = boilerplate.measure(text_scan(stories(600, 1), stories(600, 2)), Scope.SYNTHETIC, {})
    small = boilerplate.measure(text_scan(stories(60, 1), stories(60, 2)), Scope.SYNTHETIC, {})

    assert outcome_of(clean, Limits(max_value=0.01)) is Outcome.PASS
    judged = judge(small, Limits(max_value=0.01), Severity.CRITICAL, undecided=boilerplate.METRIC.undecided)
    assert (judged.outcome, judged.severity) == (Outcome.INCONCLUSIVE, Severity.CRITICAL)


def test_one_generator_that_refuses_fails_alone_and_is_named():
    machines = stories(3000, 2) + [f"I'm sorry, but I can't help with that. {story}" for story in stories(12, 3)]
    machines += stories(300, 4)
    names = ["good"] * 3000 + ["sorry"] * 312

    measurement = boilerplate.measure(text_scan(stories(3000, 1), machines, names), Scope.SYNTHETIC, {})
    judged = judge(measurement, Limits(max_value=0.01), Severity.CRITICAL)

    assert outcome_of(Measured(measurement.estimate), Limits(max_value=0.01)) is Outcome.PASS
    assert judged.outcome is Outcome.FAIL
    assert "generator 'sorry': " in judged.message


def test_a_side_without_rows_is_an_error_and_not_a_pass():
    measurement = degenerate.measure(text_scan(stories(10, 1), []), Scope.SYNTHETIC, {})

    assert measurement.reason == "there are no synthetic rows to compare"
    assert outcome_of(measurement, Limits(max_value=0.01)) is Outcome.ERROR


def test_one_artefact_fails_formatting_and_is_named_with_its_fix():
    machines = [f" {story}" for story in stories(300, 2)]

    measurement = formatting.measure(text_scan(stories(300, 1), machines), Scope.COMBINED, {})

    assert outcome_of(measurement, Limits(max_value=0.35)) is Outcome.FAIL
    assert measurement.note == (
        "'leading white space' tells the origin with AUC 1.00: strip leading white space from the texts of both origins"
    )
    assert measurement.evidence == {"auc_of_features": {"leading white space": 1.0}}


def test_texts_of_one_pipeline_pass_formatting_whatever_their_length():
    human_rows = stories(400, 1)
    short = [". ".join(story.split(". ")[:1]) for story in stories(400, 2)]

    measurement = formatting.measure(text_scan(human_rows, short), Scope.COMBINED, {})

    assert outcome_of(measurement, Limits(max_value=0.35, warn_value=0.15)) is Outcome.PASS


def test_an_artefact_of_fewer_than_ten_rows_is_an_accident():
    machines = stories(300, 2)
    machines[:9] = [f"\t{story}" for story in machines[:9]]

    measurement = formatting.measure(text_scan(stories(300, 1), machines), Scope.COMBINED, {})

    assert measurement.evidence == {}
    assert outcome_of(measurement, Limits(max_value=0.35)) is Outcome.PASS


def test_too_few_texts_are_not_computable():
    measurement = formatting.measure(text_scan(["one text"], ["another"]), Scope.COMBINED, {})

    assert outcome_of(measurement, Limits(max_value=0.35)) is Outcome.ERROR


def test_auc_counts_ties_half_and_texts_without_the_feature_tell_nothing():
    def area(first: list[int], second: list[int]) -> float:
        return feature_auc(np.array(first), np.array(second), 3)

    assert area([0, 0, 0], [1, 1, 2]) == area([1, 1, 2], [0, 0, 0]) == 1
    assert area([0, 1, 2], [0, 1, 2]) == 0.5
    assert area([0, 0], [0, 1]) == 0.75
    assert area([0, 0, ABSENT, ABSENT], [1, 1, 1, 1]) == 0.75
    assert area([ABSENT, ABSENT], [1, 1]) == 0.5


LIMITS = {
    "compression": Limits(max_value=1.25),
    "distinct_3": Limits(min_value=0.7),
    "effective_number": Limits(min_value=0.8),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_generator_with_ten_favourites_fails_every_diversity_measure_and_fresh_texts_pass(name):
    human_rows, favourites = stories(300, 1), stories(10, 2)
    collapsed = [f"{favourites[number % 10]} {number}" for number in range(300)]

    failing = text_diversity(text_scan(human_rows, collapsed), name)
    passing = text_diversity(text_scan(human_rows, stories(300, 3)), name)

    assert outcome_of(failing, LIMITS[name]) is Outcome.FAIL
    assert outcome_of(passing, LIMITS[name]) is Outcome.PASS
    assert passing.baseline.value == pytest.approx(1, abs=0.05)
    assert f" {UNITS[MEASURES[name]]} against " in failing.note


@pytest.mark.parametrize("name", LIMITS)
def test_shorter_texts_of_the_same_human_rows_are_as_diverse(name):
    human_rows = stories(600, 1)
    short = [story[: len(story) // 2] for story in human_rows[300:]]

    assert outcome_of(text_diversity(text_scan(human_rows[:300], short), name), LIMITS[name]) is Outcome.PASS


def test_diversity_of_texts_without_words_is_an_error():
    for name in LIMITS:
        measurement = text_diversity(text_scan([""] * 20, [""] * 20), name)
        assert isinstance(measurement, Failed) or name == "effective_number"


def test_an_unknown_measure_of_diversity_is_refused_with_the_nearest():
    with pytest.raises(MetricError, match=r"no measure 'compresion' \(did you mean 'compression'\?\)"):
        text_diversity(text_scan(stories(10, 1), stories(10, 2)), "compresion")


@pytest.mark.parametrize("measure", [boilerplate.measure, degenerate.measure, formatting.measure])
def test_measurements_are_the_same_every_time(measure):
    made = [
        measure(text_scan(stories(60, 1), [f" {story}" for story in stories(60, 2)]), Scope.COMBINED, {}) for _ in "ab"
    ]

    assert all(first == second for first, second in pairwise(made))


def test_short_answers_that_mostly_are_a_persons_are_copies_and_others_are_left_out():
    human_rows, fresh = texts_of(300, 1, length=6, words=(0, 4000)), texts_of(300, 2, length=6, words=(0, 4000))
    long = texts_of(40, 3)

    def exact(made: list[str]) -> Measurement:
        return copies.measure(text_scan(human_rows, made), Scope.COMBINED, {"kind": "exact"})

    copied, natural = exact([*human_rows, *long]), exact([*human_rows[:30], *fresh[30:], *long])

    assert (copied.evidence["copies"], copied.evidence["rows"]) == (300, 340)
    assert isinstance(natural, Inconclusive) or "300 under 20 tokens are not counted" in natural.note


def test_short_texts_are_copies_where_all_are_short_and_human_rows_do_not_repeat_each_other():
    human_rows, fresh = texts_of(3000, 1, length=6, words=(0, 4000)), texts_of(3000, 2, length=6, words=(0, 4000))

    copied = copies.measure(text_scan(human_rows, [*human_rows[:90], *fresh[90:]]), Scope.COMBINED, {"kind": "exact"})
    near = copies.measure(text_scan(human_rows, fresh), Scope.COMBINED, {"kind": "near"})
    repeats = duplicates.measure(text_scan(human_rows, fresh), Scope.HUMAN, {"kind": "near"})

    assert outcome_of(copied, Limits(max_value=0.001)) is Outcome.FAIL
    assert "no synthetic text has 20 tokens" in near.missing
    assert "no human text has 20 tokens" in repeats.missing


@pytest.mark.parametrize(("scope", "long_rows"), [(Scope.HUMAN, 0), (Scope.SYNTHETIC, 0), (Scope.SYNTHETIC, 500)])
def test_a_short_text_that_stands_there_a_thousand_times_is_a_repeat(scope, long_rows):
    human_rows, made = (
        [*texts_of(1000, seed, length=8, words=(0, 4000)), *texts_of(long_rows, seed + 2)] for seed in (1, 2)
    )
    repeating = [*["Great place, would come again!"] * 1000, *made]
    sides = (repeating, made) if scope is Scope.HUMAN else (human_rows, repeating)

    measurement = duplicates.measure(text_scan(*sides), scope, {"kind": "exact"})
    sound = duplicates.measure(text_scan(human_rows, made), scope, {"kind": "exact"})

    assert outcome_of(measurement, Limits(max_value=0.05)) is Outcome.FAIL
    assert outcome_of(sound, Limits(max_value=0.05)) is Outcome.PASS
