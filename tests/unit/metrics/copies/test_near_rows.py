"""Rows that are one human row with few values changed or a little noise are found; rows of a crowd, and fresh ones, are not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.data.scan.inputs import Declarations
from gates.data.scan.run import ScanRequest
from gates.metrics.base.measurement import Limits
from gates.metrics.copies.copies import measure
from gates.metrics.limits.judge import Judgement, judge
from gates.metrics.stats.likeness import Cells, margins
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan

LIMITS = Limits(max_value=0.01)


def people(count: int, seed: int) -> pl.DataFrame:
    """A crowd of like rows and some far from it, with numbers, levels that go together, and a nearly unique number."""
    rng = np.random.default_rng(seed)
    kind = (8 * rng.random(count) ** 3).astype(int)
    return pl.DataFrame({
        "kind": [f"kind{value}" for value in kind],
        "town": [f"town{value}" for value in (kind + (rng.random(count) < 0.1)) % 9],
        "shop": [f"shop{value}" for value in (12 * rng.random(count) ** 2).astype(int)],
        "age": (20 + 5 * kind + 6 * rng.standard_normal(count)).round(),
        "income": np.exp(7 + rng.standard_normal(count)).round(2),
        "hours": np.where(rng.random(count) < 0.6, 40, rng.integers(10, 60, count)),
        "visits": rng.poisson(3, count),
    })  # fmt: skip


def changed(rows: pl.DataFrame, others: pl.DataFrame, cells: int, seed: int) -> pl.DataFrame:
    """Rows with the values of others in a few columns, drawn for each row."""
    rng = np.random.default_rng(seed)
    rank = rng.random((rows.height, rows.width)).argsort(axis=1)
    return pl.DataFrame(
        {
            name: pl.select(
                pl.when(pl.Series(rank[:, at] < cells)).then(others[name]).otherwise(rows[name])
            ).to_series()
            for at, name in enumerate(rows.columns)
        }
    )


def noisy(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Rows whose income and age are a hundredth off."""
    rng = np.random.default_rng(seed)
    return rows.with_columns(pl.col("age", "income") * pl.Series(1 + 0.01 * rng.standard_normal(rows.height)))


def near(human: pl.DataFrame, synthetic: pl.DataFrame, **more: object) -> Judgement:
    return judge(
        measure(table_scan(human, synthetic, **more), Scope.COMBINED, {"kind": "near"}), LIMITS, Severity.CRITICAL
    )


@pytest.mark.parametrize("cells", [1, 2])
@pytest.mark.parametrize("with_holdout", [False, True])
def test_human_rows_with_few_values_changed_fail(cells, with_holdout):
    human, fresh = people(1500, 1), people(1500, 2)
    copies = changed(human[:180], people(180, 3), cells, 4)

    check = near(human, pl.concat([fresh[180:], copies]), holdout=people(1000, 5) if with_holdout else None)

    assert (check.outcome, check.severity) == (Outcome.FAIL, Severity.CRITICAL)
    copy, twin = check.evidence["first_rows"][0].split(" = ")
    assert int(copy.rpartition(":")[2]) > 1500 >= int(twin.rpartition(":")[2])


def test_human_rows_with_a_little_noise_fail():
    human, fresh = people(1500, 1), people(1500, 2)

    assert near(human, pl.concat([fresh[120:], noisy(human[:120], 3)])).outcome is Outcome.FAIL


@pytest.mark.parametrize(("count", "draws"), [(60, 10), (300, 6), (1500, 2)])
def test_fresh_rows_do_not_block_whichever_side_they_are(count, draws):
    for seed in range(draws):
        one, other = people(count, 2 * seed), people(count, 2 * seed + 1)

        for check in (near(one, other), near(other, one)):
            assert check.outcome is Outcome.PASS or check.severity is not Severity.CRITICAL


def titles(count: int) -> pl.DataFrame:
    """Texts that no other row has, but one title in seven stands twice."""
    numbers = np.arange(count)
    titles = np.where(numbers % 7 == 1, numbers - 1, numbers)
    return pl.DataFrame({"item": [f"item {at}" for at in numbers], "title": [f"title {at}" for at in titles]})


def test_rows_that_share_a_title_with_one_human_row_do_not_block():
    rows = titles(800).sample(800, shuffle=True, seed=2)

    check = near(rows[:400], rows[400:])

    assert check.outcome is Outcome.PASS or check.severity is not Severity.CRITICAL


def test_where_every_row_equals_a_human_row_the_exact_check_has_them_all():
    human = people(200, 1).select("kind")

    assert near(human, human[:150]).outcome is Outcome.NOT_CONFIGURED


def test_rows_that_equal_a_human_row_are_left_to_the_exact_check():
    human = people(600, 1)

    check = near(human, pl.concat([human[:300], people(300, 2)]))

    assert check.measurement.evidence["rows"] == 300


def test_rows_that_extend_human_rows_are_reported_only():
    human = people(600, 1)
    extends = ScanRequest(declared=Declarations(purpose="finetune", extends_human_law=True))

    check = near(human, noisy(human, 3), request=extends)

    assert check.severity is Severity.INFO


def test_two_rows_with_a_missing_number_are_alike_in_it():
    numbers = np.append(np.arange(30, dtype=float), np.nan)[:, None]
    human = Cells(numbers, np.zeros((31, 0), dtype=np.int64))

    ahead, nearest = margins(human, Cells(np.array([[np.nan]]), np.zeros((1, 0), dtype=np.int64)))

    assert (nearest.tolist(), round(float(ahead[0]), 3)) == ([30], round(float(np.log(30)), 3))


def test_a_row_that_agrees_with_one_human_row_is_as_near_as_a_human_one_that_does():
    human = Cells(np.empty((40, 0)), np.column_stack([np.arange(40), np.append([0, 0], np.arange(2, 40))]))
    like_the_third = Cells(np.empty((1, 0)), np.array([[-1, 2]]))

    assert margins(human, like_the_third)[0][0] == margins(human, human, np.arange(40))[0][0]


def test_a_human_row_is_compared_with_all_others():
    levels = np.array([[0, 5], [0, 5], [1, 6], [2, 7], [3, 8], [4, 9]])
    human = Cells(np.empty((6, 0)), levels)

    ahead, nearest = margins(human, human, np.arange(6))

    assert nearest[:2].tolist() == [1, 0]
    assert ahead[0] == pytest.approx(2 * np.log(5), rel=1e-6)
