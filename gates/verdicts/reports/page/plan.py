"""Which checks the page says more of, where, and with which figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.verdict import Outcome
from gates.verdicts.reports.findings import Findings, findings
from gates.verdicts.reports.page.articles import CheckFigures
from gates.verdicts.reports.page.drawing.markup import Markup, joined, tag
from gates.verdicts.reports.page.parts import part_plots
from gates.verdicts.reports.page.pictures import pictures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.verdict import CheckResult, Verdict

# Of the 1.2 MB that a page may have, so that it can be mailed and opens at once; the rest is text and the other sections.
MOST_FIGURE_BYTES = 900_000


@dataclass(frozen=True)
class PagePlan:
    """One verdict's part of a page. places: anchors by check id; figures: likewise. prefix: what tells its anchors apart."""

    verdict: Verdict
    name: str
    prefix: str
    listed: Findings
    places: Mapping[str, str]
    figures: Mapping[str, CheckFigures]

    @property
    def others(self) -> Sequence[CheckResult]:
        """What did not decide the verdict and is shown all the same, the undecided first."""
        passed = [check for check in self.listed.passed if str(check.id) in self.places]
        return [*self.listed.undecided, *self.listed.waived, *passed]


def planned(verdict: Verdict, name: str, prefix: str = "", room: int = MOST_FIGURE_BYTES) -> PagePlan:
    """The plan of a page: what did not pass, and what passed and has a figure.

    room: bytes for figures, which go to findings first; where they are spent, the page says where the data is.
    """
    listed = findings(verdict)
    figures: dict[str, CheckFigures] = {}
    for check in (*listed.failures, *listed.undecided, *listed.waived, *listed.passed):
        drawn, by_part = joined(pictures(check)), part_plots(check)
        size = len(drawn.encode()) + len(by_part.encode())
        if size > room:
            command = f"gates check {name} --only {check.id} --format json"
            drawn = tag("p", "Left out, as the page would grow too large: ", tag("code", command), " has the data.")
            by_part = Markup()
        room -= min(size, room)
        figures[str(check.id)] = CheckFigures(drawn, by_part)
    places = {
        str(check.id): f"{prefix}check-{at}"
        for at, check in enumerate(verdict.checks)
        if check.outcome not in (Outcome.NOT_CONFIGURED, Outcome.PASS) or any(figures.get(str(check.id), ()))
    }
    return PagePlan(verdict, name, prefix, listed, places, figures)
