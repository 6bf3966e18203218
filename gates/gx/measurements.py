"""The one metric that all of our expectations depend on: a `Measurement`, made beforehand or on demand.

Within `gates check` every measurement is made before Great Expectations runs, in the one shared scan. In anybody's own
Great Expectations program it is made here, from the table of the batch and its origin column.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import ExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
from great_expectations.expectations.registry import get_expectation_impl

from gates.contract.suites.suite import measurement_key
from gates.errors import GatesError
from gates.gx.engine import GatesDuckDBExecutionEngine
from gates.metrics.base.evaluate import ask
from gates.metrics.base.measurement import Failed, Measurement
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan

METRIC = "gates.measurement"

# Scans by the batch data they are of, so that a batch fetched anew is scanned anew.
_scans: WeakKeyDictionary[Any, Scan] = WeakKeyDictionary()


class MeasurementProvider(MetricProvider):  # type: ignore[misc]
    """Finds or makes the measurement of one expectation on one batch."""

    metric_name = METRIC
    domain_keys = ("batch_id",)
    value_keys = ("expectation", "params", "scope")

    @metric_value(engine=GatesDuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(
        cls,  # noqa: N805
        execution_engine: GatesDuckDBExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: Any,
    ) -> Measurement:
        batch_id: str = metric_domain_kwargs["batch_id"]
        expectation, params = metric_value_kwargs["expectation"], metric_value_kwargs["params"]
        if batch_id in execution_engine.measurements:
            return measured_before(execution_engine.measurements[batch_id], expectation, params)
        return _on_demand(execution_engine, batch_id, expectation, params, metric_value_kwargs["scope"])

    @metric_value(engine=ExecutionEngine)  # type: ignore[untyped-decorator]
    def _elsewhere(cls, execution_engine: ExecutionEngine, **_: Any) -> Measurement:  # noqa: N805
        name = type(execution_engine).__name__
        return Failed(f"cannot be measured on {name}: open the data with context.data_sources.add_gates_duckdb(…)")


def measured_before(
    measurements: Mapping[str, Measurement], expectation: str, params: Mapping[str, object]
) -> Measurement:
    """What was measured for an expectation with these parameters before the suites ran."""
    missing = Failed("was not measured before the suite ran; this is a fault in gates")
    return measurements.get(measurement_key(expectation, params), missing)


def _on_demand(
    engine: GatesDuckDBExecutionEngine, batch_id: str, expectation: str, params: dict[str, object], scope: str
) -> Measurement:
    try:
        scan = _scan(engine, batch_id)
    except GatesError as error:
        return Failed(str(error))
    return ask(get_expectation_impl(expectation).metric(), scan, Scope(scope), params)


def _scan(engine: GatesDuckDBExecutionEngine, batch_id: str) -> Scan:
    from gates.data.duckdb.relation import scan_of_relation

    data = engine.batch_manager.batch_data_cache[batch_id]
    if data not in _scans:
        selectable, _compute, _accessor = engine.get_compute_domain({"batch_id": batch_id}, MetricDomainTypes.TABLE)
        query = sa.select(sa.text("*")).select_from(selectable)
        sql = str(query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
        # A scan reads rows again later, so that each batch needs a name of its own. The view belongs to the connection.
        name = f"gates_batch_{hashlib.sha256(sql.encode()).hexdigest()[:12]}"
        connection = engine.native_connection()
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")
        _scans[data] = scan_of_relation(connection, name, engine.origin, engine.data_type)
    return _scans[data]


__all__ = ["METRIC", "MeasurementProvider", "measured_before"]
