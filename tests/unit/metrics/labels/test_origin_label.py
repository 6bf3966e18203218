"""What the origin of a row tells of its label is measured within slices, beyond what chance tells."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.labels.origin_label_leakage import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def rows(count: int, rate: float, seed: int, topic: str = "all") -> pl.DataFrame:
    """Rows of which a share of `rate` is labelled yes."""
    rng = np.random.default_rng(seed)
    label = np.where(rng.random(count) < rate, "yes", "no")
    return pl.DataFrame({"number": rng.random(count), "label": label, "topic": [topic] * count})


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, **roles: object):
    measured = measure(table_scan(human, synthetic, **{"label": "label", **roles}), Scope.COMBINED, {})
    return judge(measured, Limits(max_value=0.05), Severity.WARNING)


def test_equal_label_rates_pass_at_nothing_beyond_chance():
    judgement = judged(rows(1000, 0.3, 1), rows(1000, 0.3, 2))

    assert judgement.outcome is Outcome.PASS
    assert judgement.measurement.estimate.value < 0.003


def test_the_information_is_that_of_the_textbook():
    half = rows(2000, 0.5, 1).with_columns(label=pl.Series(["yes", "no"] * 1000))
    three_in_four = rows(2000, 0.5, 2).with_columns(label=pl.Series(["yes", "yes", "yes", "no"] * 500))

    measurement = judged(half, three_in_four).measurement

    assert measurement.estimate.value == pytest.approx(0.0511, abs=0.0005)


def test_a_label_that_mostly_synthetic_rows_bear_fails_and_is_named():
    judgement = judged(rows(1000, 0.2, 1), rows(1000, 0.9, 2))

    assert judgement.outcome is Outcome.FAIL
    assert judgement.measurement.note == "'no' is 81.2 % of human labels, 10.8 % of synthetic ones"
    assert set(judgement.evidence["shares"]) == {"yes", "no"}


def test_slices_that_explain_the_labels_are_taken_off():
    human = pl.concat([rows(900, 0.1, 1, "a"), rows(300, 0.9, 2, "b")])
    synthetic = pl.concat([rows(300, 0.1, 3, "a"), rows(900, 0.9, 4, "b")])

    assert judged(human, synthetic).outcome is Outcome.FAIL
    assert judged(human, synthetic, slices=("topic",)).outcome is Outcome.PASS


def test_few_rows_are_inconclusive():
    assert judged(rows(40, 0.5, 1), rows(40, 0.5, 2)).outcome is Outcome.INCONCLUSIVE


def test_rows_of_one_group_count_once():
    human, synthetic = (
        rows(1000, rate, seed).with_columns(who=pl.int_range(pl.len()) // 25) for rate, seed in ((0.3, 1), (0.3, 2))
    )

    judgement = judged(human, synthetic, group="who")

    assert (judgement.measurement.rows.human, judgement.outcome) == (40, Outcome.INCONCLUSIVE)


def test_a_generator_that_gives_one_label_only_is_named():
    synthetic = pl.concat([rows(2000, 0.3, 2), rows(300, 1.0, 3)]).with_columns(
        generator=pl.Series(["fair"] * 2000 + ["yes-man"] * 300)
    )
    judgement = judged(rows(2000, 0.3, 1), synthetic)

    assert judgement.outcome is Outcome.FAIL
    assert "generator 'yes-man'" in judgement.message


def test_one_label_alone_tells_nothing():
    assert judged(rows(500, 1.0, 1), rows(500, 1.0, 2)).outcome is Outcome.INCONCLUSIVE


def test_without_a_label_or_with_values_that_are_no_classes_nothing_is_checked():
    human, synthetic = rows(200, 0.5, 1), rows(200, 0.5, 2)

    assert 'no label is declared; add: label = "<column>"' in judged(human, synthetic, label=None).message
    assert judged(human, synthetic, label="number").outcome is Outcome.NOT_CONFIGURED


def test_labels_that_are_missing_do_not_count_and_none_at_all_is_an_error():
    human, synthetic = rows(1000, 0.3, 1), rows(1000, 0.3, 2)
    blank = synthetic.with_columns(label=pl.when(pl.int_range(pl.len()) < 600).then("label").otherwise(pl.lit(" ")))
    nothing = judged(human, synthetic.with_columns(label=pl.lit(None, pl.String)))

    assert judged(human, blank).measurement.rows.synthetic == 600
    assert nothing.outcome is Outcome.ERROR
    assert "no synthetic row has a label in column 'label'" in nothing.message


def test_the_order_of_rows_changes_nothing():
    human, synthetic = rows(500, 0.3, 1), rows(500, 0.4, 2)

    assert judged(human, synthetic).measurement == judged(human[::-1], synthetic[::-1]).measurement
