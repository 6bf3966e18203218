"""What to do about a verdict, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdict import IN_MEMORY, Answer, Outcome, Severity, Verdict
from gates.verdicts.reports.finding_text import explain_command

if TYPE_CHECKING:
    from gates.verdicts.reports.findings import Findings

# What was there before is read or not, whatever the number of rows now.
_OF_HISTORY = {"expect_files_to_be_kept", "expect_human_rows_to_be_kept"}
# What `gates init` drafts.
_DRAFTED = {"expect_row_failure_ratio_to_be_less_than", "expect_constraint_violation_ratio_to_be_less_than"}


def next_step(verdict: Verdict, listed: Findings, name: str) -> str:
    """The sentence, "" where nothing is to be done. listed: the verdict's findings. name: how the call names the dataset."""
    again = "gates.check" if verdict.data.get(IN_MEMORY) else f"gates check {name}"
    outcomes = {check.outcome for check in listed.failures}
    if outcomes <= {Outcome.ERROR, Outcome.INCONCLUSIVE} and any(
        check.id.type in _OF_HISTORY for check in listed.failures
    ):
        return f"get what is missing of the earlier version, as said above, and run `{again}` again"
    # Without an error it is too few rows why there is no verdict, whatever warns besides.
    if verdict.answer is Answer.NO_VERDICT and Outcome.INCONCLUSIVE in outcomes and Outcome.ERROR not in outcomes:
        first = "fix the data" if _lie_on_limits(listed) else "add rows"
        return f'{first} and run `{again}` again; or let it pass: inconclusive = "warn" in gates.toml'
    if verdict.answer is Answer.WARN:
        return _of_warnings(verdict, listed, name)
    if all(check.severity is Severity.INFO for check in listed.failures):
        return ""
    first = "fix the critical findings" if verdict.answer is Answer.FAIL else "fix the data"
    return (
        f"{first} and run `{again}` again; or, with a reason, change a limit or waive a check for a while "
        "(`gates explain CHECK` prints the lines for both)"
    )


def _lie_on_limits(listed: Findings) -> bool:
    """Whether every number that is not decided lies so near its limit that more rows would hardly decide it."""
    undecided = [check for check in listed.failures if check.outcome is Outcome.INCONCLUSIVE]
    return all(check.observed is not None and not check.rows_needed for check in undecided)


def _of_warnings(verdict: Verdict, listed: Findings, name: str) -> str:
    """What to look at first, and what to do about it."""
    failing, undecided = (
        [check for check in checks if check.severity is not Severity.INFO]
        for checks in (listed.failures, listed.undecided)
    )
    first = next(iter([*failing, *undecided]), None)
    if first is None:
        return ""
    types = frozenset(check.id.type for check in verdict.checks)
    look = f"look at the warnings, the first with `{explain_command(first, types)}`"
    if verdict.data.get(IN_MEMORY):
        return look
    if not failing:
        return f"{look}; more rows decide them (`gates check {name} -v` says how many)"
    if any(check.id.type in _DRAFTED for check in failing):
        return f"{look}; drafted rules block after `gates init {verdict.dataset} --accept`"
    return look
