"""One check as an article of the page: what is wrong, the numbers, how to fix it, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gates.verdict import CheckResult, Outcome, Verdict
from gates.verdicts.reports.finding_text import explain_command, needs_text, rows_text
from gates.verdicts.reports.findings import DOWNGRADED, is_downgraded
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.markup import Markup, name_in_lines, tag
from gates.verdicts.reports.page.forest import axis
from gates.verdicts.reports.page.matters import in_two
from gates.verdicts.reports.plots import of_limit

if TYPE_CHECKING:
    from collections.abc import Iterator


class CheckFigures(NamedTuple):
    """The figures of one check. own: of all its rows; by_part: the same number by generator, language and the like."""

    own: Markup
    by_part: Markup

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.own.encode()) + len(self.by_part.encode())


def article(verdict: Verdict, check: CheckResult, anchor: str, figures: CheckFigures) -> Markup:
    """A finding, whole."""
    claim, numbers = in_two(check)
    heading = tag("h3", wording.badge(check.outcome, check.severity.value), " ", claim)
    facts = tag("dl", *_facts(verdict, check))
    plot = tag("div", tag("span", "limit", aria_hidden="true"), axis(check), class_="axis") if of_limit(check) else ""
    left = tag("div", *([tag("p", numbers)] if numbers else []), plot, facts, class_="facts")
    right = [tag("div", figures.own, class_="figures")] if figures.own else []
    look = f"finding {check.outcome.value}"
    return tag(
        "article",
        heading,
        tag("div", left, *right, class_="halves"),
        figures.by_part,
        id=anchor,
        class_=look,
        tabindex="-1",
    )


def folded(verdict: Verdict, check: CheckResult, anchor: str, figures: CheckFigures) -> Markup:
    """A check of which only a line is shown until it is opened."""
    number = f" {wording.number(check, check.observed)}" if check.observed is not None else ""
    title = f"{check.id.scope.value}: {wording.title(check)}"
    summary = tag("summary", wording.badge(check.outcome), f" {title}", tag("span", number, class_="number"))
    inner = [tag("p", check.message), tag("dl", *_facts(verdict, check)), *figures]
    return tag("details", summary, *inner, id=anchor, class_="folded")


def _facts(verdict: Verdict, check: CheckResult) -> Iterator[Markup]:
    rows = [
        f"{count:,} {origin}"
        for origin, count in (("human", check.n_human), ("synthetic", check.n_synthetic))
        if count is not None
    ]
    facts: dict[str, object] = {
        "measured": wording.number(check, check.observed) if check.observed is not None else "",
        "interval": wording.interval(check),
        "limit": wording.limits(check) if check.observed is not None else "",
        "baseline": wording.number(check, check.baseline) if check.baseline is not None else "",
        "looked at": " and ".join(rows) + (" rows" if rows else ""),
        "rows": rows_text(check),
        "needs": needs_text(check),
        "but": DOWNGRADED if is_downgraded(verdict, check) else "",
        "fix": check.fix if check.outcome is not Outcome.PASS else "",
        "check": tag("code", name_in_lines(str(check.id))),
        "more": tag("code", explain_command(check, frozenset(one.id.type for one in verdict.checks))),
    }
    for label, value in facts.items():
        if value:
            yield tag("div", tag("dt", label), tag("dd", value))
