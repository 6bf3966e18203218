"""A model learns from synthetic rows what it learns from people's, or the check says what is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.errors import MetricError
from gates.metrics.base.measurement import Estimate, Growth, Limits, Measured, RowCounts
from gates.metrics.labels.utility import measure
from gates.metrics.limits.decide import rows_needed
from gates.metrics.limits.judge import judge
from gates.metrics.stats.multiclass_auc import Exam
from gates.verdict import Outcome, Scope, Severity
from tests.real import adult, needs_data
from tests.scans import tagged_scan, text_scan, texts_of
from tests.tables import table_scan, with_inputs, with_samples

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

LIMITS = {"synthetic": Limits(min_value=0.9), "both": Limits(min_value=-0.01), "human": Limits(min_value=0.9)}


def table_rows(count: int, seed: int, *, signal: float = 3.0) -> pl.DataFrame:
    """Rows whose label follows from two columns, up to noise."""
    rng = np.random.default_rng(seed)
    town = rng.choice(["A", "B", "C"], count)
    age = rng.normal(size=count)
    label = np.where(signal * (age + (town == "A")) + rng.logistic(size=count) > 1, "yes", "no")
    return pl.DataFrame({"town": town, "age": age, "label": label})


def permuted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("label").shuffle(0))


def scanned(human, synthetic, holdout=None, request=None, **roles: object) -> Scan:
    return table_scan(human, synthetic, holdout, request, **{"label": "label", **roles})


def judged(scan: Scan, train: str = "synthetic"):
    measurement = measure(scan, Scope.COMBINED, {"train": train})
    return judge(measurement, LIMITS[train], Severity.WARNING)


HUMAN_ROWS, FRESH, HELD = table_rows(1000, 1), table_rows(1000, 2), table_rows(3000, 3)
NOISE = permuted(table_rows(3000, 2))


def test_fresh_rows_teach_as_much_as_human_rows_and_do_not_harm():
    scan = scanned(HUMAN_ROWS, FRESH, HELD)
    alone, added = judged(scan), judged(scan, "both")

    assert (alone.outcome, added.outcome) == (Outcome.PASS, Outcome.PASS)
    assert alone.measurement.estimate.value == pytest.approx(1, abs=0.05)
    assert alone.evidence["tested_on"] == "holdout"
    assert "holdout" not in alone.message
    assert added.evidence["synthetic_for_each_of_people"] == {"added": 1, "dataset": 1}
    assert "the dataset has" not in added.message
    assert alone.evidence["train_rows"] == {
        "synthetic": 1000,
        "as_many_of_people": 1000,
        "people": 1000,
        "both": 2000,
    }


def test_labels_dealt_at_random_teach_nothing_and_harm():
    scan = scanned(HUMAN_ROWS, NOISE, HELD)
    alone, added = judged(scan), judged(scan, "both")

    assert (alone.outcome, added.outcome) == (Outcome.FAIL, Outcome.FAIL)
    assert alone.measurement.estimate.high < 0.5
    assert set(alone.evidence["worst_recall"]) == {"no", "yes"}
    assert "suffers most" in added.message


@pytest.mark.parametrize("holdout", [None, HELD])
def test_flipped_labels_are_not_what_a_model_of_human_rows_predicts(holdout):
    human, fresh = table_rows(1500, 1), table_rows(1500, 2)
    flipped = fresh.with_columns(
        label=pl.when(pl.int_range(1500) % 10 == 0)
        .then(pl.col("label").replace({"yes": "no", "no": "yes"}))
        .otherwise("label")
    )

    sound, noisy = (judged(scanned(human, rows, holdout), "human") for rows in (fresh, flipped))

    assert (sound.outcome, noisy.outcome) == (Outcome.PASS, Outcome.FAIL)
    assert noisy.evidence["scores"]["synthetic"] < noisy.evidence["scores"]["human"]


@pytest.mark.parametrize("request_", [None, ScanRequest(declared=Declarations(extends_human_law=True))])
@pytest.mark.parametrize("holdout", [None, HELD])
def test_synthetic_rows_of_one_label_are_told_from_human_rows_of_the_others(request_, holdout):
    more = table_rows(2000, 4).filter(pl.col("label") == "yes")[:400]
    right, wrong = (
        scanned(HUMAN_ROWS, rows, holdout, request_) for rows in (more, FRESH.with_columns(label=pl.lit("yes")))
    )

    assert judged(right, "human").outcome is Outcome.PASS
    judgement = judged(wrong, "human")
    assert (judgement.outcome, judgement.severity) == (Outcome.FAIL, Severity.WARNING)
    assert "of the synthetic rows with label 'yes' it gives" in judgement.message


def test_label_that_too_few_human_rows_have_decides_nothing():
    rare = pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("new")).otherwise(pl.col("label"))
    scan = scanned(HUMAN_ROWS.with_columns(label=rare), FRESH.with_columns(label=pl.lit("new")))

    judgement = judged(scan, "human")

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert "too few human rows have a label of synthetic rows" in judgement.message


def test_without_a_holdout_human_rows_are_tested_on_in_folds_that_no_copy_reaches():
    rows = table_rows(450, 1, signal=1)
    unlabelled = table_rows(900, 4).drop("label")
    for holdout in (None, unlabelled):
        measurement = measure(scanned(rows, rows, holdout), Scope.COMBINED, {"train": "synthetic"})

        assert measurement.evidence["tested_on"] == "human rows in folds"
        assert measurement.evidence["test_rows"] == 450
        assert measurement.note.endswith("; without a holdout, near copies of tested human rows may be trained on")
        # The same rows in both kinds: each model saw the two thirds that it was not tested on.
        assert measurement.estimate.value == pytest.approx(1, abs=1e-9)


def test_number_does_not_depend_on_the_order_of_rows():
    forward = judged(scanned(HUMAN_ROWS, FRESH, HELD)).measurement
    backward = judged(scanned(HUMAN_ROWS.reverse(), FRESH.reverse(), HELD.reverse())).measurement

    assert forward == backward


def test_class_that_synthetic_rows_lack_fails_and_is_named():
    def three(count: int, seed: int) -> pl.DataFrame:
        old = pl.col("age") > 1
        return table_rows(count, seed).with_columns(label=pl.when(old).then(pl.lit("old")).otherwise("label"))

    judgement = judged(scanned(three(1000, 1), three(1300, 2).filter(pl.col("label") != "old"), three(3000, 3)))

    assert judgement.outcome is Outcome.FAIL
    assert "'old' suffers most" in judgement.message
    assert judgement.evidence["worst_recall"]["old"]["trained"] == 0


def test_generator_that_teaches_nothing_is_named_among_others():
    fair = table_rows(2000, 2).with_columns(generator=pl.lit("fair"))
    parrot = permuted(table_rows(600, 5)).with_columns(generator=pl.lit("parrot"))
    human = HUMAN_ROWS.with_columns(generator=pl.lit(None, pl.String))

    judgement = judged(scanned(human, pl.concat([fair, parrot]), HELD))

    assert judgement.outcome is Outcome.FAIL
    assert "generator 'parrot'" in judgement.message
    assert "failing alone: parrot" in judgement.message


def test_rows_that_extend_human_rows_are_judged_by_what_they_add():
    scan = scanned(HUMAN_ROWS, NOISE, HELD, ScanRequest(declared=Declarations(extends_human_law=True)))

    assert judged(scan).severity is Severity.INFO
    assert (judged(scan, "both").outcome, judged(scan, "both").severity) == (Outcome.FAIL, Severity.WARNING)


@pytest.mark.parametrize(
    ("human", "synthetic", "reason"),
    [
        (
            table_rows(299, 1),
            FRESH,
            "a model needs 300 labelled rows of each origin: 1 human and 0 synthetic are missing",
        ),
        (
            HUMAN_ROWS.with_columns(label=pl.lit("yes")),
            FRESH,
            "all human rows have one label in column 'label': there is nothing to learn",
        ),
        (permuted(table_rows(400, 1)), FRESH[:400], "a model of human rows hardly predicts their labels"),
        (
            HUMAN_ROWS.with_columns(
                label=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("no")).otherwise(pl.lit("yes"))
            ),
            FRESH,
            "no label occurs in 10 of the human rows or groups to test on",
        ),
    ],
    ids=["few rows", "one label", "nothing to learn", "a rare label"],
)
def test_rows_that_cannot_decide_are_inconclusive(human, synthetic, reason):
    scan = scanned(human, synthetic)

    for judgement in (judged(scan), judged(scan, "both")):
        assert judgement.outcome is Outcome.INCONCLUSIVE
        assert reason in judgement.message


def test_more_rows_than_are_read_are_not_asked_for():
    undecided = Measured(Estimate(0.95, 0.85, 1.05), RowCounts(3000, 3000), growth=Growth(rows_read=4500))

    assert set(rows_needed(replace(undecided, growth=Growth()), LIMITS["synthetic"])) == {"human", "synthetic"}
    assert rows_needed(undecided, LIMITS["synthetic"]) == {}


def test_rows_of_few_groups_are_inconclusive():
    def grouped(rows: pl.DataFrame, names: int) -> pl.DataFrame:
        return rows.with_columns(person=pl.int_range(pl.len()) % names)

    few = judged(scanned(grouped(HUMAN_ROWS, 12), grouped(FRESH, 900), group="person"))
    shared = judged(scanned(grouped(HUMAN_ROWS, 500), grouped(FRESH, 500), grouped(HELD, 500), group="person"))

    assert "human rows to test on come from 12 groups" in few.message
    assert "fewer than 100 rows of an origin share no group with the human rows to test on" in shared.message


def test_human_rows_of_few_groups_a_fold_are_judged_together_though_no_generator_is_alone():
    def grouped(rows: pl.DataFrame, generators: list[str] | None) -> pl.DataFrame:
        makers = pl.lit(None, pl.String) if generators is None else pl.Series(generators)
        prefix = "person" if generators is None else "made"
        return rows.with_columns(
            person=pl.format("{}{}", pl.lit(prefix), pl.int_range(pl.len()) % 40), generator=makers
        )

    judgement = judged(scanned(grouped(HUMAN_ROWS, None), grouped(FRESH, ["a", "b"] * 500), group="person"))

    assert judgement.outcome is Outcome.PASS
    assert judgement.evidence["generators_not_tested_alone"] == ["a", "b"]


def test_fewer_rows_than_the_dataset_has_for_each_human_row_are_reported():
    measurement = measure(scanned(table_rows(450, 1), table_rows(16_000, 2)), Scope.COMBINED, {"train": "both"})

    shares = measurement.evidence["synthetic_for_each_of_people"]
    assert (shares["added"], shares["dataset"]) == (pytest.approx(100 / 3, abs=0.1), pytest.approx(16_000 / 450))
    assert "; that is 33 for each human row, and the dataset has 36" in measurement.note


def test_near_copies_of_tested_texts_are_not_trained_on():
    mine = [f"{text} mine" for text in texts_of(450, 1)]
    labels_drawn = np.random.default_rng(0).choice(["praise", "blame"], 450)
    human = pl.DataFrame({"text": mine, "label": labels_drawn})
    copies = human.with_columns(pl.col("text").str.replace("mine$", "copied"))

    measurement = measure(tagged_scan(human, copies, label="label"), Scope.COMBINED, {"train": "synthetic"})

    # Labels are dealt at random, so that a model can only know those that it has seen.
    assert measurement.reason.startswith("a model of human rows hardly predicts their labels")
    assert measurement.evidence["scores"]["synthetic"] == pytest.approx(0.5, abs=0.1)


def test_what_is_missing_is_reported():
    free = pl.Series("label", np.arange(1000))

    assert 'no label is declared; add: label = "<column>"' in judged(scanned(HUMAN_ROWS, FRESH, label=None)).message
    assert judged(scanned(HUMAN_ROWS.with_columns(free), FRESH.with_columns(free))).outcome is Outcome.NOT_CONFIGURED
    assert judged(scanned(HUMAN_ROWS, FRESH.with_columns(label=pl.lit(None, pl.String)))).outcome is Outcome.ERROR
    with pytest.raises(MetricError, match="no column but the label"):
        judged(scanned(HUMAN_ROWS.select("label"), FRESH.select("label")))


def test_texts_are_learned_from_too():
    def texts(count: int, seed: int) -> tuple[list[str], list[str]]:
        rng = np.random.default_rng(seed)
        labels = rng.choice(["praise", "blame"], count)
        words = {"praise": ["good", "fine", "bright", "calm", "kind"], "blame": ["bad", "dull", "grim", "rude", "slow"]}
        shared = [f"w{number}" for number in range(60)]
        made = [" ".join([*rng.choice(shared, 12), *rng.choice(words[label], 2), str(at), str(seed)]) for at, label in enumerate(labels)]  # fmt: skip
        return made, labels.tolist()

    def outcome(labels: list[str]) -> Outcome:
        scan = text_scan(mine, theirs)
        roles = replace(scan.roles, label="label")
        human, synthetic = (
            replace(rows, frame=rows.frame.with_columns(label=rows.frame["text"].replace_strict(dict(zip(written, labels_drawn, strict=True)))))
            for rows, written, labels_drawn in ((scan.human, mine, mine_said), (scan.synthetic, theirs, labels))
        )  # fmt: skip
        return judged(with_samples(with_inputs(scan, roles=roles), human=human, synthetic=synthetic)).outcome

    (mine, mine_said), (theirs, theirs_said) = texts(400, 1), texts(400, 2)

    assert outcome(theirs_said) is Outcome.PASS
    assert outcome(np.random.default_rng(0).permutation(theirs_said).tolist()) is Outcome.FAIL


def test_areas_are_those_of_one_class_against_all_others():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400).astype(np.int8)
    scores = np.round(rng.random((400, 3)) + 0.3 * np.eye(3)[labels], 1)
    weights = rng.integers(0, 3, (2, 400), dtype=np.int32)
    test = Exam(labels, (0, 1, 2), np.zeros(400, dtype=np.int64), np.arange(400))

    expected = [
        np.mean([roc_auc_score(labels == code, scores[:, code], sample_weight=drawn) for code in range(3)])
        for drawn in weights
    ]

    assert test.areas(scores, weights) == pytest.approx(expected)


def test_areas_of_a_draw_are_those_of_its_rows_written_down_that_often():
    rng = np.random.default_rng(1)
    labels, fold = rng.integers(0, 4, 300).astype(np.int8), rng.integers(0, 2, 300)
    scores = np.round(rng.random((300, 4)), 1)
    weights = rng.integers(0, 4, (5, 300), dtype=np.int32)

    def area(times):
        rows = np.repeat(np.arange(300), times)
        return Exam(labels[rows], (0, 1, 3), fold[rows], rows).areas(scores[rows])[0]

    areas = Exam(labels, (0, 1, 3), fold, np.arange(300)).areas(scores, weights)

    assert areas.tolist() == [area(times) for times in weights]


def test_draw_without_a_row_of_a_class_has_no_area():
    labels = np.array([0, 1, 2], dtype=np.int8)
    test = Exam(labels, (0, 1, 2), np.zeros(3, dtype=np.int64), np.arange(3))

    areas = test.areas(np.eye(3), np.array([[1, 1, 1], [0, 2, 1]], dtype=np.int32))

    assert areas[0] == 1
    assert np.isnan(areas[1])


def test_rows_of_different_fits_are_not_compared():
    labels = np.array([0, 1, 0, 1], dtype=np.int8)
    scores = np.array([0.1, 0.2, 0.8, 0.9])
    test = Exam(labels, (0, 1), np.array([0, 0, 1, 1]), np.arange(4))

    assert test.areas(np.column_stack([-scores, scores])).tolist() == [1.0]


@needs_data
def test_fresh_human_rows_pass_and_noisy_generators_of_census_data_fail():
    human, fresh, noisy = (adult(part)[:3000] for part in ("trn", "val", "flip50"))
    holdout = adult("val")[3000:6000]

    sound, unsound = (scanned(human, rows, holdout, label="income") for rows in (fresh, noisy))

    assert [judged(sound, train).outcome for train in LIMITS] == [Outcome.PASS] * 3
    assert judged(unsound).outcome is Outcome.FAIL
