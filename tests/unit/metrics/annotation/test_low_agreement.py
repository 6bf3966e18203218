"""An annotator who labels unlike all others fails, however far the others agree."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.metrics.annotation import low_agreement
from gates.metrics.base.measurement import Limits
from gates.metrics.limits.judge import Judgement, judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan
from tests.unit.metrics.annotation.test_annotators import ROLES, rows


def judged(ratings: pl.DataFrame) -> Judgement:
    scan = table_scan(ratings, ratings.clear(), label="label", bound=ROLES)
    return judge(low_agreement.measure(scan, Scope.HUMAN, {}), Limits(max_value=0.05), Severity.CRITICAL)


def test_one_of_four_who_labels_unlike_the_others_fails_and_is_named_with_the_interval():
    check = judged(rows(200, {"ana": 0.95, "ben": 0.93, "eva": 0.94, "random": 0.1}))

    assert check.outcome is Outcome.FAIL
    assert "measured 0.25" in check.message
    low = check.evidence["low_agreement"]
    assert list(low) == ["random"]
    assert low["random"]["low"] <= low["random"]["agreement"] <= low["random"]["high"] < 0.4
    assert "random agrees with the others by" in check.message


def test_one_who_labels_unlike_the_others_is_seen_where_all_agree_little():
    assert judged(rows(600, {"ana": 0.6, "ben": 0.6, "eva": 0.6, "leo": 0.6})).outcome is Outcome.PASS
    assert judged(rows(600, {"ana": 0.6, "ben": 0.6, "eva": 0.6, "leo": 0})).outcome is Outcome.FAIL


def test_annotators_who_differ_by_chance_pass():
    assert judged(rows(200, {"ana": 0.9, "ben": 0.88, "eva": 0.92, "leo": 0.9})).evidence["low_agreement"] == {}


def test_one_who_gave_few_of_the_labels_is_named_and_passes():
    few = rows(700, {"ana": 0.95, "ben": 0.93, "eva": 0.94, "random": 0}).filter(
        (pl.col("annotator") != "random") | (pl.col("item") < 40)
    )
    check = judged(few)

    assert check.outcome is Outcome.PASS
    assert list(check.evidence["low_agreement"]) == ["random"]


def test_two_annotators_and_items_rated_once_decide_nothing():
    assert judged(rows(200, {"ana": 1, "ben": 0.1})).outcome is Outcome.NOT_CONFIGURED
    alone = rows(300, {"ana": 1, "ben": 1, "eva": 1}).filter(
        pl.col("annotator").replace_strict({"ana": 0, "ben": 1, "eva": 2}, return_dtype=pl.Int64) == pl.col("item") % 3
    )
    check = judged(alone)
    assert check.outcome is Outcome.NOT_CONFIGURED
    assert "0 human annotators rated 30 items that others rated too" in check.message


def test_the_order_of_rows_and_names_decides_nothing():
    ratings = rows(200, {"ana": 0.95, "ben": 0.93, "random": 0.1})
    shuffled = ratings[np.random.default_rng(1).permutation(ratings.height)]

    assert judged(ratings).evidence == judged(shuffled).evidence
