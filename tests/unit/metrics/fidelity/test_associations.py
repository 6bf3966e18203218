from __future__ import annotations

import numpy as np
import polars as pl

from gates.metrics.fidelity.associations import PAIRS_AT_MOST, measure
from gates.verdict import Scope
from tests.tables import table_scan


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
