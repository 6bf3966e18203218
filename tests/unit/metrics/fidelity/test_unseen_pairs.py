"""Values that no human row has together are counted, beyond what other human rows have of such pairs."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.base.measurement import Limits
from gates.metrics.fidelity.associations import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def families(count: int, seed: int, *, impossible: float = 0.0) -> pl.DataFrame:
    """People of whom no man is a wife and no child works, but in the impossible share."""
    rng = np.random.default_rng(seed)
    role = rng.choice(["wife", "husband", "child"], count)
    sex = np.where(role == "wife", "f", np.where(role == "husband", "m", rng.choice(["f", "m"], count)))
    age = np.where(role == "child", rng.integers(1, 15, count), rng.integers(25, 80, count))
    sex = np.where((rng.random(count) < impossible) & (role == "wife"), "m", sex)
    return pl.DataFrame({"role": role, "sex": sex, "age": age, "town": rng.choice(list("abcdefgh"), count)})


def judged(human: pl.DataFrame, synthetic: pl.DataFrame):
    measured = measure(table_scan(human, synthetic), Scope.COMBINED, {"over": "unseen"})
    return judge(measured, Limits(max_value=0.01), Severity.CRITICAL)


def test_a_pair_of_values_that_no_human_row_has_fails_and_is_named():
    judgement = judged(families(1500, 1), families(1500, 2, impossible=0.15))

    assert judgement.outcome is Outcome.FAIL
    assert "worst 'role' and 'sex', as 'wife' with 'm' in " in judgement.message
    assert "synthetic rows and in no human row" in judgement.message


@pytest.mark.parametrize("seed", range(4))
def test_rows_of_one_law_have_no_more_of_such_pairs_than_human_rows_have_of_each_other(seed):
    assert judged(families(3000, seed), families(3000, seed + 100)).outcome is Outcome.PASS


def test_numbers_exclude_levels_by_their_range():
    made = families(1500, 2).with_columns(
        age=pl.when((pl.col("role") == "child") & (pl.int_range(pl.len()) % 5 == 0)).then(60).otherwise("age")
    )
    judgement = judged(families(1500, 1), made)

    assert judgement.outcome is Outcome.FAIL
    assert "worst 'role' and 'age', as 'child' with " in judgement.message


def test_few_rows_leave_it_open_without_blocking():
    judgement = judged(families(150, 1), families(150, 2))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.severity is not Severity.CRITICAL


def test_in_a_wide_table_the_columns_that_depend_on_each_other_are_compared_wherever_they_stand():
    rng = np.random.default_rng(0)

    def wide(count: int, seed: int, impossible: float) -> pl.DataFrame:
        noise = pl.DataFrame({f"a{at}": rng.normal(size=count) for at in range(60)})
        return pl.concat([noise, families(count, seed, impossible=impossible)], how="horizontal")

    broken = judged(wide(1500, 1, 0), wide(1500, 2, 0.15))

    assert broken.outcome is Outcome.FAIL
    assert "worst 'role' and 'sex'" in broken.message
    assert "40 of 64 columns are compared, those that depend on each other most" in broken.message
    assert judged(wide(3000, 1, 0), wide(3000, 2, 0)).outcome is Outcome.PASS
