"""Suite files: Great Expectations' own suite JSON, read and merged without importing Great Expectations.

`gates.gx` runs what is read here; its import costs seconds, this one's does not.
"""

from gates.contract.suites.merge import Merged, looser_by, merge, reason_of
from gates.contract.suites.read import read_suite
from gates.contract.suites.suite import (
    ROW_FAILURES,
    Suite,
    SuiteEntry,
    demand_of,
    expectation_id,
    limits_of,
    measurement_key,
    params_of,
    unmentioned_rule,
)

__all__ = [
    "ROW_FAILURES",
    "Merged",
    "Suite",
    "SuiteEntry",
    "demand_of",
    "expectation_id",
    "limits_of",
    "looser_by",
    "measurement_key",
    "merge",
    "params_of",
    "read_suite",
    "reason_of",
    "unmentioned_rule",
]
