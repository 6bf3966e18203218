"""What of a verdict matters most: the few checks that a person reads first, and the rows they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdict import UNDECLARED, CheckResult, Outcome, Severity, Verdict
from gates.verdicts.reports.findings import findings
from gates.verdicts.reports.page.parts import generator_rows
from gates.verdicts.reports.plots import of_limit

if TYPE_CHECKING:
    from collections.abc import Iterable

# More would be a list to work through, which the findings are.
MOST_SENTENCES = 3


def matters(verdict: Verdict) -> tuple[str, list[CheckResult]]:
    """A title, and the first check of each type: what failed or is undecided, else what came nearest to its limit."""
    listed = findings(verdict)
    serious = [check for check in (*listed.failures, *listed.undecided) if check.severity is not Severity.INFO]
    if serious:
        return "What matters most", first_of_types(serious)
    # A count that is as it has to be is no nearer to its limit than it should be.
    estimates = [check for check in listed.passed if check.low != check.high]
    near = [(gone[0], check) for check in estimates if (gone := of_limit(check)) and gone[0] > 0]
    if near:
        near.sort(key=lambda pair: (-pair[0], str(pair[1].id)))
        return "Nearest to their limits", first_of_types(check for _, check in near)
    return "What is open", first_of_types([*listed.undecided, *listed.failures])


def first_of_types(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """The first check of each type, in their order, and at most as many as are read."""
    first: dict[str, CheckResult] = {}
    for check in checks:
        first.setdefault(check.id.type, check)
    return list(first.values())[:MOST_SENTENCES]


def in_two(check: CheckResult) -> tuple[str, str]:
    """A check's message as what is wrong, and the numbers and names behind it."""
    claim, colon, rest = check.message.partition(": ")
    return (claim, rest) if colon and check.outcome is not Outcome.PASS else (check.message, "")


def row_counts(verdict: Verdict) -> list[tuple[str, str, int]]:
    """Origin, generator ("" for all of an origin) and rows, those of undeclared origin only where there are any."""
    counts = []
    for origin, count in verdict.rows.items():
        if origin != UNDECLARED or count:
            counts.append((origin, "", count))
        if origin == "synthetic":
            counts += [(origin, generator, rows) for generator, rows in generator_rows(verdict).items()]
    return counts
