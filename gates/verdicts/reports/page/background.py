"""What a verdict rests on: files, columns, rules that are looser, waived or not configured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.verdicts.reports.columns import column_lines
from gates.verdicts.reports.findings import Findings, line_to_add, outcome_of, uncovered, undersized_languages
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.markup import Markup, joined, table, tag, with_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gates.verdict import CheckResult, Verdict

# Of thousands of files, or of checks that lack an input, the first say what they are.
_MOST_LINES = 40
# As many digits of a digest as the other reports show.
_DIGEST = 12


def background(verdict: Verdict) -> Markup:
    """Lists and tables, each only where there is something to say."""
    return joined(_parts(verdict))


def not_configured(listed: Findings) -> Markup:
    """The checks that would run with a line more, with the line, and why the others did not."""
    lines = [[_shown(check), tag("code", line_to_add(check))] for check in listed.missing[:_MOST_LINES]]
    others: dict[str, list[str]] = {}
    for check in listed.not_configured:
        if not line_to_add(check):
            others.setdefault(check.message, []).append(wording.title(check))
    parts = [table("Checks that a line in gates.toml would enable", ["check", "line to add"], lines)] if lines else []
    reasons = [[with_code(why), ", ".join(dict.fromkeys(names))] for why, names in others.items()]
    parts += (
        [table("Checks that no line in gates.toml would enable", ["because", "checks"], reasons)] if reasons else []
    )
    return joined(parts)


def _shown(check: CheckResult) -> str:
    """What the check is called; the purpose that it lacks decides which of its entries counts."""
    purpose = line_to_add(check).startswith("purpose")
    return wording.title(replace(check, id=replace(check.id, detail="")) if purpose else check)


def _parts(verdict: Verdict) -> Iterator[Markup]:
    waived = [
        [waiver["check"], outcome_of(verdict, waiver["check"]), waiver["expires"], waiver["owner"], waiver["reason"]]
        for waiver in verdict.waived
    ]
    if waived:
        yield table("Waived: reported, and not counted", ["check", "outcome", "until", "owner", "reason"], waived)
    yield from _list("Limits that the dataset's own suite loosens", verdict.loosened)
    yield from _list("Columns that are read as something else, or not compared", column_lines(verdict))
    yield from _list("What no result covers", (*undersized_languages(verdict), *uncovered(verdict)))
    for key, caption in (("files", "Files"), ("holdout_files", "Holdout"), ("evaluation_files", "Evaluation sets")):
        files = verdict.data.get(key)
        if isinstance(files, list) and files:
            lines = [
                [file["path"], f"{file['rows']:,}", tag("code", str(file["sha256"])[:_DIGEST])]
                for file in files[:_MOST_LINES]
            ]
            more = f", the first {_MOST_LINES} of {len(files):,}" if len(files) > _MOST_LINES else ""
            yield table(f"{caption}{more}", ["path", "rows", "sha256"], lines)
    if not verdict.is_partial:
        data = str(verdict.data.get("manifest_sha256"))[:_DIGEST]
        yield tag("p", "Verdict ", tag("code", verdict.digest()[:_DIGEST]), " on data ", tag("code", data), ".")


def _list(title: str, lines: Iterable[str]) -> Iterator[Markup]:
    listed = list(lines)
    if listed:
        yield joined([tag("h3", title), tag("ul", *(tag("li", line) for line in listed))])
