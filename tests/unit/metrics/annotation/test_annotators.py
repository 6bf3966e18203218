"""One annotator who gave most of the labels warns, and who labels by habit is named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.annotation import annotators
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

ROLES = frozenset({"item", "annotator", "label"})


def rows(items: int, accuracy: dict[str, float]) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, items)
    return pl.concat([
        pl.DataFrame({
            "item": np.arange(items),
            "annotator": [name] * items,
            "label": np.where(rng.random(items) < right, truth, rng.integers(0, 3, items)).astype(str),
        })
        for name, right in accuracy.items()
    ])  # fmt: skip


def judged(ratings: pl.DataFrame, bound: frozenset[str] = ROLES):
    scan = table_scan(ratings, ratings.clear(), label="label", bound=bound)
    return judge(annotators.measure(scan, Scope.HUMAN, {}), Limits(max_value=0.5), Severity.WARNING)


def test_annotators_of_equal_weight_pass_and_one_with_most_rows_fails():
    ratings = rows(200, {"ana": 0.9, "ben": 0.9, "eva": 0.9, "leo": 0.9})
    even = judged(ratings)
    assert even.outcome is Outcome.PASS
    assert even.evidence["effective_number"] == pytest.approx(4)

    mostly = judged(ratings.filter((pl.col("annotator") == "ana") | (pl.col("item") < 40)))
    assert mostly.outcome is Outcome.FAIL
    assert "ana gave 62.5 % of 320 rows; 2.93 annotators of equal weight" in mostly.message
    assert mostly.evidence["busiest"] == {"ana": 200, "ben": 40, "eva": 40, "leo": 40}


def test_few_rows_decide_nothing():
    assert judged(rows(20, {"ana": 0.9, "ben": 0.9, "eva": 0.9})).outcome is Outcome.INCONCLUSIVE


def test_rows_without_annotator_are_counted_and_a_missing_role_is_reported():
    ratings = rows(200, {"ana": 1, "ben": 1}).with_columns(
        annotator=pl.when(pl.col("item") < 150).then("annotator"),
    )
    assert judged(ratings).evidence["rows_without_annotator"] == 100
    unasked = judged(ratings, bound=frozenset({"item", "label"}))
    assert unasked.outcome is Outcome.NOT_CONFIGURED
    assert "no annotator column is configured; add: columns = { annotator" in unasked.message


def always(ratings: pl.DataFrame, name: str, label: str = "1") -> pl.DataFrame:
    """One annotator gives each item this label."""
    mine = pl.col("annotator") == name
    return ratings.with_columns(label=pl.when(mine).then(pl.lit(label)).otherwise("label"))


def test_who_always_gives_one_label_is_named_where_it_is_no_chance():
    constant = judged(always(rows(200, {"ana": 0.9, "ben": 0.9, "eva": 0.9, "leo": 0.9}), "leo"))
    unanimous = judged(rows(200, {"ana": 0.9, "ben": 0.9}).with_columns(label=pl.lit("1")))
    few = judged(always(rows(29, {"ana": 0.9, "ben": 0.9, "eva": 0.9, "leo": 0.9}), "leo"))

    [(name, habit)] = constant.evidence["one_label_only"].items()
    assert (name, habit["label"], habit["ratings"]) == ("leo", "1", 200)
    assert 0.2 < habit["others_share"] < 0.5
    assert "; leo always says '1'" in constant.message
    assert [one for one in (unanimous, few) if "one_label_only" in one.evidence] == []


def says(name: str, items: range, label: str) -> pl.DataFrame:
    """One annotator gives each of these items the label."""
    return pl.DataFrame({"item": items, "annotator": name, "label": label}, schema_overrides={"item": pl.Int64})


def test_many_whose_one_label_is_the_right_one_hide_nobody_who_never_looks():
    easy = [says(f"sound {number}", range(60), "1") for number in range(20)]
    hard = [says("careful", range(100, 140), "2"), says("careless", range(100, 140), "ok")]
    judgement = judged(pl.concat([*easy, *hard, says("careful", range(200, 230), "3")]))

    assert judgement.evidence["one_label_only"] == {"careless": {"label": "ok", "ratings": 40, "others_share": 0}}
    assert "; careless always says 'ok'" in judgement.message


def test_one_label_is_set_against_others_on_the_same_items_alone():
    ratings = rows(200, {"ana": 0.9, "ben": 0.9, "eva": 0.9})
    easy = says("leo", range(1000, 1200), "1")
    shared = easy.with_columns(
        item=pl.col("item").replace_strict({1000 + one: one for one in range(29)}, default=pl.col("item"))
    )
    enough = easy.with_columns(
        item=pl.col("item").replace_strict({1000 + one: one for one in range(30)}, default=pl.col("item"))
    )

    named = ["one_label_only" in judged(pl.concat([ratings, own])).evidence for own in (easy, shared, enough)]

    assert named == [False, False, True]


def test_all_who_have_a_habit_are_counted_and_ten_are_named():
    ratings = pl.concat(
        [rows(200, {"ana": 0.9, "ben": 0.9}), *(says(f"lazy {at:02}", range(200), "x") for at in range(14))]
    )

    judgement = judged(ratings)

    assert list(judgement.evidence["one_label_only"]) == [f"lazy {at:02}" for at in range(10)]
    assert "; lazy 02 always says 'x'; 11 more have such habits" in judgement.message


def test_who_gives_one_item_two_labels_is_named_and_who_repeats_a_label_is_not():
    ratings = rows(200, {"ana": 0.9, "ben": 0.9, "eva": 0.9})
    again = ratings.filter((pl.col("annotator") == "eva") & (pl.col("item") < 4))
    other = again.filter(pl.col("item") < 3).with_columns(label=pl.lit("9"))

    repeated, contradicting = judged(pl.concat([ratings, again])), judged(pl.concat([ratings, again, other]))

    assert "items_with_two_labels" not in repeated.evidence
    assert contradicting.evidence["items_with_two_labels"] == {"eva": 3}
    assert "; eva gave 3 items more than one label" in contradicting.message
