"""`gates.compare`: two verdicts beside each other, whether they were reached now or read from files."""

from __future__ import annotations

import polars as pl
import pytest

import gates
from tests.projects import table_rows

EXACT = "combined/expect_synthetic_to_not_copy_human/exact"
NAMES = ["synthetic_to_not_copy_human", "human_ratio", "table_row_count"]


@pytest.fixture(scope="module")
def before():
    return gates.check(human=table_rows(400, seed=1), synthetic=table_rows(400, seed=11), only=NAMES)


@pytest.fixture(scope="module")
def after():
    human = table_rows(400, seed=1)
    return gates.check(human=human, synthetic=human[:300], only=NAMES, purpose="finetune")


def test_checks_that_differ_are_listed_with_both_results(before, after):
    comparison = gates.compare(before, after)

    changes = {change.id: change for change in comparison.changes}
    assert (changes[EXACT].before, changes[EXACT].after) == (before[EXACT], after[EXACT])
    assert "human/expect_table_row_count_to_be_between" not in changes
    assert comparison.worse == (EXACT,)
    # Without a purpose the share of human rows is not asked any more.
    assert gates.compare(after, before).worse == ("combined/expect_human_ratio_to_be_between/finetune",)
    assert gates.compare(after, after).changes == ()


def test_comparison_is_shown_as_lines_and_given_as_a_frame(before, after):
    comparison = gates.compare(before, after)

    assert "rows: human 400, synthetic 400 -> 300, undeclared 0" in repr(comparison)
    assert f"{EXACT}: inconclusive 0 -> fail 1" in repr(comparison)
    assert comparison.to_polars()["id"].to_list() == [change.id for change in comparison.changes]
    exact = comparison.to_polars().row(by_predicate=pl.col("id") == EXACT, named=True)
    assert exact == {
        "id": EXACT, "outcome_before": "inconclusive", "outcome_after": "fail", "observed_before": 0.0, "observed_after": 1.0,
    }  # fmt: skip
    assert comparison.to_dict()["after"]["digest"] == after.digest()


def test_verdicts_are_read_from_their_documents(before, after, tmp_path):
    paths = before.save(tmp_path / "before.json"), str(after.save(tmp_path / "after.json"))

    assert repr(gates.compare(*paths)) == repr(gates.compare(before, after))
    with pytest.raises(gates.GatesError, match=r"no file .*other\.json; give verdicts, or the paths"):
        gates.compare(before, tmp_path / "other.json")
    (tmp_path / "after.json").write_text(paths[0].read_text().replace('"outcome": "pass"', '"outcome": "fail"', 1))
    with pytest.raises(gates.GatesError, match="was edited"):
        gates.compare(before, tmp_path / "after.json")
