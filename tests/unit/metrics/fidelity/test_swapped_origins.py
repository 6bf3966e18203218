"""Two halves of human rows differ in nothing but chance: no comparison prefers which of them is called synthetic."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Limits, Measurement, estimate_of
from gates.metrics.copies import copies
from gates.metrics.fidelity import associations, coverage, distributions, diversity, formatting, separability
from gates.metrics.limits.judge import judge
from gates.metrics.temporal import temporal_structure
from gates.verdict import Outcome, Scope, Severity
from tests.samples.series import SERIES_ROLES, readings, series_scan
from tests.scans import text_scan, texts_of
from tests.tables import table_scan

# What the number is where nothing is wrong, and the limits of the shipped suites.
BEYOND, RATIO = 0.0, 1.0
TABLES = {
    "distributions": (distributions.METRIC, {}, BEYOND, Limits(max_value=0.05)),
    "mean association": (associations.METRIC, {"over": "mean"}, BEYOND, Limits(max_value=0.05)),
    "worst association": (associations.METRIC, {"over": "worst"}, BEYOND, Limits(max_value=0.2)),
    "three columns": (associations.METRIC, {"over": "triples"}, BEYOND, Limits(max_value=0.2)),
    "separability": (separability.METRIC, {}, BEYOND, Limits(max_value=0.25)),
    "coverage": (coverage.METRIC, {"kind": "coverage"}, RATIO, Limits(min_value=0.9)),
    "diversity": (diversity.METRIC, {"measure": "effective_number"}, RATIO, Limits(min_value=0.8)),
    "copies": (copies.METRIC, {"kind": "exact"}, BEYOND, Limits(max_value=0.001)),
    "near copies": (copies.METRIC, {"kind": "near"}, BEYOND, Limits(max_value=0.01)),
}
TEXTS = {
    "distributions": (distributions.METRIC, {}, BEYOND, Limits(max_value=0.05)),
    "separability": (separability.METRIC, {}, BEYOND, Limits(max_value=0.25)),
    "formatting": (formatting.METRIC, {}, BEYOND, Limits(max_value=0.35)),
    "diversity": (diversity.METRIC, {"measure": "effective_number"}, RATIO, Limits(min_value=0.8)),
    "near copies": (copies.METRIC, {"kind": "near"}, BEYOND, Limits(max_value=0.001)),
}
SERIES = {
    "distributions": (distributions.METRIC, {}, BEYOND, Limits(max_value=0.05)),
    "order": (temporal_structure.METRIC, {}, BEYOND, Limits(max_value=0.1)),
}


def people(count: int, seed: int) -> pl.DataFrame:
    """Numbers with a heavy tail and many zeros, and columns of few, of many and of hardly repeating words."""
    rng = np.random.default_rng(seed)
    kind = (6 * rng.random(count) ** 2).astype(int)
    return pl.DataFrame({
        "kind": [f"kind{value}" for value in kind],
        "day": [str(date(2024, 1, 1) + timedelta(days=int(value))) for value in rng.integers(0, count // 4, count)],
        "street": [f"street {int(300 * value**3)}" for value in rng.random(count)],
        "name": [f"person {value}" for value in rng.integers(0, 10**6, count)],
        "income": np.exp(kind / 2 + 2 * rng.standard_normal(count)),
        "gain": np.where(rng.random(count) < 0.9, 0, rng.pareto(1.0, count)),
    })  # fmt: skip


def assert_no_side(both: list[tuple[Measurement, Measurement]], nothing: float, limits: Limits, width: float) -> None:
    """The numbers lie around that of nothing, in both directions alike, and none fails."""
    for one in (measurement for pair in both for measurement in pair):
        assert judge(one, limits, Severity.CRITICAL).outcome is not Outcome.FAIL
    values = np.array([[estimate.value for one in pair if (estimate := estimate_of(one))] for pair in both])
    assert abs(values.mean() - nothing) < width
    assert np.abs(values.mean(axis=0)[0] - values.mean(axis=0)[1]) < 2 * width


@pytest.mark.parametrize("name", TABLES)
def test_halves_of_a_table(name):
    metric, params, nothing, limits = TABLES[name]
    scope = Scope.SYNTHETIC if metric is diversity.METRIC else Scope.COMBINED
    # A classifier is fitted hundreds of times.
    draws, rows = (1, 500) if metric is separability.METRIC else (3, 600)
    halves = [(people(rows, seed), people(rows, seed + 100)) for seed in range(draws)]
    both = [
        tuple(ask(metric, table_scan(*sides), scope, params) for sides in ((one, other), (other, one)))
        for one, other in halves
    ]

    assert_no_side(both, nothing, limits, 0.05)


@pytest.mark.parametrize("name", TEXTS)
def test_halves_of_texts(name):
    metric, params, nothing, limits = TEXTS[name]
    scope = Scope.SYNTHETIC if metric is diversity.METRIC else Scope.COMBINED
    one, other = texts_of(300, 1), texts_of(300, 2)
    both = [tuple(ask(metric, text_scan(*sides), scope, params) for sides in ((one, other), (other, one)))]

    assert_no_side(both, nothing, limits, 0.08)


@pytest.mark.parametrize("name", SERIES)
def test_halves_of_series(name):
    metric, params, nothing, limits = SERIES[name]
    one, other = readings(entities=12, days=3, seed=1), readings(entities=12, days=3, seed=2)
    both = [
        tuple(
            ask(metric, series_scan(*sides, SERIES_ROLES), Scope.COMBINED, params)
            for sides in ((one, other), (other, one))
        )
    ]

    assert_no_side(both, nothing, limits, 0.1)
