"""What the crowd's labels are beside the experts': shares, agreement, and what they spare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score

from gates import testing
from gates.metrics.annotation.crowd import METRIC, SharedItems
from gates.metrics.base.measurement import Inconclusive, Measured, NotConfigured
from gates.verdict import Outcome, Scope

DICES = Path(__file__).parents[5] / "shared/data/annotations_dices350.parquet"


def rated(items, crowd_label, rng, crowd=5, error=0.1):
    """One expert and some of the crowd label each item; crowd_label: of the truth, by item."""
    truth = np.array(["no", "yes"])[rng.integers(2, size=items)]
    rows = [{"item": f"i{at}", "annotator": "expert", "label": truth[at], "expertise": "expert"} for at in range(items)]
    for rater in range(crowd):
        for at in range(items):
            label = crowd_label(truth[at], at)
            if rng.random() < error:
                label = "yes" if label == "no" else "no"
            rows.append({"item": f"i{at}", "annotator": f"c{rater}", "label": label, "expertise": "crowd"})
    sides = {"slice": pl.Series([f"s{int(row['item'][1:]) % 2}" for row in rows])}
    return pl.DataFrame(rows).with_columns(**sides)


def measured(frame, measure="bias", **declared):
    with testing.scanned(
        frame, frame.clear(), type="annotations", label="label",
        columns={name: name for name in ("item", "annotator", "expertise")}, **declared,
    ) as scan:  # fmt: skip
        return METRIC.measure(scan, Scope.HUMAN, {"measure": measure})


def test_crowd_that_labels_as_experts_do_is_within_the_limits():
    rng = np.random.default_rng(1)
    frame = rated(300, lambda truth, _: truth, rng)

    assert measured(frame).estimate.high < 0.1
    assert measured(frame, "kappa").estimate.low > 0.4


def test_crowd_that_leans_on_one_slice_is_seen_there():
    rng = np.random.default_rng(2)
    frame = rated(400, lambda truth, at: "yes" if at % 2 else truth, rng)
    result = measured(frame, slices=["slice"])

    assert 0.15 < result.estimate.value < 0.3
    parts = {name: part.measurement.estimate.value for name, part in result.parts.items()}
    assert parts["slice=s1"] > 0.35
    assert parts["slice=s0"] < 0.05
    assert all(part.warns_only for part in result.parts.values())
    assert set(result.evidence["slices"]) == {"slice=s0", "slice=s1"}


def test_worth_is_that_of_labels_that_the_crowd_follows_so_far():
    rng = np.random.default_rng(3)
    experts = rng.integers(2, size=(4000, 1)).astype(float)
    crowd = 0.5 * experts + rng.normal(0, 0.5, experts.shape)
    shared = SharedItems(("yes",), crowd, experts)

    correlation = np.corrcoef(crowd[:, 0], experts[:, 0])[0, 1]
    assert shared.worths(np.ones((1, 4000)))[0, 0] == pytest.approx(1 / (1 - correlation**2))
    contradicting = SharedItems(("yes",), -crowd, experts)
    assert contradicting.worths(np.ones((1, 4000)))[0, 0] == 1


def test_published_labels_of_conversations_give_what_was_measured_of_them():
    frame = pl.read_parquet(DICES)
    result = measured(frame.select("item", "annotator", "label", "expertise").with_columns(slice=pl.lit("all")))
    no = result.evidence["labels"]["No"]

    experts = frame.filter(expertise="expert").sort("item")
    crowd = frame.filter(expertise="crowd").group_by("item").agg((pl.col("label") == "No").mean()).sort("item")
    kappa = cohen_kappa_score(experts["label"] == "No", crowd["label"] > 0.5)
    assert no["kappa"] == pytest.approx(kappa)
    assert kappa == pytest.approx(0.343, abs=5e-4)
    assert (no["crowd"], no["experts"]) == (pytest.approx(0.611, abs=5e-4), 0.5)
    assert no["expert_label_worth"] == pytest.approx(1.32, abs=5e-3)
    assert result.estimate.low > 0.1


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (pl.lit("expert"), NotConfigured, "no label of the crowd"),
        (pl.lit("crowd"), NotConfigured, "no label of the experts"),
        (
            pl.when(pl.col("annotator") != "expert")
            .then(pl.lit("crowd"))
            .when(pl.col("item").str.len_chars() == 2)
            .then(pl.lit("expert")),
            Inconclusive,
            "10 items were labelled by crowd and experts",
        ),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_answer(change, kind, words):
    frame = rated(60, lambda truth, _: truth, np.random.default_rng(4)).with_columns(expertise=change)
    result = measured(frame)

    assert isinstance(result, kind)
    assert words in str(getattr(result, "reason", result))


def test_few_items_are_no_verdict_and_hold_nothing_back():
    frame = rated(40, lambda truth, _: truth, np.random.default_rng(5), error=0.3)
    with testing.scanned(
        frame, frame.clear(), type="annotations", label="label", columns={"expertise": "expertise"}
    ) as scan:
        result = testing.judge(METRIC, scan, Scope.HUMAN, max_value=0.05, measure="bias")

    assert isinstance(measured(frame), Measured)
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.severity.value == "info"


def minority_of_experts(label="never", crowd=5):
    """Three experts and some of the crowd on 200 items: of one mind, but for one expert who calls 30 of them otherwise."""
    rows = []
    for item in range(200):
        usual = "yes" if item % 2 else "no"
        experts = [label if item < 30 else usual, usual, usual]
        rows += [(f"i{item}", f"e{at}", one, "expert") for at, one in enumerate(experts)]
        rows += [(f"i{item}", f"c{at}", usual, "crowd") for at in range(crowd)]
    return pl.DataFrame(rows, schema=("item", "annotator", "label", "expertise"), orient="row")


def test_label_that_no_majority_gives_is_no_disagreement_of_crowd_and_experts():
    frame = minority_of_experts()

    assert measured(frame, "kappa").estimate.value == 1
    assert set(measured(frame, "kappa").evidence["labels"]) == {"no", "yes"}
    bias = measured(frame)
    assert bias.estimate.value == pytest.approx(0.05, abs=0.02)
    assert "'never' is 0.0 % of the crowd's labels and 5.0 % of the experts' on 200 items" in bias.note
    assert "nan" not in bias.note


def test_labels_on_which_experts_are_never_of_one_mind_have_no_agreement():
    rows = [(f"i{item}", f"e{at}", label, "expert") for item in range(60) for at, label in enumerate(("no", "yes"))]
    rows += [(f"i{item}", "c", "no" if item % 2 else "yes", "crowd") for item in range(60)]
    frame = pl.DataFrame(rows, schema=("item", "annotator", "label", "expertise"), orient="row")
    result = measured(frame, "kappa")

    assert isinstance(result, Inconclusive)
    assert "with a label that most experts give to 10" in result.reason


def test_crowd_that_never_contradicts_experts_is_worth_no_finite_number_of_labels():
    labels = np.eye(3)[np.random.default_rng(6).integers(3, size=997)]
    worths = SharedItems(("a", "b", "c"), labels, labels).worths(
        np.random.default_rng(7).multinomial(997, [1 / 997] * 997, 200) * 1.0
    )

    assert (worths > 1e6).all()
