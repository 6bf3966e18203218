"""Which checks the page says more of, where, and with which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.verdict import CheckResult, Kind, Outcome, Verdict
from gates.verdicts.reports.findings import Findings, findings
from gates.verdicts.reports.page.articles import CheckFigures
from gates.verdicts.reports.page.drawing.markup import Markup, joined, tag
from gates.verdicts.reports.page.parts import part_plots
from gates.verdicts.reports.page.pictures import pictures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What a page may have, so that it can be mailed and opens at once, and what its figures may have of that; the rest is text and the other
# sections, and where they are more, the figures are fewer.
MOST_BYTES = 1_200_000
MOST_FIGURE_BYTES = 1_040_000
# Of wide tables thousands of row rules may fail: nobody reads so many, and the JSON document has them.
MOST_CHECKS = 100


@dataclass(frozen=True)
class PagePlan:
    """One verdict's part of a page. prefix: what tells its anchors apart.

    failures: what decides the verdict; others: what was measured besides and has something to show. places: anchors by check id;
    figures: likewise. failing_rows: how many rows fail row rules, and the file that has them, where it is there.
    """

    verdict: Verdict
    name: str
    prefix: str
    listed: Findings
    failures: Sequence[CheckResult]
    others: Sequence[CheckResult]
    places: Mapping[str, str]
    figures: Mapping[str, CheckFigures]
    failing_rows: str = ""

    @property
    def left_out(self) -> int:
        """How many findings there is no room for."""
        every = (self.listed.failures, self.listed.undecided, self.listed.waived)
        return sum(str(check.id) not in self.places for checks in every for check in checks)


def planned(
    verdict: Verdict, name: str, prefix: str = "", room: int = MOST_FIGURE_BYTES, failing_rows: str = ""
) -> PagePlan:
    """The plan of a page: what did not pass, and what passed and has a figure.

    room: bytes for figures, which go to findings first; where they are spent, the page says where the data is.
    """
    listed = findings(verdict)
    failures = listed.failures[:MOST_CHECKS]
    # A row rule that holds has nothing to show.
    passed = (check for check in listed.passed if check.kind is Kind.SUITE and check.evidence)
    besides = (*listed.undecided, *listed.waived, *passed)
    figures: dict[str, CheckFigures] = {}
    for check in (*failures, *besides[:MOST_CHECKS]):
        figures[str(check.id)] = drawn = _figures(check, name, room)
        room -= min(room, drawn.size)
    others = [
        check for check in besides[:MOST_CHECKS] if check.outcome is not Outcome.PASS or figures[str(check.id)].size
    ]
    shown = {str(check.id) for check in (*failures, *others)}
    places = {str(check.id): f"{prefix}check-{at}" for at, check in enumerate(verdict.checks) if str(check.id) in shown}
    return PagePlan(verdict, name, prefix, listed, failures, others, places, figures, failing_rows)


def _figures(check: CheckResult, name: str, room: int) -> CheckFigures:
    drawn = CheckFigures(joined(pictures(check)), part_plots(check))
    if drawn.size <= room:
        return drawn
    command = f"gates check {name} --only {check.id} --format json"
    left_out = tag("p", "Left out, as the page would grow too large: ", tag("code", command), " has the data.")
    return CheckFigures(left_out, Markup())
