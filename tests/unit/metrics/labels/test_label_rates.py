"""Label shares are compared group by group, against what two halves of people differ by."""

from __future__ import annotations

import numpy as np
import polars as pl

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.base.measurement import Limits
from gates.metrics.labels.label_rates import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def rows(rates: dict[str, float], seed: int, count: int = 3000) -> pl.DataFrame:
    """`count` rows of each town, of which a share of the town's rate is labelled yes."""
    rng = np.random.default_rng(seed)
    towns = np.repeat(list(rates), count)
    label = np.where(rng.random(len(towns)) < np.repeat(list(rates.values()), count), "yes", "no")
    return pl.DataFrame({"number": rng.random(len(towns)), "town": towns, "label": label})


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, request: ScanRequest | None = None, **roles: object):
    bound = {"label": "label", "slices": ("town",), **roles}
    measured = measure(table_scan(human, synthetic, request=request, **bound), Scope.COMBINED, {})
    return judge(measured, Limits(max_value=0.05), Severity.WARNING)


HUMAN_ROWS = rows({"A": 0.3, "B": 0.6}, 1)


def test_synthetic_rows_with_human_rates_pass():
    assert judged(HUMAN_ROWS, rows({"A": 0.3, "B": 0.6}, 2)).outcome is Outcome.PASS


def test_groups_whose_errors_cancel_fail_and_the_worst_is_named():
    judgement = judged(HUMAN_ROWS, rows({"A": 0.5, "B": 0.4}, 2))

    assert judgement.outcome is Outcome.FAIL
    assert set(judgement.evidence["worst_groups"]) == {"town=A", "town=B"}
    assert judgement.measurement.note.startswith("in town=")


def test_few_rows_are_inconclusive():
    tiny = judged(rows({"A": 0.3}, 1, 100), rows({"A": 0.9}, 2, 100))
    small = judged(rows({"A": 0.3}, 1, 300), rows({"A": 0.3}, 2, 300))

    assert "no level of town has 300 labelled rows of both origins" in tiny.message
    assert (tiny.outcome, small.outcome) == (Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE)


def test_groups_that_are_too_small_do_not_count():
    human = pl.concat([HUMAN_ROWS, rows({"C": 0.1}, 3, 200)])
    synthetic = pl.concat([rows({"A": 0.3, "B": 0.6}, 2), rows({"C": 0.9}, 4, 200)])

    assert judged(human, synthetic).evidence["groups"] == 2


def test_a_generator_that_shifts_a_group_is_named():
    synthetic = pl.concat([rows({"A": 0.3, "B": 0.6}, 2, 9000), rows({"A": 0.9, "B": 0.6}, 3, 400)])
    judgement = judged(HUMAN_ROWS, synthetic.with_columns(generator=pl.Series(["fair"] * 18000 + ["skewed"] * 800)))

    assert judgement.outcome is Outcome.FAIL
    assert "failing alone: skewed" in judgement.message


def test_rows_that_extend_human_rows_are_reported_only():
    judgement = judged(
        HUMAN_ROWS, rows({"A": 0.9, "B": 0.6}, 2), ScanRequest(declared=Declarations(extends_human_law=True))
    )

    assert judgement.severity is Severity.INFO


def test_without_label_or_slices_nothing_is_checked_and_without_any_label_it_is_an_error():
    synthetic = rows({"A": 0.3, "B": 0.6}, 2)

    assert 'no label is declared; add: label = "<column>"' in judged(HUMAN_ROWS, synthetic, label=None).message
    assert 'no slices are declared; add: slices = ["<column>"]' in judged(HUMAN_ROWS, synthetic, slices=()).message
    assert judged(HUMAN_ROWS, synthetic.with_columns(label=pl.lit(None, pl.String))).outcome is Outcome.ERROR
