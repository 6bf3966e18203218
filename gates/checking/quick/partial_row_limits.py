"""Sets counted row failures against the limits of the suites, for the quick check of a commit.

What judges is `check_result`, as in `gates/gx/run.py`; the expectation there only hands a measurement on to it. The way
through Great Expectations would give the same results: its import alone takes 2.8 s of CPU, where the quick check of
100,000 changed rows takes 1.5 s in all. Only this check may leave rows out, which `SeenRows` allows for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gates.contract.suites.suite import SuiteEntry, demand_of, limits_of, params_of
from gates.errors import first_few
from gates.metrics.base.measurement import Estimate, Measured, Measurement
from gates.metrics.history import lost_files
from gates.metrics.integrity import row_failures
from gates.metrics.limits.check_result import check_result
from gates.verdict import CheckResult, Kind, Outcome, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gates.contract.plan import Plan
    from gates.data.previous_version import KeptFiles
    from gates.data.scan.result import RuleFailures
    from gates.metrics.base.metric import Metric
    from gates.rows.failures import RowFailures

_SHOWN = 3


@dataclass(frozen=True)
class SeenRows:
    """Rows that were checked. place: what to call a row in a message.

    unseen: how many rows of the same files were not looked at; None where they were not counted.
    """

    failures: RowFailures
    place: Callable[[int], str]
    unseen: int | None = 0

    def result(self, entry: SuiteEntry, counts: Mapping[str, RuleFailures]) -> CheckResult | None:
        """What a limit on a rule says of these rows; None where rows not looked at may still change it.

        counts: the value of `failures`. Of rows not looked at none is taken to break the rule, and each to belong to
        the scope: what fails then fails whatever they are. A rule that could not run is an error either way.
        """
        rule = counts[str(entry.kwargs["rule"])]
        if self.unseen == 0 or rule.broken:
            return self._judged(entry, rule)
        if entry.kwargs.get("beyond_human"):
            # Human rows not looked at may break the rule as often.
            return None
        limits = limits_of(entry.kwargs)
        if self.unseen is not None:
            scope = entry.check_id.scope.value
            rule = replace(rule, rows={**rule.rows, scope: rule.rows.get(scope, 0) + self.unseen})
        elif limits.max_value:
            # A share of an unknown number of rows.
            return None
        judged = self._judged(entry, rule)
        return judged if judged.outcome is Outcome.FAIL else None

    def _judged(self, entry: SuiteEntry, rule: RuleFailures) -> CheckResult:
        metric, measurement = row_failures.METRIC, self._measurement(entry, rule)
        return replace(check_result(entry.check_id, metric, measurement, demand_of(metric, entry)), kind=Kind.SCHEMA)

    def _measurement(self, entry: SuiteEntry, rule: RuleFailures) -> Measurement:
        scope = entry.check_id.scope
        first = [rule.place(row, self.place(row)) for row in self.failures.first(rule.rule, scope.value)]
        params = params_of(row_failures.METRIC, entry.kwargs)
        measurement = row_failures.measurement_of(rule, scope, first, params)
        if self.unseen == 0:
            return measurement
        looked_at = f"{self.failures.rows.get(scope.value, 0):,} rows were looked at, the others taken for good ones"
        note = "; ".join(clause for clause in (measurement.note, looked_at) if clause)
        return replace(measurement, note=note)


def kept_files_result(planned: Plan, kept: KeptFiles | None) -> CheckResult | None:
    """What the check of kept files says; None where it is not planned."""
    return _result(planned, lost_files.METRIC, lost_files.measurement_of(kept))


def lost_human_files_result(planned: Plan, names: Sequence[str]) -> CheckResult | None:
    """That human files are gone, and their rows with them; None where the check of human rows is not planned."""
    from gates.metrics.history import lost_human_rows

    note = f"{first_few(names, _SHOWN)} of HEAD: gone with all human rows, no other file that may have some was added, and no removal is recorded"
    return _result(
        planned, lost_human_rows.METRIC, Measured(Estimate.exact(1.0), note=note, evidence={"files": list(names)})
    )


def _result(planned: Plan, metric: Metric, measurement: Measurement) -> CheckResult | None:
    for entry in planned.entries[Scope.COMBINED]:
        if entry.type == metric.expectation:
            return check_result(entry.check_id, metric, measurement, demand_of(metric, entry))
    return None
