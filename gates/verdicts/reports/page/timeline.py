"""What became of a dataset's numbers over its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.figures import drawing, drawn_table
from gates.verdicts.reports.page.drawing.markup import Markup, joined, table, tag
from gates.verdicts.reports.page.forest import AT_LIMIT, place
from gates.verdicts.reports.plots import of_limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.verdict import CheckResult
    from gates.verdicts.reports.located_verdict import PageVersion

# Of a plan with hundreds of checks those whose outcome changed come first, and more than these are a table of their own.
_MOST_CHECKS = 25
_HEIGHT = 36


def timeline(versions: Sequence[PageVersion]) -> Markup:
    """A table of the versions, and a line for each check that changed. versions: at least two, oldest first."""
    origins = list(dict.fromkeys(origin for one in versions for origin in one.rows))
    cells = [
        [
            one.name,
            one.date,
            ", ".join(one.tags),
            tag("span", one.answer.word, class_=f"badge {_LOOKS[one.answer.value]}"),
            *(f"{one.rows.get(origin, 0):,}" for origin in origins),
        ]
        for one in versions
    ]
    headings = ["version", "day", "tags", "answer", *(f"{origin} rows" for origin in origins)]
    parts = [table("Verdicts of the versions, the newest last", headings, cells)]
    changed = _changed(versions)
    if changed:
        sentence = "Checks whose number changed: each dot is a version, the dashed line the limit, and above it is bad"
        lines = (_line(check_id, versions) for check_id in changed[:_MOST_CHECKS])
        headings = ["check", "over versions", "first", "last", "limit", "outcome"]
        parts.append(drawn_table(sentence, headings, lines, "drawn wide"))
        numbers = table(
            "The number of each check by version",
            ["check", *(one.name for one in versions)],
            _numbers(changed, versions),
        )
        parts.append(tag("details", tag("summary", "All numbers"), numbers))
    return joined(parts)


# An answer is coloured as the outcome that leads to it.
_LOOKS = {"pass": "pass", "warn": "inconclusive", "fail": "fail", "unjudged": "error"}


def _changed(versions: Sequence[PageVersion]) -> list[str]:
    """Checks of the newest version with another number or outcome before, those with another outcome first."""
    ranked = []
    for check_id, newest in versions[-1].checks.items():
        before = [one.checks[check_id] for one in versions[:-1] if check_id in one.checks]
        is_other = any(check.outcome is not newest.outcome for check in before)
        if is_other or any(check.observed != newest.observed for check in before):
            ranked.append((not is_other, check_id))
    return [check_id for _, check_id in sorted(ranked)]


def _numbers(check_ids: Sequence[str], versions: Sequence[PageVersion]) -> Iterator[list[str]]:
    for check_id in check_ids[:_MOST_CHECKS]:
        results = [one.checks.get(check_id) for one in versions]
        yield [check_id, *("not planned" if one is None else wording.number(one, one.observed) for one in results)]


def _line(check_id: str, versions: Sequence[PageVersion]) -> Markup:
    results = [one.checks.get(check_id) for one in versions]
    present = [check for check in results if check]
    first, last = present[0], present[-1]
    return tag(
        "tr",
        tag("th", f"{last.id.scope.value}: {wording.title(last)}", scope="row"),
        tag("td", drawing(*_marks(results), height=_HEIGHT), class_="drawing"),
        tag("td", wording.number(first, first.observed)),
        tag("td", wording.number(last, last.observed)),
        tag("td", wording.limits(last)),
        tag("td", wording.badge(last.outcome)),
    )


def _marks(results: Sequence[CheckResult | None]) -> Iterator[Markup]:
    """Dots with lines between those of neighbouring versions."""
    step = 96 / max(len(results) - 1, 1)
    level = f"{_tall(AT_LIMIT):.4g}"
    yield tag("line", x2="100%", y1=level, y2=level, class_="limit")
    before: tuple[float, float] | None = None
    for at, check in enumerate(results):
        height = place(check, check.observed) if check and of_limit(check) else None
        if check is None or height is None:
            before = None
            continue
        x, y = 2 + at * step, _tall(height)
        if before:
            yield tag(
                "line", x1=f"{before[0]:.4g}%", y1=f"{before[1]:.4g}", x2=f"{x:.4g}%", y2=f"{y:.4g}", class_="base"
            )
        yield tag("circle", cx=f"{x:.4g}%", cy=f"{y:.4g}", r=4, class_=f"dot {check.outcome.value}")
        before = (x, y)


def _tall(share: float) -> float:
    """From the bottom up, with room for a dot. share: in percent of the axis."""
    return 4 + (_HEIGHT - 8) * (1 - share / 100)
