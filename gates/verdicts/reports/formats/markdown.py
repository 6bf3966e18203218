"""The verdict as GitHub-flavoured Markdown, in which nothing from data can become markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gates.contract.plugins import Report
from gates.verdict import CheckResult, Outcome, Verdict
from gates.verdicts.reports.columns import column_lines
from gates.verdicts.reports.evidence import FIRST, evidence_line
from gates.verdicts.reports.finding_text import measured_text, needs_text, rows_text
from gates.verdicts.reports.findings import (
    DOWNGRADED,
    answer,
    findings,
    is_downgraded,
    missing_inputs,
    outcome_of,
    rows_without_tag,
    rule_lines,
    small_generators,
    splits_together,
    tally,
    undersized_languages,
    unread_parts,
)
from gates.verdicts.reports.next_step import next_step
from gates.verdicts.reports.page.matters import matters, row_counts
from gates.verdicts.reports.text import counted, printable
from gates.verdicts.reports.weaker_gate import TITLE, WeakerGate, unexplained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gates.verdicts.reports.located_verdict import Located, Unjudged


def markdown(verdict: Verdict, name: str = "", failing_rows: str = "") -> str:
    """A heading with the answer, a table of what did not pass with its fix, and the rest in short.

    name: as for `headline`. failing_rows: as in `Located`.
    """
    return "\n".join(_lines(verdict, name or verdict.dataset, failing_rows)).rstrip() + "\n"


def code(text: str) -> str:
    """Any text as one code span: no HTML, no markup, no links and no mentions take effect inside."""
    line = printable(text).strip()
    if not line:
        return ""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def cell(text: str) -> str:
    r"""A code span for a table's cell: a pipe is written `\|`, and one behind a backslash, which would end the cell, `¦`."""
    return re.sub(r"\\*\|", lambda run: "¦" if len(run.group()) > 1 else r"\|", code(text))


def _lines(verdict: Verdict, name: str, failing_rows: str) -> Iterator[str]:
    listed = findings(verdict)
    yield f"## {code(name)}: {answer(verdict)}"
    yield ""
    yield f"{tally(verdict.checks, verdict.waived_ids)}."
    yield from (f"{line[0].upper()}{line[1:]}." for line in rule_lines(verdict))
    yield ""
    yield from _opening(verdict, name)
    yield from _section("Columns", (code(line) for line in column_lines(verdict)))
    yield from _table(listed.failures)
    for check in listed.failures:
        if line := evidence_line({name: value for name, value in check.evidence.items() if name != FIRST}):
            yield f"- {code(str(check.id))}: {code(line)}"
    if failing_rows:
        yield f"- rows that fail row rules: {code(failing_rows)}"
    yield ""
    yield from _section("Not decided: too few rows to say", (_undecided(verdict, check) for check in listed.undecided))
    yield from _section("Waived", (_waiver(verdict, waiver) for waiver in verdict.waived))
    yield from _section("Loosened", (code(line) for line in verdict.loosened))
    yield from _section("Too small to be judged alone", (code(line) for line in undersized_languages(verdict)))
    yield from _section("Splits", (code(line) for line in splits_together(verdict)))
    yield from _section("Not told apart", (code(line) for line in small_generators(verdict)))
    yield from _section("Not looked at", (code(line) for line in unread_parts(verdict)))
    yield from _section("Without a tag", (code(line) for line in rows_without_tag(verdict)))
    yield from _not_configured(listed.not_configured, missing_inputs(listed.missing))
    passed = f"{counted(len(listed.passed), 'check')} passed."
    if verdict.is_partial:
        yield passed
    else:
        yield f"{passed} Verdict `{verdict.digest()}`,"
        yield f"data {code(str(verdict.data.get('manifest_sha256')))}."
    yield "`gates explain CHECK` says what a check measures, why, and how to fix what it finds."


def _opening(verdict: Verdict, name: str) -> Iterator[str]:
    """The top of the page as a table: rows by origin and generator, what matters most, what to do next."""
    title, checks = matters(verdict)
    yield "| rows | |"
    yield "|---|---|"
    for origin, generator, count in row_counts(verdict):
        yield f"| {f'{origin} by {cell(generator)}' if generator else origin} | {count:,} |"
    if checks:
        yield f"| **{title.lower()}** | |"
    for check in checks:
        fix = f"<br>fix: {cell(check.fix)}" if check.fix and check.outcome is not Outcome.PASS else ""
        yield f"| {check.outcome.shown} ({check.severity.value}) | {cell(check.message)}{fix} |"
    if step := next_step(verdict, findings(verdict), name):
        yield f"| **next** | {cell(step)} |"
    yield ""


def _table(checks: Sequence[CheckResult]) -> Iterator[str]:
    if not checks:
        return
    yield "| outcome | severity | finding | rows | measured | fix | check |"
    yield "|---|---|---|---|---|---|---|"
    for check in checks:
        texts = (check.message, rows_text(check), measured_text(check), check.fix, str(check.id))
        yield f"| {check.outcome.shown} | {check.severity.value} | {' | '.join(map(cell, texts))} |"
    yield ""


def _undecided(verdict: Verdict, check: CheckResult) -> str:
    but = f"; {DOWNGRADED}" if is_downgraded(verdict, check) else ""
    needs = f"; needs {needs_text(check)}" if check.rows_needed else ""
    return f"{code(str(check.id))} ({check.severity.value}): {code(check.message)}{needs}{but}"


def _not_configured(checks: Sequence[CheckResult], inputs: Sequence[str]) -> Iterator[str]:
    if not checks:
        return
    names = f" (need {code(', '.join(inputs))})" if inputs else ""
    yield f"<details><summary>Not configured: {counted(len(checks), 'check')}{names}</summary>"
    yield ""
    yield from (f"- {code(str(check.id))}: {code(check.message)}" for check in checks)
    yield ""
    yield "</details>"
    yield ""


def _waiver(verdict: Verdict, waiver: Mapping[str, str]) -> str:
    who = f"{code(waiver['check'])} until {code(waiver['expires'])} by {code(waiver['owner'])}"
    return f"{who}: {code(waiver['reason'])} ({outcome_of(verdict, waiver['check'])})"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"**{title}**"
        yield ""
        yield from (f"- {line}" for line in listed)
        yield ""


def _documents(judged: Sequence[Located], _unjudged: Sequence[Unjudged]) -> str:
    return "\n".join(markdown(one.verdict, one.name, one.failing_rows) for one in judged)


def with_change(text: str, weaker: Sequence[WeakerGate]) -> str:
    """The reports led by a list of what the change takes away."""
    title = f"## {TITLE}{'' if unexplained(weaker) else ', and says why'}"
    listed = (
        f"- {code(f'{one.place.path}:{one.place.line}')} {code(one.sentence)}; {code(one.advice)}" for one in weaker
    )
    return "\n".join([title, "", *listed, "", text])


REPORT = Report("markdown", "", markdown, _documents, is_document=True, with_change=with_change)
