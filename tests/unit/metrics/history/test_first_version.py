"""A tail that is cut off step by step, each step recorded, is missed beside the version promoted first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from gates.data.scan.inputs import Declarations, VersionBefore
from gates.data.scan.run import ScanRequest
from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Inconclusive, Measured, NotConfigured
from gates.metrics.history import first_version, tail_mass
from gates.verdict import Scope
from tests.promotions.promoted_before import promoted, removal
from tests.tables import table_scan

ROWS, LEVELS, SEEDS = 1000, 60, 5
RECORDS = (removal(where={"level": ("a",)}),)


def first(rng: np.random.Generator) -> pl.DataFrame:
    frequency = 1 / np.arange(1, LEVELS + 1) ** 1.2
    level = rng.choice([f"level {number}" for number in range(LEVELS)], ROWS, p=frequency / frequency.sum())
    x = rng.standard_t(4, ROWS)
    return pl.DataFrame({"level": level.tolist(), "x": x, "y": 0.7 * x + rng.normal(size=ROWS)})


def made_from(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """A toy generator: levels by their frequency, numbers by one normal law."""
    numbers = frame.select("x", "y").to_numpy()
    drawn = rng.multivariate_normal(numbers.mean(axis=0), np.cov(numbers.T), ROWS)
    level = frame["level"].gather(rng.integers(frame.height, size=ROWS))
    return pl.DataFrame({"level": level, "x": drawn[:, 0], "y": drawn[:, 1]})


def seen(now: pl.DataFrame, last: pl.DataFrame, first: pl.DataFrame | None, removals=RECORDS, missing: str = ""):
    before = promoted(last)
    if first is not None:
        before = replace(before, first=promoted(first, missing))
    request = ScanRequest(declared=Declarations(removals=removals), before=VersionBefore(promoted=before))
    return table_scan(now, now[:1], request=request)


def measured(metric, scan):
    return ask(metric, scan, Scope.COMBINED, {})


def test_replaced_three_times_the_tail_of_the_first_version_is_gone_and_that_of_the_last_one_is_not():
    beside_first, beside_last = [], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        version = start = first(rng)
        for _ in range(3):
            last, version = version, made_from(version, rng)
        scan = seen(version, last, start)
        beside_first.append(measured(first_version.METRIC, scan).estimate.value)
        beside_last.append(measured(tail_mass.METRIC, scan).estimate.value)

    assert max(beside_first) < 0.9
    assert np.median(beside_last) > 0.95


def test_rows_that_accumulate_keep_the_tail_of_the_first_version():
    rng = np.random.default_rng(1)
    version = start = first(rng)
    for _ in range(10):
        last, version = version, pl.concat([version, made_from(version, rng)])

    assert measured(first_version.METRIC, seen(version, last, start)).estimate.value == 1


@pytest.mark.parametrize(
    ("earlier", "removals", "words"),
    [(None, RECORDS, "is the first version promoted"), (True, (), "no record says that human rows went")],
)
def test_nothing_is_asked_where_the_version_promoted_last_says_the_same(earlier, removals, words):
    frame = first(np.random.default_rng(1))

    asked_of = seen(frame, frame, frame if earlier else None, removals)

    measurement = measured(first_version.METRIC, asked_of)
    assert isinstance(measurement, NotConfigured)
    assert words in measurement.missing


def test_first_version_that_cannot_be_read_decides_nothing():
    frame = first(np.random.default_rng(1))

    measurement = measured(first_version.METRIC, seen(frame, frame, frame, missing="gone from the remote"))

    assert isinstance(measurement, Inconclusive)
    assert "gone from the remote" in measurement.reason
    assert not isinstance(measurement, Measured)
