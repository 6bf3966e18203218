"""A difference as text for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.verdict import Answer, CheckResult, rounded_tree
from gates.verdicts.reports.formats.markdown import code
from gates.verdicts.reports.text import counted, printable_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gates.diff.difference import CheckChange, ComparedVersion, DatasetDifference
    from gates.versions.dataset.comparison import Comparison

# A person reads a screen of names; JSON has all of them.
_NAMES = 10
_SIGNS = {"added": "+", "changed": "~", "moved": ">", "removed": "-"}


def terminal(difference: DatasetDifference) -> str:
    """Headline, then files, rows and checks, and what is lost last, where the eye ends."""
    return "\n".join(printable_line(line) for line in _lines(difference)) + "\n"


def markdown(difference: DatasetDifference) -> str:
    """As `terminal`, for a pull request; names come from data and stand in code spans."""
    head, *rest = _lines(difference)
    body = [f"- {code(line)}" for line in rest]
    return f"### {code(head)}\n\n" + "\n".join(body) + "\n"


def as_json(differences: Sequence[DatasetDifference]) -> str:
    """A list with one object per dataset, the same bytes for the same versions."""
    return json.dumps([rounded_tree(_document(one)) for one in differences], indent=2, ensure_ascii=False) + "\n"


def _lines(difference: DatasetDifference) -> Iterator[str]:
    base, new = difference.base, difference.new
    yield f"{difference.dataset}: {base.version} -> {new.version}"
    named = (("files", difference.files), ("holdout", difference.holdout), ("evaluation", difference.evaluation))
    for title, comparison in named:
        yield from _files(title, comparison) if comparison else ()
    if base.rows is not None and new.rows is not None:
        yield row_line(base.rows, new.rows)
    uncounted = (
        f"rows in {one.version} could not be counted: {one.why_no_rows}" for one in (base, new) if one.rows is None
    )
    yield from dict.fromkeys(uncounted)
    yield from _checks(difference)
    for sentence in difference.losses:
        yield f"lost without notice: {sentence}"


def _files(title: str, comparison: Comparison) -> Iterator[str]:
    if comparison.is_same:
        yield f"{title}: {counted(comparison.new_count, 'file')}, none of them changed"
        return
    counts = ", ".join(f"{len(names):,} {kind}" for kind, names in _by_kind(comparison) if names)
    yield f"{title}: {_step(comparison.base_count, comparison.new_count)}; {counts}"
    for kind, names in _by_kind(comparison):
        yield from (f"  {_SIGNS[kind]} {name}" for name in names[:_NAMES])
        if len(names) > _NAMES:
            yield f"  {_SIGNS[kind]} and {len(names) - _NAMES:,} more"


def _by_kind(comparison: Comparison) -> list[tuple[str, Sequence[str]]]:
    moved = [f"{old} -> {new}" for old, new in comparison.moved]
    others = (("changed", comparison.changed), ("moved", moved), ("removed", comparison.removed))
    return [("added", comparison.added), *others]


def _checks(difference: DatasetDifference) -> Iterator[str]:
    base, new = difference.base.verdict, difference.new.verdict
    for side in (difference.base, difference.new):
        if side.verdict is None:
            yield f"checks: {side.why_no_verdict}"
    if base is None or new is None:
        return
    yield from change_lines((base.answer, new.answer), difference.changes)


def row_line(base: Mapping[str, int], new: Mapping[str, int]) -> str:
    """Rows by origin, before and after."""
    parts = (f"{origin} {_step(base.get(origin, 0), count)}" for origin, count in new.items())
    return f"rows: {', '.join(parts)}"


def change_lines(answers: tuple[Answer, Answer], changes: Sequence[CheckChange]) -> Iterator[str]:
    """What became of the answer, and of each check that differs."""
    before, after = (answer.value for answer in answers)
    step = before if before == after else f"{before} -> {after}"
    yield f"verdict: {step}; {counted(len(changes), 'check')} changed"
    # A changed outcome says more than a moved number.
    for change in sorted(changes, key=lambda change: not change.is_outcome):
        yield f"  {change.id}: {_result(change.before)} -> {_result(change.after)}"


def _result(check: CheckResult | None) -> str:
    if check is None:
        return "not planned"
    number = "" if check.observed is None else f" {check.observed:.4g}"
    return f"{check.outcome.shown}{number}"


def _step(before: int, after: int) -> str:
    return f"{before:,}" if before == after else f"{before:,} -> {after:,}"


def _document(difference: DatasetDifference) -> dict[str, object]:
    return {
        "dataset": difference.dataset,
        "base": _side(difference.base),
        "new": _side(difference.new),
        "files": _listed(difference.files),
        "holdout": None if difference.holdout is None else _listed(difference.holdout),
        "evaluation": None if difference.evaluation is None else _listed(difference.evaluation),
        "checks": [change_document(change) for change in difference.changes],
        "lost": list(difference.losses),
    }


def _side(side: ComparedVersion) -> dict[str, object]:
    verdict = side.verdict
    return {
        "version": str(side.version),
        "commit": side.version.commit,
        "rows": None if side.rows is None else dict(side.rows),
        "why_no_rows": side.why_no_rows or None,
        "outcome": None if verdict is None else verdict.answer.value,
        "verdict": None if verdict is None else verdict.digest,
        "why_no_verdict": side.why_no_verdict or None,
    }


def _listed(comparison: Comparison) -> dict[str, object]:
    moved = [{"from": old, "to": new} for old, new in comparison.moved]
    names = {"added": list(comparison.added), "changed": list(comparison.changed), "removed": list(comparison.removed)}
    return {"base_count": comparison.base_count, "new_count": comparison.new_count, **names, "moved": moved}


def change_document(change: CheckChange) -> dict[str, object]:
    """A changed check as plain JSON values."""
    sides = {"before": change.before, "after": change.after}
    return {"id": change.id} | {
        name: None if check is None else {"outcome": check.outcome.value, "observed": check.observed}
        for name, check in sides.items()
    }
