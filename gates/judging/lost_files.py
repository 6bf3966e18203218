"""Sets what became of the files of the version before against the limit of the suites, without Great Expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.details import details_of, result_of
from gates.metrics.judging import judge
from gates.metrics.kept_files import METRIC, measurement_of
from gates.suite_files import limits_of
from gates.verdict import Scope

if TYPE_CHECKING:
    from gates.kept_files import KeptFiles
    from gates.plan import Plan
    from gates.verdict import CheckResult


def kept_files_result(planned: Plan, kept: KeptFiles | None) -> CheckResult | None:
    """What the check of kept files says; None where it is not planned."""
    for entry in planned.entries[Scope.COMBINED]:
        if entry.type == METRIC.expectation:
            limits = limits_of(entry.kwargs)
            judged = judge(measurement_of(kept), limits, entry.severity, undecided=METRIC.undecided)
            return result_of(entry.check_id, details_of(judged, limits))
    return None
