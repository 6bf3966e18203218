"""People agree, disagree, or are too few to tell; a machine that labels otherwise than people is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.errors import MetricError
from gates.metrics.annotation import agreement, low_agreement, replacement
from gates.metrics.base.measurement import Limits, NotConfigured
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

DATA = Path(__file__).parents[4] / "../shared/data/annotations_pandalm_long.parquet"
PARAMS = {"level": "nominal", "order": None}
ROLES = frozenset({"item", "annotator", "label"})


def rows(items: int, accuracy: dict[str, float], seed: int = 1) -> pl.DataFrame:
    """A label per item and annotator, right with the annotator's accuracy, among three labels."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, items)
    parts = [
        pl.DataFrame({
            "item": np.arange(items),
            "annotator": [name] * items,
            "label": np.where(rng.random(items) < right, truth, rng.integers(0, 3, items)).astype(str),
        })
        for name, right in accuracy.items()
    ]  # fmt: skip
    return pl.concat(parts)


def scan_of(ratings: pl.DataFrame, machines: pl.DataFrame | None = None, **roles: object) -> Scan:
    machines = ratings.clear() if machines is None else machines
    return table_scan(ratings, machines, label="label", bound=roles.pop("bound", ROLES), **roles)


def judged(scan: Scan, scope: Scope = Scope.HUMAN, low: float = 0.667, **params: object):
    return judge(agreement.measure(scan, scope, PARAMS | params), Limits(min_value=low), Severity.CRITICAL)


def test_annotators_who_agree_pass_and_the_same_ones_guessing_fail():
    assert judged(scan_of(rows(400, {"ana": 0.97, "ben": 0.97, "eva": 0.97}))).outcome is Outcome.PASS
    guessing = judged(scan_of(rows(400, {"ana": 0.97, "ben": 0.5, "eva": 0.4})))
    assert guessing.outcome is Outcome.FAIL
    assert "3 annotators, 1,200 ratings, 400 items with two ratings or more" in guessing.message


def test_few_items_decide_nothing():
    few = judged(scan_of(rows(29, {"ana": 1, "ben": 1})))
    assert few.outcome is Outcome.INCONCLUSIVE
    assert (
        "29 items have two ratings that can be compared; from 30 on agreement can be estimated; "
        "2 annotators, 58 ratings, 29 items with two ratings or more"
    ) in few.message
    near = judged(scan_of(rows(60, {"ana": 0.85, "ben": 0.8})))
    assert near.outcome is Outcome.INCONCLUSIVE
    assert near.rows_needed
    assert list(near.rows_needed) == ["human"]


def test_items_rated_once_and_blank_labels_do_not_count():
    ratings = rows(300, {"ana": 1, "ben": 0.9})
    blank = ratings.with_columns(
        label=pl.when((pl.col("annotator") == "ben") & (pl.col("item") >= 200)).then(pl.lit(" ")).otherwise("label")
    )
    whole = ratings.filter(pl.col("item") < 200)
    measurement = agreement.measure(scan_of(blank), Scope.HUMAN, PARAMS)
    assert measurement.evidence["missing_labels"] == 100
    assert measurement.evidence["items_with_two_ratings"] == 200
    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(
        agreement.measure(scan_of(whole), Scope.HUMAN, PARAMS).estimate.value
    )


def test_a_rating_given_twice_counts_once():
    ratings = rows(200, {"ana": 0.9, "ben": 0.9})
    once, twice = (
        agreement.measure(scan_of(frame), Scope.HUMAN, PARAMS) for frame in (ratings, pl.concat([ratings, ratings]))
    )
    assert twice.estimate.value == once.estimate.value
    assert twice.evidence["repeated_ratings"] == 400


def test_no_order_of_rows_moves_the_interval():
    ratings = rows(300, {"ana": 0.9, "ben": 0.8, "eva": 0.85})
    shuffled = ratings.sample(fraction=1, shuffle=True, seed=4)
    one, other = (agreement.measure(scan_of(frame), Scope.HUMAN, PARAMS).estimate for frame in (ratings, shuffled))
    assert one == other


