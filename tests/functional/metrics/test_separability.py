"""The classifier two-sample test: what it finds, what it must not find, what it cannot say."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.comparison.classifiers import auc
from gates.metrics.fidelity import separability
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.scans import text_scan
from tests.tables import table_scan

RNG = np.random.default_rng(11)
LIMITS = Limits(max_value=0.25, warn_value=0.1)


def table(count: int) -> pl.DataFrame:
    x = RNG.normal(size=count)
    return pl.DataFrame({"x": x, "y": x + RNG.normal(size=count) * 0.3, "kind": RNG.choice(["a", "b", "c"], count)})


def measured(human: pl.DataFrame, synthetic: pl.DataFrame, **roles: object):
    return separability.measure(table_scan(human, synthetic, **roles), Scope.COMBINED, {})


def outcome(measurement) -> Outcome:
    return judge(measurement, LIMITS, Severity.CRITICAL).outcome


def test_columns_shuffled_independently_are_told_apart_though_each_is_right():
    human, other = table(800), table(800)
    shuffled = other.with_columns(y=other["y"].sample(fraction=1, shuffle=True, seed=1))

    assert outcome(measured(human, table(800))) is Outcome.PASS
    measurement = measured(human, shuffled)
    assert outcome(measurement) is Outcome.FAIL
    assert set(list(measurement.evidence["telling"])[:2]) == {"x", "y"}


def test_few_rows_cannot_say_and_still_name_what_tells():
    measurement = measured(table(100), table(100).with_columns(x=pl.col("x") + 9))

    assert outcome(measurement) is Outcome.INCONCLUSIVE
    assert (
        measurement.reason
        == "a classifier needs 300 distinct rows of each origin; there are 100 human and 100 synthetic"
    )
    assert next(iter(measurement.evidence["telling"])) == "x"


def test_an_area_below_chance_means_paired_rows_and_never_passes():
    # Each synthetic row is a person's with a little noise and a large common value: in another fold, near rows have the other label.
    human = pl.DataFrame({"x": RNG.normal(size=700) * 1000, "pair": np.arange(700)})
    synthetic = human.with_columns(x=pl.col("x") + 1e-6)

    measurement = measured(human, synthetic)

    assert outcome(measurement) is not Outcome.PASS
    assert 'declare group = "<column>"' in measurement.reason


def test_three_runs_give_one_number():
    human, synthetic = table(400), table(400)

    assert len({measured(human, synthetic).estimate for _ in range(3)}) == 1


def test_length_is_named_where_length_tells():
    words = [f"word{number}" for number in range(300)]
    short, long = (
        [" ".join(RNG.choice(words, size)) + "." for size in RNG.integers(low, low + 30, 250)] for low in (40, 90)
    )

    measurement = separability.measure(text_scan(short, long), Scope.COMBINED, {})

    assert {"length in words", "length in characters"} & set(list(measurement.evidence["telling"])[:3])
    assert outcome(measurement) is Outcome.FAIL


def test_area_under_the_curve_counts_ties_half():
    assert auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 0, 1, 1], dtype=np.int8)) == pytest.approx(3.5 / 4)


@pytest.mark.program
def test_models_are_fitted_on_one_thread_though_their_library_comes_late():
    program = """
import sys
from threadpoolctl import threadpool_info
from gates.metrics.comparison.classifiers import one_thread
assert "sklearn" not in sys.modules
with one_thread():
    print({library["num_threads"] for library in threadpool_info()}, "openmp" in {l["user_api"] for l in threadpool_info()})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "{1} True\n"


def test_a_column_without_human_values_leaves_nothing_to_tell_rows_apart_by() -> None:
    rows = pl.DataFrame({"x": RNG.normal(size=400)})

    measurement = measured(rows.with_columns(x=pl.lit(None, dtype=pl.Float64)), rows)

    assert outcome(measurement) is Outcome.INCONCLUSIVE
    assert "no column can be compared" in measurement.reason
