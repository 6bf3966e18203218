"""What chance does to few rows, or to few groups of them, is undecided and no failure; what chance does not do fails."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.content.degenerate import measure as degenerate
from gates.metrics.copies import duplicates
from gates.metrics.fidelity import associations, distributions
from gates.metrics.limits.judge import judge
from gates.testing import scanned
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def days(count: int, level: float) -> pl.DataFrame:
    """So many days of a hundred readings each, all near one level."""
    rng = np.random.default_rng(int(level) + count)
    day = np.repeat([f"{level}-{number}" for number in range(count)], 100)
    return pl.DataFrame({"day": day, "reading": rng.normal(level, 1, len(day))})


@pytest.mark.parametrize(
    ("count", "outcome"), [(3, Outcome.INCONCLUSIVE), (5, Outcome.INCONCLUSIVE), (6, Outcome.FAIL)]
)
def test_days_that_differ_fail_from_six_a_side_on(count, outcome):
    scan = table_scan(days(count, 10), days(count, 20), group="day")

    check = judge(distributions.measure(scan, Scope.COMBINED, {}), Limits(max_value=0.05), Severity.CRITICAL)

    assert check.outcome is outcome
    few = f"{count} human and {count} synthetic groups of rows may differ so by chance"
    assert (few in check.message) is (outcome is Outcome.INCONCLUSIVE)


def three_way(rows: int, seed: int, *, broken: bool) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    one, two, noise = (rng.integers(0, 2, rows) for _ in range(3))
    columns = {"one": one, "two": two, "three": noise if broken else one ^ two}
    return pl.DataFrame({name: np.where(values == 1, "yes", "no") for name, values in columns.items()})


@pytest.mark.parametrize(("rows", "outcome"), [(60, Outcome.INCONCLUSIVE), (300, Outcome.FAIL)])
def test_three_columns_fail_from_three_hundred_rows_on(rows, outcome):
    scan = table_scan(three_way(rows, 1, broken=False), three_way(rows, 2, broken=True))

    measured = associations.measure(scan, Scope.COMBINED, {"over": "triples"})

    assert judge(measured, Limits(max_value=0.2), Severity.CRITICAL).outcome is outcome


@pytest.mark.parametrize(
    ("rows", "repeats", "outcome"),
    [(24, 2, Outcome.INCONCLUSIVE), (60, 20, Outcome.FAIL), (60, 3, Outcome.PASS), (100, 6, Outcome.FAIL)],
)
def test_two_repeats_among_few_rows_are_undecided(rows, repeats, outcome):
    human = pl.DataFrame({"x": range(rows)})
    synthetic = pl.DataFrame({"x": [*range(rows - repeats), *range(repeats)]}) + 1000

    measured = duplicates.METRIC.measure(table_scan(human, synthetic), Scope.SYNTHETIC, {"kind": "exact"})

    assert judge(measured, Limits(max_value=0.05), Severity.CRITICAL).outcome is outcome


def pairs(prompts: int, each: int, looping: int, seed: int) -> pl.DataFrame:
    """Pairs of responses, several to a prompt; the first prompts have a response that loops, in all of their pairs."""
    rng = np.random.default_rng(seed)
    words = np.array([f"word{number}" for number in range(900)])

    def text() -> str:
        return " ".join(words[rng.integers(0, 900, 40)]) + "."

    loop = "over and over we say the same thing again " * 9
    rows = [
        (f"{seed} prompt {at}", loop + text() if at < looping else text(), text())
        for at in range(prompts)
        for _ in range(each)
    ]
    return pl.DataFrame(rows, schema=["prompt", "chosen", "rejected"], orient="row")


@pytest.mark.parametrize(("prompts", "each", "outcome"), [(300, 1, Outcome.FAIL), (30, 10, Outcome.INCONCLUSIVE)])
def test_pairs_of_one_prompt_are_one_answer(prompts, each, outcome):
    """A tenth of three hundred pairs, once of thirty prompts and once of three."""
    sides = pairs(prompts, each, 0, 1), pairs(prompts, each, prompts // 10, 2)

    with scanned(*sides, type="preference") as scan:
        check = judge(degenerate(scan, Scope.SYNTHETIC, {}), Limits(max_value=0.01), Severity.CRITICAL)

    assert check.outcome is outcome