def test_without_roles_or_variation_nothing_is_judged():
    ratings = rows(100, {"ana": 1, "ben": 1})
    unasked = judged(scan_of(ratings, bound=frozenset({"label"})))
    assert unasked.outcome is Outcome.NOT_CONFIGURED
    assert "no rating columns are configured; data of type tabular has no role 'item'" in unasked.message
    alike = judged(scan_of(ratings.with_columns(label=pl.lit("yes"))))
    assert alike.outcome is Outcome.INCONCLUSIVE
    assert "all ratings are 'yes': agreement beyond chance is not defined" in alike.message


def test_ordered_labels_disagree_less_where_neighbours_are_mixed_up():
    ratings = rows(400, {"ana": 1, "ben": 1}).with_columns(
        label=pl.when((pl.col("annotator") == "ben") & (pl.col("item") % 4 == 0) & (pl.col("label") != "2"))
        .then((pl.col("label").cast(pl.Int64) + 1).cast(pl.String))
        .otherwise("label")
    )
    values = {
        level: agreement.measure(scan_of(ratings), Scope.HUMAN, {"level": level, "order": None}).estimate.value
        for level in ("nominal", "ordinal", "interval")
    }
    assert values["nominal"] < values["ordinal"]
    words = ratings.with_columns(label=pl.col("label").replace_strict({"0": "low", "1": "mid", "2": "high"}))
    named = {"level": "ordinal", "order": ["low", "mid", "high"]}
    assert agreement.measure(scan_of(words), Scope.HUMAN, named).estimate.value == pytest.approx(values["ordinal"])


def test_words_have_no_interval_and_say_so():
    ratings = rows(100, {"ana": 1, "ben": 1}).with_columns(label=pl.lit("great") + pl.col("label"))
    with pytest.raises(MetricError, match="label 'great0' is no number, and level is \"interval\""):
        agreement.measure(scan_of(ratings), Scope.HUMAN, {"level": "interval", "order": None})


def test_labels_that_hardly_ever_equal_each_other_have_no_agreement_of_this_kind():
    ratings = rows(600, {"ana": 1, "ben": 1, "eva": 1})
    ratings = ratings.with_columns(label=(pl.int_range(pl.len()) / 7).round(3).cast(pl.String))
    scan = scan_of(ratings, rows(600, {"judge": 1}))
    replaced = {**PARAMS, "epsilon": 0.2}

    answers = [
        agreement.measure(scan, Scope.HUMAN, PARAMS),
        agreement.measure(scan, Scope.SYNTHETIC, PARAMS),
        low_agreement.measure(scan, Scope.HUMAN, {}),
        replacement.measure(scan, Scope.SYNTHETIC, replaced),
    ]

    assert {type(one) for one in answers} == {NotConfigured}
    assert str(answers[0]).startswith(
        "1,803 labels differ, more than 500: free texts and fine numbers hardly ever equal"
    )


def test_a_machine_that_guesses_fails_alone_and_one_that_agrees_passes():
    ratings = rows(400, {"ana": 0.97, "ben": 0.97})
    machines = rows(400, {"good": 0.97, "guess": 0.4})
    scan = scan_of(ratings, machines)
    judgement = judged(scan, Scope.SYNTHETIC)
    assert judgement.outcome is Outcome.FAIL
    assert "guess agrees least with human annotators" in judgement.message
    assert judgement.evidence["generators"]["good"]["fails"] is False
    assert (
        judged(scan_of(ratings, machines.filter(pl.col("annotator") == "good")), Scope.SYNTHETIC).outcome
        is Outcome.PASS
    )
    assert judged(scan_of(ratings), Scope.SYNTHETIC).outcome is Outcome.NOT_CONFIGURED


@pytest.mark.parametrize(("accuracy", "outcome"), [(0.45, Outcome.PASS), (0.1, Outcome.FAIL)])
def test_a_machine_is_set_against_how_far_people_agree_by_nature(accuracy, outcome):
    """Five people agree by .2; a machine that labels as they do agrees with them by no more."""
    everybody = rows(6000, {**dict.fromkeys(["ana", "ben", "eva", "leo", "mia"], 0.45), "machine": accuracy})
    is_machine = pl.col("annotator") == "machine"

    scan = scan_of(everybody.filter(~is_machine), everybody.filter(is_machine))

    assert judged(scan, Scope.SYNTHETIC).outcome is outcome
    assert "where human annotators do by 0.2" in agreement.measure(scan, Scope.SYNTHETIC, PARAMS).note


