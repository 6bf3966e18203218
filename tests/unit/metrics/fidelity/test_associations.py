from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.fidelity.associations import PAIRS_AT_MOST, measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

LIMITS = Limits(max_value=0.2)


def test_pairs_of_wide_tables_that_are_not_compared_are_counted_and_said():
    columns = 160
    human, synthetic = (np.random.default_rng(seed).normal(size=(400, columns)) for seed in (1, 2))
    for rows in (human, synthetic):
        rows[:, 1] = rows[:, 0] + 0.01 * rows[:, 1]
    synthetic[:, 1] = np.random.default_rng(3).normal(size=len(synthetic))
    sides = [pl.DataFrame({f"c{at}": rows[:, at] for at in range(columns)}) for rows in (human, synthetic)]

    measured = measure(table_scan(*sides), Scope.COMBINED, {"over": "worst"})

    assert measured.evidence["pairs_not_compared"] == columns * (columns - 1) // 2 - PAIRS_AT_MOST
    assert f"{PAIRS_AT_MOST} of 12,720 pairs compared" in measured.note
    assert next(iter(measured.evidence["worst_pairs"])) == "c0 and c1"


def test_pairs_of_wide_tables_are_not_chosen_to_be_strong_in_human_rows_alone():
    columns = 160
    sides = [
        pl.DataFrame({f"c{at}": np.random.default_rng(seed * columns + at).normal(size=300) for at in range(columns)})
        for seed in (1, 2)
    ]

    measured = measure(table_scan(*sides), Scope.COMBINED, {"over": "mean"})

    # Chosen by human rows, the strongest of 12,720 pairs that depend on nothing lie .04 apart.
    assert abs(measured.estimate.value) < 0.01, measured.estimate


def _with_a_rare_level(rows: int, seed: int) -> pl.DataFrame:
    """Numbers that depend on each other, and a level of one row in a hundred beside one of sixty towns."""
    rng = np.random.default_rng(seed)
    size = rng.normal(size=rows)
    return pl.DataFrame({
        **{f"c{at}": size + rng.normal(size=rows) for at in range(4)},
        "town": [f"town {at}" for at in rng.integers(0, 60, rows)],
        "exporter": np.where(rng.random(rows) < 0.012, "yes", "no"),
    })  # fmt: skip


@pytest.mark.parametrize("seed", [2, 3])
def test_a_pair_that_differs_as_much_among_human_rows_leaves_nothing_open(seed):
    sides = _with_a_rare_level(1000, 1), _with_a_rare_level(1000, seed)

    measured = measure(table_scan(*sides), Scope.COMBINED, {"over": "worst"})

    assert measured.evidence["pairs_too_noisy"] == ["town and exporter"]
    assert "1 of 15 pairs left out" in measured.note
    assert judge(measured, LIMITS, Severity.CRITICAL).outcome is Outcome.PASS


def test_a_pair_that_differs_more_than_among_human_rows_is_judged_however_rare_its_level():
    human, synthetic = (_with_a_rare_level(1000, seed) for seed in (1, 2))
    # The town that most human rows have, as rare levels of many share a code.
    in_one_town = synthetic.with_columns(
        exporter=pl.when(pl.col("town") == human["town"].mode()[0]).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )

    measured = measure(table_scan(human, in_one_town), Scope.COMBINED, {"over": "worst"})

    assert next(iter(measured.evidence["worst_pairs"])) == "town and exporter"
    assert judge(measured, LIMITS, Severity.CRITICAL).outcome is Outcome.FAIL


def _with_missing_ones(rows: int, seed: int, *, together: int) -> pl.DataFrame:
    """Two columns of three levels, in a few rows both of them missing."""
    rng = np.random.default_rng(seed)
    is_missing = pl.Series(np.arange(rows) < together)
    columns = {name: pl.Series(rng.choice(["a", "b", "c"], rows)) for name in ("home", "job")}
    columns = {name: values.set(is_missing, None) for name, values in columns.items()}
    return pl.DataFrame({**columns, "age": rng.normal(size=rows)})


@pytest.mark.parametrize(("together", "outcome"), [(2, Outcome.PASS), (60, Outcome.FAIL)])
def test_levels_of_a_few_rows_that_coincide_are_no_association(together, outcome):
    sides = (_with_missing_ones(1400, seed, together=count) for seed, count in ((1, 0), (2, together)))

    measured = measure(table_scan(*sides), Scope.COMBINED, {"over": "worst"})

    assert judge(measured, LIMITS, Severity.CRITICAL).outcome is outcome, measured.note


def test_where_many_pairs_are_noisy_none_is_left_out():
    sides = (_with_a_rare_level(60, seed) for seed in (1, 2))

    assert "pairs_too_noisy" not in measure(table_scan(*sides), Scope.COMBINED, {"over": "worst"}).evidence


@pytest.mark.parametrize(("rows", "outcome"), [(60, Outcome.INCONCLUSIVE), (400, Outcome.FAIL)])
def test_sixty_rows_prove_no_difference_of_a_pair(rows, outcome):
    def sides(seed: int) -> pl.DataFrame:
        land = np.random.default_rng(seed).integers(0, 3, rows)
        return pl.DataFrame({"land": [f"l{at}" for at in land], "zone": [f"z{at}" for at in land]})

    human, synthetic = sides(1), sides(2)
    synthetic = synthetic.with_columns(pl.col("zone").shuffle(seed=1))
    measured = measure(table_scan(human, synthetic), Scope.COMBINED, {"over": "worst"})

    assert judge(measured, LIMITS, Severity.CRITICAL).outcome is outcome
