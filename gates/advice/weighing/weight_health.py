"""Whether weights can be used, judged by the suite of weights that is shipped, through Great Expectations."""

from __future__ import annotations

import duckdb

from gates.advice.weighing.weights import RowWeights, health_of
from gates.config.sources.built_in_suites import built_in_suites
from gates.contract.suites import read_suite
from gates.data.duckdb.views import DuckView
from gates.verdict import CheckResult, Outcome, Scope

SUITE = "weights/combined.json"
_VIEW = "gates_weights"


def judged_health(weights: RowWeights) -> list[CheckResult]:
    """What each expectation of the suite says of the weights of each source."""
    from gates.gx import run

    suite = read_suite(built_in_suites() / SUITE, {}, shown=f"expectations/{SUITE}")
    with duckdb.connect() as connection:
        connection.from_arrow(health_of(weights).to_arrow()).create(_VIEW)
        view = {Scope.COMBINED: DuckView(connection, _VIEW)}
        results = run(view, {Scope.COMBINED: suite.expectations}, {})
    if len(results) != len(suite.expectations):
        raise AssertionError(f"{len(suite.expectations) - len(results)} checks of weights gave no result")
    return results


def failing(results: list[CheckResult]) -> list[CheckResult]:
    """Those that the weights do not pass, for whatever reason."""
    return [result for result in results if result.outcome is not Outcome.PASS]