def test_a_machine_beside_people_who_agree_by_chance_is_undecided():
    human, machine = rows(400, {"ana": 0, "ben": 0}), rows(400, {"machine": 0.9})

    check = judged(scan_of(human, machine), Scope.SYNTHETIC)

    assert check.outcome is Outcome.INCONCLUSIVE
    assert "which may be chance: there is nothing to agree with" in check.message


def test_experts_are_set_against_the_crowd():
    ratings = rows(300, {"ana": 1, "ben": 0.6, "eva": 0.6}).with_columns(
        expertise=pl.when(pl.col("annotator") == "ana").then(pl.lit("Expert")).otherwise(pl.lit("crowd"))
    )
    measurement = agreement.measure(scan_of(ratings, bound=ROLES | {"expertise"}), Scope.HUMAN, PARAMS)
    pair = measurement.evidence["experts_with_crowd"]
    assert pair["items"] == 300
    assert 0.5 < pair["agreement"] < 0.75


def test_a_column_per_annotator_gives_what_a_row_per_rating_gives():
    ratings = rows(300, {"label_1": 0.9, "label_2": 0.85, "label_3": 0.95})
    wide = (
        ratings.pivot("annotator", index="item", values="label")
        .with_columns(prompt=pl.col("item").cast(pl.String))
        .drop("item")
    )
    scan = table_scan(wide, wide.clear(), bound=frozenset({"label_1", "label_2", "label_3"}))
    long = agreement.measure(scan_of(ratings), Scope.HUMAN, PARAMS)
    measurement = agreement.measure(scan, Scope.HUMAN, PARAMS)
    assert measurement.estimate.value == pytest.approx(long.estimate.value)
    assert measurement.evidence["annotators"] == 3


def fleiss_kappa(counts: np.ndarray) -> float:
    """Fleiss, Psychological Bulletin 76 (1971) 378-382: as many ratings of every item."""
    raters = counts.sum(axis=1)[0]
    within = ((counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))).mean()
    chance = ((counts.sum(axis=0) / counts.sum()) ** 2).sum()
    return float((within - chance) / (1 - chance))


@pytest.mark.skipif(not DATA.is_file(), reason="the real annotations are not beside the repository")
def test_three_real_people_agree_and_neither_machine_agrees_with_them_as_they_do():
    frame = pl.read_parquet(DATA).select("item", "annotator", "label", "origin")
    ratings, machines = (frame.filter(pl.col("origin") == origin).drop("origin") for origin in ("human", "synthetic"))
    scan = scan_of(ratings, machines)

    among = judged(scan, low=0.8)
    table = ratings.group_by("item", "label").len().pivot("label", index="item", values="len").drop("item").fill_null(0)
    kappa = fleiss_kappa(table.to_numpy().astype(float))
    machine = judged(scan, Scope.SYNTHETIC)

    assert among.outcome is Outcome.PASS
    assert round(kappa, 3) == 0.864
    # Alpha counts the ratings that exist, kappa an endless number of them.
    assert among.measurement.estimate.value == pytest.approx(1 - (1 - kappa) * (1 - 1 / ratings.height), abs=1e-9)
    assert machine.outcome is Outcome.FAIL
    agreements = {name: one["agreement"] for name, one in among.evidence["machines"].items()}
    assert sorted(agreements) == ["gpt-3.5-turbo", "pandalm-7b"]
    assert max(agreements.values()) < 0.6 < among.measurement.estimate.low


def test_machine_that_always_gives_one_label_is_named():
    ratings = rows(400, {"ana": 0.97, "ben": 0.97, "eva": 0.97})
    machine = rows(400, {"judge": 1}).with_columns(label=pl.lit("1"))
    twice = pl.concat([machine, machine.head(1).with_columns(label=pl.lit("2"))])

    constant = judged(scan_of(ratings, machine), Scope.SYNTHETIC)
    both = judged(scan_of(pl.concat([ratings, ratings.head(2).with_columns(label=pl.lit("9"))]), twice))

    assert constant.outcome is Outcome.FAIL
    assert "400 shared items; it always says '1'" in constant.message
    assert list(constant.evidence["one_label_only"]) == ["judge"]
    assert both.evidence["items_with_two_labels"] == {"ana": 2}
    assert "; ana gave 2 items more than one label" in both.message
