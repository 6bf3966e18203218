"""All checks at a glance: what each is about, and which rows it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdict import CheckResult, Outcome, Scope
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.markup import Markup, joined, scrolling, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.PASS, Outcome.NOT_CONFIGURED)
# Of one outcome a cell has this many marks; a schema has a hundred rules, and their number says as much.
_MOST_MARKS = 12
_SENTENCE = "Every check by what it is about and by the rows that it looks at"


def grid(checks: Sequence[CheckResult], places: Mapping[str, str]) -> Markup:
    """A table of families by scope; a mark is a check, and leads to what the page says of it."""
    families = [one for one in wording.FAMILIES if any(wording.family(check.id.type) == one for check in checks)]
    head = tag("tr", tag("th", "about", scope="col"), *(tag("th", f"{scope} rows", scope="col") for scope in Scope))
    lines = []
    for family in families:
        cells = []
        for scope in Scope:
            inside = [check for check in checks if check.id.scope is scope and wording.family(check.id.type) == family]
            cells.append(tag("td", _cell(inside, places)))
        lines.append(tag("tr", tag("th", family, scope="row"), *cells))
    inner = tag("table", tag("caption", _SENTENCE), tag("thead", head), tag("tbody", *lines), class_="grid")
    legend = tag("p", *(_legend(outcome) for outcome in _ORDER), class_="legend")
    return joined([legend, tag("figure", scrolling(inner, _SENTENCE))])


def _cell(checks: Sequence[CheckResult], places: Mapping[str, str]) -> Markup:
    groups = []
    for outcome in _ORDER:
        of_outcome = [check for check in checks if check.outcome is outcome]
        if not of_outcome:
            continue
        marks = [_mark(check, places.get(str(check.id))) for check in of_outcome[:_MOST_MARKS]]
        words = f"{len(of_outcome):,} {outcome.shown}"
        groups.append(tag("div", tag("span", *marks, class_="marks"), " ", tag("span", words, class_="count")))
    return joined(groups)


def _mark(check: CheckResult, anchor: str | None) -> Markup:
    name = f"{check.outcome.shown}: {wording.title(check)}"
    look = f"mark {check.outcome.value}"
    if anchor is None:
        return tag("span", wording.sign(check.outcome), class_=look, title=name, aria_hidden="true")
    return tag("a", wording.sign(check.outcome), class_=look, title=name, aria_label=name, href=f"#{anchor}")


def _legend(outcome: Outcome) -> Markup:
    mark = tag("span", wording.sign(outcome), class_=f"mark {outcome.value}", aria_hidden="true")
    return tag("span", mark, f" {outcome.shown}", class_="key")
