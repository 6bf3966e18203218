"""Runs the expectations of every scope through Great Expectations and returns one `CheckResult` each.

No project, no file, no network: an ephemeral context over a DuckDB connection that is already open. A result that does
not come back is left out; the plan notices.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import great_expectations as gx
from great_expectations.compatibility.pydantic import ValidationError
from great_expectations.expectations.registry import get_expectation_impl, list_registered_expectation_implementations

from gates.contract.suites.names import SILENT_WITHOUT_VALUES, SUPPORTED, UNSUPPORTED
from gates.contract.suites.suite import SuiteEntry, demand_of, expectation_id
from gates.data.duckdb.views import DuckView
from gates.data.sql import identifier, select
from gates.errors import SuiteError, did_you_mean
from gates.gx.expectations import GatesExpectation, register
from gates.gx.measurements import measured_before
from gates.gx.results import error_result, result_without_rows, stock_result
from gates.gx.sources import source_on
from gates.metrics.limits.check_result import check_result
from gates.verdict import CheckResult, Outcome, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from gates.data.engine import ScopeView
    from gates.gx.datasource import GatesDuckDBDatasource
    from gates.metrics.base.measurement import Measurement
    from gates.metrics.base.metric import Metric

# Great Expectations also shows the first unexpected values of each column, which it asks for in a query of its own, even
# where there are none. No verdict has values, and DuckDB reads nothing for a query of no rows.
_COUNTS = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


def validate(entries: Iterable[SuiteEntry], metrics: Iterable[Metric] = ()) -> None:
    """Raises SuiteError with file and line at the first expectation that could not run.

    metrics: what the expectations put limits on, where it is not registered yet. Great Expectations knows one
    expectation of each name, in all the program: the last one that was asked for, which is the one that runs next.
    """
    with _quiet():
        register(metrics, is_replacing=True)
    for entry in entries:
        _configured(entry)


def run(
    views: Mapping[Scope, ScopeView],
    entries: Mapping[Scope, Sequence[SuiteEntry]],
    measurements: Mapping[Scope, Mapping[str, Measurement]],
) -> list[CheckResult]:
    """One result per expectation, scope by scope in the order of `entries`.

    views: one per scope of `entries`, all on one open DuckDB connection that is in no transaction; it stays open.
    measurements: what our own expectations ask for, by `measurement_key`.
    """
    connection = _connection([views[scope] for scope in entries])
    results: list[CheckResult] = []
    with _quiet(), source_on(connection, tuple(views[scope].name for scope in entries)) as source:
        for scope, scope_entries in entries.items():
            name = views[scope].name
            rows = _count(connection, "*", name)
            returned = _run_scope(source, name, scope_entries, measurements.get(scope, {}), has_rows=rows > 0)
            results += [_unless_silent(result, entry, connection, name) for entry, result in returned]
    return results


def _connection(views: Sequence[ScopeView]) -> duckdb.DuckDBPyConnection:
    """What all these views stand on. Raises TypeError for those of an engine that has no data source here."""
    others = [type(view).__name__ for view in views if not isinstance(view, DuckView)]
    if others:
        raise TypeError(f"Great Expectations has no data source for {others[0]}; expected DuckView")
    return next(view.connection for view in views if isinstance(view, DuckView))


def _run_scope(
    source: GatesDuckDBDatasource,
    view: str,
    entries: Sequence[SuiteEntry],
    measurements: Mapping[str, Measurement],
    *,
    has_rows: bool,
) -> list[tuple[SuiteEntry, CheckResult]]:
    batch = source.get_asset(view).get_batch_definition(view).get_batch()
    engine = source.get_execution_engine()
    engine.measurements[batch.id] = measurements
    runnable = [entry for entry in entries if has_rows or _is_ours(entry)]
    returned_by_id = _by_id(batch, runnable) if runnable else {}
    results: list[tuple[SuiteEntry, CheckResult]] = []
    for entry in entries:
        if not has_rows and not _is_ours(entry):
            results.append((entry, result_without_rows(entry)))
        elif expectation_id(entry.check_id) in returned_by_id:
            returned = returned_by_id[expectation_id(entry.check_id)]
            message = _raised(returned, engine.failures)
            if message is not None:
                result = error_result(entry, message)
            elif _is_ours(entry):
                # What Great Expectations ran is what it was handed.
                result = _judged(entry, measurements)
            else:
                result = stock_result(entry, success=bool(returned.success), result=returned.result)
            results.append((entry, result))
    return results


def _by_id(batch: Any, entries: Sequence[SuiteEntry]) -> dict[str, Any]:
    """Great Expectations' results by expectation id; it returns them in another order than they were given."""
    try:
        suite = gx.ExpectationSuite(name=batch.id, expectations=[_configuration(entry) for entry in entries])
        results = batch.validate(suite, result_format=_COUNTS).results
    except Exception as error:  # noqa: BLE001  # one expectation must not take the others with it
        if len(entries) == 1:
            return {expectation_id(entries[0].check_id): error}
        return {key: result for entry in entries for key, result in _by_id(batch, [entry]).items()}
    return {result.expectation_config.id: result for result in results}


