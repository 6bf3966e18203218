"""Results by generator, language and other parts of the rows, as checks have them in their evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.verdict import CheckResult, Outcome, Verdict
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.figures import UNSEEN, drawn_table
from gates.verdicts.reports.page.drawing.markup import Markup, joined, table, tag
from gates.verdicts.reports.page.forest import MOST_LINES, axis
from gates.verdicts.reports.plots import of_limit
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

GENERATORS = "generators"
# Columns of a table that scrolls; the finding of a check has all of its parts.
_MOST_PARTS = 20
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def parts_of(check: CheckResult) -> Iterator[tuple[str, Mapping[str, CheckResult]]]:
    """Each table of parts in a check's evidence: what its parts are, and each part's result as one of the check."""
    for kind, named in check.evidence.items():
        if not isinstance(named, dict) or not named or not all(map(_is_part, named.values())):
            continue
        yield kind, {name: _result(check, row) for name, row in named.items()}


def generator_rows(verdict: Verdict) -> dict[str, int]:
    """The rows of each generator, as many as any check looked at, the largest first."""
    most: dict[str, int] = {}
    for check in verdict.checks:
        for kind, named in parts_of(check):
            for name, part in named.items() if kind == GENERATORS else ():
                most[name] = max(most.get(name, 0), part.n_synthetic or 0)
    return dict(sorted(most.items(), key=lambda item: (-item[1], item[0])))


def part_plots(check: CheckResult) -> Markup:
    """Each part's number against the check's limit."""
    plots = []
    for kind, named in parts_of(check):
        if _is_whole(check, named):
            continue
        sentence = f"The same by {_singular(kind)}: each number and its interval against the limit"
        lines = (
            tag(
                "tr",
                tag("th", shortened(name)),
                tag("td", axis(part) if of_limit(part) else "", class_="drawing"),
                tag("td", wording.number(part, part.observed)),
                tag("td", wording.interval(part)),
                tag("td", wording.badge(part.outcome)),
                tag("td", part.message, class_="note"),
            )
            for name, part in named.items()
        )
        plots.append(drawn_table(sentence, [_singular(kind), UNSEEN, "number", "interval", "outcome", "note"], lines))
    return joined(plots)


def part_grid(checks: Sequence[CheckResult], places: Mapping[str, str]) -> Markup:
    """For each kind of parts a table: the checks by part, with the outcome of each."""
    by_kind: dict[str, dict[str, Mapping[str, CheckResult]]] = {}
    named: dict[str, CheckResult] = {str(check.id): check for check in checks}
    for check in checks:
        for kind, parts in parts_of(check):
            if _is_whole(check, parts):
                continue
            by_kind.setdefault(kind, {})[str(check.id)] = parts
    tables = []
    for kind, results in by_kind.items():
        columns = list(dict.fromkeys(name for parts in results.values() for name in parts))[:_MOST_PARTS]
        lines = []
        for check_id, parts in list(results.items())[:MOST_LINES]:
            head = wording.heading(named[check_id], places.get(check_id))
            lines.append([head, *(_cell(parts.get(name)) for name in columns)])
        tables.append(table(f"Outcome of each check by {_singular(kind)}", ["check", *map(shortened, columns)], lines))
    return joined(tables)


def _is_whole(check: CheckResult, parts: Mapping[str, CheckResult]) -> bool:
    """Whether the parts say nothing that the check does not: the one generator that made all rows has the number of the whole."""
    return len(parts) == 1 and all(part.observed == check.observed for part in parts.values())


def _cell(part: CheckResult | None) -> Markup | str:
    if part is None:
        return ""
    number = "" if part.observed is None else f" {wording.number(part, part.observed)}"
    return joined([wording.badge(part.outcome), number])


def _is_part(row: object) -> bool:
    return isinstance(row, dict) and "outcome" in row and "observed" in row and str(row["outcome"]) in _OUTCOMES


def _result(check: CheckResult, row: Mapping[str, object]) -> CheckResult:
    rows = row.get("rows")
    counts = rows if isinstance(rows, dict) else {}
    return replace(
        check,
        outcome=_OUTCOMES[str(row["outcome"])],
        message=str(row.get("note") or ""),
        observed=_number(row["observed"]),
        low=_number(row.get("low")),
        high=_number(row.get("high")),
        n_human=_count(counts.get("human")),
        n_synthetic=_count(counts.get("synthetic")),
        evidence={},
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _singular(kind: str) -> str:
    if kind == "twins":
        return "where rows of the same content are"
    return kind.replace("_", " ").removesuffix("s")
