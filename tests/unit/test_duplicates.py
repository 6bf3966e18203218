"""Repeats are counted against a limit, and the limit itself is allowed."""

from __future__ import annotations

import polars as pl
import pytest

from gates.metrics.duplicates import METRIC
from gates.metrics.judging import judge
from gates.metrics.measurement import Limits
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

ROWS = 1000


@pytest.mark.parametrize(("repeats", "outcome"), [(50, Outcome.PASS), (51, Outcome.FAIL)])
def test_a_share_of_repeats_that_equals_the_limit_passes_and_one_row_more_fails(repeats, outcome):
    human = pl.DataFrame({"x": range(ROWS)})
    synthetic = pl.DataFrame({"x": [*range(ROWS - repeats), *range(repeats)]}) + 10 * ROWS

    measured = METRIC.measure(table_scan(human, synthetic), Scope.SYNTHETIC, {"kind": "exact"})

    assert judge(measured, Limits(max_value=0.05), Severity.CRITICAL).outcome is outcome
