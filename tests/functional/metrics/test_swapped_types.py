"""Sound rows whose origins are exchanged are sound rows: no check of any type prefers which half is called human."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from gates.config.data_types import DATA_TYPES
from gates.metrics.catalogue import METRICS
from gates.verdict import CheckResult, Outcome
from tests.contract.changes import declaring
from tests.contract.sound_datasets import ROW_RULE, Dataset
from tests.contract.verdicts import verdict_on

# Enough for a model, a classifier and the balls of coverage, and few enough for two whole verdicts a type.
ROWS_A_SIDE = 1300
# Who must be an expert, and for what the rows are, is asked of human rows.
WITHOUT_POLICY = declaring(critical_domains=None)
# What the generator of a row is follows its origin, and names one side only.
OF_ONE_SIDE = ("generator", "generator_version", "prompt_id", "seed_id")
# Shares of one origin beside the same share of the other, which is no number about both; and what these rows do not declare:
# constraints, which are drafted from one side, locales, prompts, and anything that decides a preference. Who of the people
# are experts and to which group each belongs is said of people alone.
OF_ONE_ORIGIN = {
    "expect_constraint_violation_ratio_to_be_less_than",
    "expect_crowd_to_label_as_experts",
    "expect_locale_distance_ratio_to_be_between",
    "expect_longer_response_rate_to_be_between",
    "expect_machine_text_ratio_to_be_less_than",
    "expect_population_shares_to_match",
    "expect_preference_labels_to_agree_across_origins",
    "expect_series_to_be_sound",
    "expect_similarity_within_prompts_to_be_less_than",
    "expect_synthetic_labels_to_represent_all_groups",
}
# Of a ratio the exchanged one is the reciprocal.
RATIOS = {"expect_coverage_to_be_between", "expect_diversity_ratio_to_be_between"}


def swapped(dataset: Dataset) -> Dataset:
    """The same rows, each under the other origin."""
    words = {"human": "synthetic", "synthetic": "human"}
    return dataset.having(rows=dataset.rows.with_columns(pl.col("origin").replace_strict(words)))


def without_makers(dataset: Dataset) -> Dataset:
    columns = dict(dataset.declared.get("columns", {}))
    bound = {columns.pop(role, role) for role in OF_ONE_SIDE}
    return dataset.declaring(columns=columns).having(rows=dataset.rows.drop(bound, strict=False))


def comparisons(verdict) -> dict[str, CheckResult]:
    """Every check whose number is about rows of both origins."""
    return {
        str(check.id): check
        for check in verdict.checks
        if check.id.type != ROW_RULE and check.observed is not None and check.n_human and check.n_synthetic
    }


def lie_apart(one: CheckResult, other: CheckResult) -> bool:
    """Whether neither interval reaches the other; a number without an interval says what it says in its outcome."""
    if None in (one.low, one.high, other.low, other.high) or one.low == one.high or other.low == other.high:
        return False
    if one.id.type in RATIOS:
        return one.low * other.low > 1 or one.high * other.high < 1
    return one.low > other.high or other.low > one.high


@cache
def both_ways(kind: str) -> tuple[dict[str, CheckResult], dict[str, CheckResult]]:
    changes = (without_makers, WITHOUT_POLICY)
    first, second = (verdict_on(kind, ROWS_A_SIDE, *changes, *more) for more in ((), (swapped,)))
    return comparisons(first), comparisons(second)


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_no_comparison_of_a_type_prefers_a_direction(kind):
    first, second = both_ways(kind)

    assert set(first) == set(second)
    assert {name for name in first if Outcome.FAIL in (first[name].outcome, second[name].outcome)} == set()
    assert {name for name in first if lie_apart(first[name], second[name])} == set()


def test_every_metric_that_compares_origins_is_among_them():
    compared = {check.id.type for kind in DATA_TYPES for check in both_ways(kind)[0].values()}

    assert {metric.expectation for metric in METRICS if not metric.exact} - compared == OF_ONE_ORIGIN
