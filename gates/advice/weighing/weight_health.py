"""Whether weights can be used: judged by the suite of weights that is shipped, and by a stage that requires some."""

from __future__ import annotations

import duckdb

from gates.advice.weighing.weights import FILE_NAME, RowWeights, WeightsError, health_of, parse_weights
from gates.config.sources.built_in_suites import built_in_suites
from gates.contract.suites.read import read_suite
from gates.data.duckdb.views import DuckView
from gates.verdict import CheckResult, Outcome, Scope, Verdict

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


def wrong_weights(content: bytes | None, verdict: Verdict) -> str:
    """What is wrong with weights for the data that was judged, as a clause; "" where nothing is.

    Their digest and their health are computed anew from what the file says.
    """
    if content is None:
        return f"the commit has no {FILE_NAME} beside its promotions"
    other = of_other_data(content, verdict)
    if other:
        return other
    unhealthy = failing(judged_health(parse_weights(content, FILE_NAME)))
    return f"{FILE_NAME} fails {unhealthy[0].id}: {unhealthy[0].message}" if unhealthy else ""


def of_other_data(content: bytes, verdict: Verdict) -> str:
    """Why a file is no file of weights for the data that was judged, as a clause; "" where it is one."""
    try:
        weights = parse_weights(content, FILE_NAME)
    except WeightsError as error:
        return str(error)
    if weights.dataset != verdict.dataset:
        return f"{FILE_NAME} is of '{weights.dataset}'"
    if weights.bound.manifest_sha256 != verdict.data["manifest_sha256"]:
        return f"{FILE_NAME} is about other bytes than those that were judged"
    return ""


def weights_clause(content: bytes | None) -> str:
    """`weights by source sha256:...`, of weights that nothing is wrong with."""
    weights = parse_weights(content or b"", FILE_NAME)
    return f"weights by {weights.method} sha256:{weights.digest}"
