"""Sets of answers of one word: what can be said of them is said, and coincidence is no copy."""

from __future__ import annotations

import polars as pl
import pytest

from gates.metrics.copies.copies import METRIC as COPIES
from gates.metrics.fidelity.diversity import METRIC as DIVERSITY
from gates.testing import judge, scanned
from gates.verdict import Outcome, Severity

ROWS = 3200


def sums(first: int) -> pl.DataFrame:
    """Questions of which no two are alike, answered by a number."""
    number = pl.int_range(first, first + ROWS, eager=True)
    return pl.DataFrame(
        {"prompt": [f"What is {one} and {one}?" for one in number], "response": (2 * number).cast(pl.String)}
    )


@pytest.mark.parametrize(("copied", "expected"), [(0, Outcome.PASS), (200, Outcome.INCONCLUSIVE), (ROWS, Outcome.FAIL)])
def test_short_answers_that_copy_no_human_row_pass_and_all_that_do_fail(copied, expected):
    human, synthetic = sums(0), sums(10_000)
    with scanned(human, pl.concat([human[:copied], synthetic[copied:]]), type="instruction") as scan:
        assert judge(COPIES, scan, kind="exact", max_value=0.001).outcome is expected


def test_few_short_answers_that_copy_no_human_row_do_not_pass():
    with scanned(sums(0)[:100], sums(10_000)[:100], type="instruction") as scan:
        assert judge(COPIES, scan, kind="exact", max_value=0.001).outcome is not Outcome.PASS


def test_numbers_have_no_trigrams_and_sentences_beside_them_do_not_hide_that_synthetic_ones_have_none():
    measured = {"measure": "distinct_3", "min_value": 0.7}
    sentences = sums(0).with_columns(response=pl.format("It is {} and no more.", "response"))
    with scanned(sums(0), sums(10_000), type="instruction") as scan:
        assert judge(DIVERSITY, scan, **measured).outcome is Outcome.NOT_CONFIGURED
    with scanned(sentences, sums(10_000), type="instruction") as scan:
        result = judge(DIVERSITY, scan, **measured)
        assert (result.outcome, result.severity) == (Outcome.ERROR, Severity.CRITICAL)
