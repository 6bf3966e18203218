"""Suite files: Great Expectations' own suite JSON, read and merged without importing Great Expectations.

`gates.suites` runs what is read here; its import costs seconds, this one's does not.
"""

from gates.suite_files.merge import Merged, merge
from gates.suite_files.read import read_suite
from gates.suite_files.suite import Suite, SuiteEntry, expectation_id, limits_of, measurement_key, params_of

__all__ = [
    "Merged",
    "Suite",
    "SuiteEntry",
    "expectation_id",
    "limits_of",
    "measurement_key",
    "merge",
    "params_of",
    "read_suite",
]
