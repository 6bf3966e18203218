"""Great Expectations has one context in all a program: runs take turns in it, and give it back as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import duckdb

from gates.contract.suites.suite import SuiteEntry
from gates.data.duckdb.views import DuckView
from gates.verdict import CheckId, Outcome, Scope, Severity

COUNT = "expect_table_row_count_to_equal"


def outcome(rows: int, expected: int) -> Outcome:
    """Of an expectation on the number of rows, in a database of its own that has so many."""
    from gates.gx import run

    entry = SuiteEntry(
        CheckId(Scope.COMBINED, COUNT), COUNT, {"value": expected}, Severity.CRITICAL, {}, "combined.json", 1
    )
    with closing(duckdb.connect()) as connection:
        connection.execute(f"CREATE VIEW combined AS SELECT * FROM range({rows})")
        (result,) = run({Scope.COMBINED: DuckView(connection, "combined")}, {Scope.COMBINED: [entry]}, {})
    return result.outcome


def test_each_run_sees_its_own_rows_in_one_thread_and_in_several():
    counts = [3, 5, 7, 11] * 5

    assert (outcome(3, 3), outcome(5, 3)) == (Outcome.PASS, Outcome.FAIL)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(outcome, counts, counts)) == [Outcome.PASS] * len(counts)


def test_a_program_keeps_the_context_that_it_had():
    import great_expectations as gx
    from great_expectations.data_context.data_context.context_factory import project_manager

    context = gx.get_context(mode="ephemeral")

    assert outcome(3, 3) is Outcome.PASS
    assert project_manager.get_current_project() is context
