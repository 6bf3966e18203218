"""Every check's interval against its limit, on one axis that all checks share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gates.verdict import CheckResult, Outcome
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.figures import UNSEEN, drawing, drawn_table
from gates.verdicts.reports.page.drawing.markup import Markup, joined, tag
from gates.verdicts.reports.plots import gone_towards, of_limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Where the limit stands on the axis. Beyond it each doubling takes half of the room that is left, so that no number runs out of it.
AT_LIMIT = 60.0
_TICKS = ((0.0, "0"), (0.5, "½"), (1.0, "limit"), (2.0, "2x"), (10.0, "10x"))
# A table to look through; of wide tables thousands of row rules pass.
MOST_LINES = 150
_WORST_FIRST = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.PASS)
_SENTENCE = (
    "Each number with its interval, as a part of its limit: left of the line is good, right of it is bad, and an interval "
    "across it is undecided"
)


def forest(checks: Sequence[CheckResult], places: Mapping[str, str]) -> Markup:
    """All checks that have a number and a limit, the worst first. places: the anchor of those that have more on the page."""
    drawn = [check for check in checks if of_limit(check) and check.outcome is not Outcome.NOT_CONFIGURED]
    drawn.sort(
        key=lambda check: (_WORST_FIRST.index(check.outcome), -(place(check, check.observed) or 0), str(check.id))
    )
    is_near = [check.outcome is not Outcome.PASS or _gone(check) > 0 for check in drawn]
    near, far = ([check for check, one in zip(drawn, is_near, strict=True) if one is side] for side in (True, False))
    parts = [_plot(_SENTENCE, near[:MOST_LINES], places)] if near else []
    if far:
        summary = f"{len(far):,} more that passed, as far from their limit as can be"
        plot = _plot("Checks whose number is nothing of its limit", far[:MOST_LINES], places)
        parts.append(tag("details", tag("summary", summary), plot))
    if more := sum(max(0, len(side) - MOST_LINES) for side in (near, far)):
        parts.append(tag("p", f"{more:,} more are in the verdict's JSON document."))
    if rest := len(checks) - len(drawn):
        parts.append(
            tag("p", f"{rest:,} checks have no number, or no limit, and are not drawn: the grid above has them.")
        )
    return joined(parts)


def axis(check: CheckResult) -> Markup:
    """The number and interval of one check against its limit."""
    low, high = (place(check, value) for value in (check.low, check.high))
    observed = place(check, check.observed)
    parts = []
    if low is not None and high is not None:
        start, end = sorted((low, high))
        parts.append(tag("rect", x=f"{start:.3g}%", width=f"{end - start:.3g}%", class_=f"range {check.outcome.value}"))
    if observed is not None:
        parts.append(tag("circle", cx=f"{observed:.3g}%", class_=f"dot {check.outcome.value}"))
    # Of hundreds of such drawings the style sheet has what all of them share, the line at the limit too.
    return drawing(*parts, class_="plot")


def _plot(sentence: str, checks: Sequence[CheckResult], places: Mapping[str, str]) -> Markup:
    headings = ["check", _ruler(), "number", "interval", "limit", "outcome"]
    return drawn_table(sentence, headings, _lines(checks, places), "drawn wide")


def _lines(checks: Sequence[CheckResult], places: Mapping[str, str]) -> Iterator[Markup]:
    for check in checks:
        yield tag(
            "tr",
            tag("th", wording.heading(check, places.get(str(check.id)))),
            tag("td", axis(check), class_="drawing"),
            tag("td", wording.number(check, check.observed)),
            tag("td", wording.interval(check)),
            tag("td", wording.limits(check)),
            tag("td", wording.badge(check.outcome)),
        )


def _ruler() -> Markup:
    marks = [
        tag("text", label, x=f"{_axis(gone):.2f}%", y=11, text_anchor="start" if gone == 0 else "middle")
        for gone, label in _TICKS
    ]
    return joined([UNSEEN, drawing(*marks, height=14)])


def place(check: CheckResult, value: float | None) -> float | None:
    """Where a number stands on the axis, in percent; of two limits against the one that the check is nearer to breaking."""
    against = of_limit(check)
    if value is None or against is None:
        return None
    limit = against[1]
    is_maximum = limit == check.max_value
    return _axis(gone_towards(value, limit) if is_maximum else gone_towards(-value, -limit))


def _axis(gone: float) -> float:
    if math.isnan(gone) or gone <= 0:
        return 1.0
    return max(1.0, AT_LIMIT * gone) if gone <= 1 else 100 - (100 - AT_LIMIT) / gone - (1 if gone == math.inf else 0)


def _gone(check: CheckResult) -> float:
    gone = of_limit(check)
    return gone[0] if gone else 0.0