def _judged(entry: SuiteEntry, measurements: Mapping[str, Measurement]) -> CheckResult:
    metric = get_expectation_impl(entry.type).metric()
    demand = demand_of(metric, entry)
    return check_result(entry.check_id, metric, measured_before(measurements, entry.type, demand.params), demand)


def _raised(returned: Any, failures: Mapping[str, str]) -> str | None:
    """The message of what was raised; Great Expectations keeps it once, or once per metric that failed."""
    if isinstance(returned, Exception):
        return str(returned) or type(returned).__name__
    info: Mapping[str, Any] = returned.exception_info or {}
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    messages = sorted({failures.get(metric, str(raised["exception_message"])) for metric, raised in info.items()})
    return messages[0] if messages else None


def _unless_silent(
    result: CheckResult, entry: SuiteEntry, connection: duckdb.DuckDBPyConnection, view: str
) -> CheckResult:
    if result.outcome is not Outcome.PASS or entry.type not in SILENT_WITHOUT_VALUES:
        return result
    if _count(connection, identifier(str(entry.kwargs["column"])), view):
        return result
    message = "every value is null: there is nothing to judge"
    return CheckResult(entry.check_id, entry.severity, Outcome.INCONCLUSIVE, message)


def _configured(entry: SuiteEntry) -> None:
    registered = list_registered_expectation_implementations()
    if entry.type in UNSUPPORTED:
        raise SuiteError(f"{entry.place}: {entry.type} is not supported here: {UNSUPPORTED[entry.type]}")
    if entry.type not in registered:
        raise SuiteError(f"{entry.place}: unknown expectation '{entry.type}' ({did_you_mean(entry.type, registered)})")
    if entry.type not in SUPPORTED and not _is_ours(entry):
        raise SuiteError(f"{entry.place}: {entry.type} is not supported on DuckDB")
    try:
        get_expectation_impl(entry.type)(**entry.kwargs, severity=entry.severity.value, meta=dict(entry.meta))
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"] if part != "__root__")
        problem = f"{where}: {first['msg']}" if where else first["msg"]
        raise SuiteError(f"{entry.place}: {entry.type}: {problem}") from error
    except (TypeError, ValueError) as error:
        raise SuiteError(f"{entry.place}: {entry.type}: {error}") from error


def _configuration(entry: SuiteEntry) -> dict[str, Any]:
    return {
        "type": entry.type,
        "kwargs": dict(entry.kwargs),
        "meta": dict(entry.meta),
        "severity": entry.severity.value,
        "id": expectation_id(entry.check_id),
    }


def _is_ours(entry: SuiteEntry) -> bool:
    return issubclass(get_expectation_impl(entry.type), GatesExpectation)


def _count(connection: duckdb.DuckDBPyConnection, what: str, view: str) -> int:
    row = connection.execute(select(f"count({what})", identifier(view))).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps Great Expectations' log off the terminal: what it has to say stands in its results."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
