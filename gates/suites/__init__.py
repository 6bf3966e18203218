"""Great Expectations on DuckDB, with expectations for data made of human and synthetic rows.

`import gates.suites` in any Great Expectations program registers the data source
(`context.data_sources.add_gates_duckdb(name=…, connection_string="duckdb:///file.duckdb", origin="origin")`) and one
expectation per metric of `gates.metrics.catalogue`. Nothing else in `gates` imports Great Expectations.
"""

from gates.metrics.catalogue import METRICS
from gates.suites import dialect, null_safe
from gates.suites.datasource import GatesDuckDBDatasource
from gates.suites.engine import GatesDuckDBExecutionEngine, lend
from gates.suites.expectations import expectation_class, register
from gates.suites.run import run, validate

register(METRICS)

__all__ = [
    "GatesDuckDBDatasource",
    "GatesDuckDBExecutionEngine",
    "dialect",
    "expectation_class",
    "lend",
    "null_safe",
    "register",
    "run",
    "validate",
]
