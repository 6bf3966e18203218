"""Great Expectations on DuckDB, with expectations for data made of human and synthetic rows.

`import gates.gx` in any Great Expectations program registers the data source
(`context.data_sources.add_gates_duckdb(name=…, connection_string="duckdb:///file.duckdb", origin="origin")`) and one
expectation per metric of `gates.metrics.catalogue`. Nothing else in `gates` imports Great Expectations.
"""

from gates.gx import dialect, null_safe, unique
from gates.gx.datasource import GatesDuckDBDatasource
from gates.gx.engine import GatesDuckDBExecutionEngine, lend
from gates.gx.expectations import expectation_class, register
from gates.gx.run import run, validate
from gates.metrics.catalogue import METRICS

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
    "unique",
    "validate",
]
