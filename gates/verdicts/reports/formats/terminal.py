"""The verdict for a terminal: what failed comes first, what passed is a number."""

from __future__ import annotations

import io
import shlex
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from gates.contract.plugins import Report
from gates.verdict import NOTHING_TO_MEASURE, Answer, Outcome, Severity
from gates.verdicts.reports.evidence import evidence_line
from gates.verdicts.reports.findings import (
    FORGIVEN,
    findings,
    headline,
    is_forgiven,
    outcome_of,
    role_line,
    unheard,
    untagged,
)
from gates.verdicts.reports.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gates.metrics.base.metric import Metric
    from gates.verdict import CheckResult, Verdict

# Below this, indented text would stand one word a line.
NARROWEST = 40

_COLORS = {
    Answer.PASS: "green", Answer.WARN: "yellow", Answer.FAIL: "red", Answer.NO_VERDICT: "magenta",
    Outcome.FAIL: "red", Outcome.ERROR: "magenta", Outcome.INCONCLUSIVE: "yellow", Outcome.PASS: "green",
    Outcome.NOT_CONFIGURED: "cyan",
}  # fmt: skip
_TITLES = {
    Outcome.FAIL: "failed",
    Outcome.ERROR: "could not be computed",
    Outcome.INCONCLUSIVE: "inconclusive: too few rows to say",
}
_PARAGRAPH = 4
_NEXT = (
    "next: mend the rows and check again; or change a limit (docs/how-to/choose-limits.md) or waive a check "
    "(docs/how-to/waive-a-check.md), with a reason; `gates explain CHECK` says more"
)


@dataclass(frozen=True)
class Look:
    """width: columns to wrap at, or None where every line stays whole, as in a pipe. verbose: list passes too.

    Lines that a person copies, check ids and commands, stay whole: the terminal itself wraps those that are too long.
    """

    width: int | None = None
    color: bool = False
    verbose: bool = False


@dataclass(frozen=True)
class _Line:
    text: str
    indent: int = 0
    style: str = ""
    is_copied: bool = False


def terminal(
    verdict: Verdict, look: Look | None = None, name: str = "", metrics: Mapping[str, Metric] | None = None
) -> str:
    """The report as lines of text, with ANSI colours where the look asks for them. name: as for `headline`.

    metrics: all that there are, by expectation, where plugins bring some along.
    """
    look = look or Look()
    return _rendered(list(_lines(verdict, name, metrics, verbose=look.verbose)), look)


def _lines(verdict: Verdict, name: str, metrics: Mapping[str, Metric] | None, *, verbose: bool) -> Iterator[_Line]:
    found = findings(verdict)
    yield _Line(headline(verdict, name), style=f"bold {_COLORS[verdict.answer]}")
    rows = [f"{count:,} {origin}" for origin, count in verdict.rows.items()]
    yield _Line(f"rows: {', '.join(rows)}")
    if role := role_line(verdict):
        yield _Line(role, style="yellow")
    yield from _open(verdict, found.open, metrics)
    yield _Line("")
    yield from _waived(verdict, found.waived)
    yield from (_Line(f"loosened: {line}", style="yellow") for line in verdict.loosened)
    for check in found.not_asked:
        yield _Line(f"not asked: {check.id}", style="cyan")
        yield _Line(check.message, indent=_PARAGRAPH)
    yield from (_Line(line, style="yellow") for line in (*unheard(verdict), *untagged(verdict)))
    yield _Line(f"{len(found.passed):,} passed" + ("" if verbose or not found.passed else " (-v lists them)"))
    if verbose:
        yield from (_Line(f"{check.id}: {check.message}", indent=2, style="green") for check in found.passed)
    if any(check.severity is not Severity.INFO for check in found.open):
        yield _Line(_NEXT)
    if not verdict.is_partial:
        digests = verdict.digest()[:12], str(verdict.data.get("manifest_sha256"))[:12]
        yield _Line("verdict {} on data {}".format(*digests), style="dim")


def _open(verdict: Verdict, checks: Iterable[CheckResult], metrics: Mapping[str, Metric] | None) -> Iterator[_Line]:
    """What did not pass, under a heading for each severity and outcome; what an empty partition explains is one line."""
    for (severity, outcome), group in groupby(checks, key=lambda check: (check.severity, check.outcome)):
        together = list(group)
        yield _Line("")
        yield _Line(f"{severity.value}, {_TITLES[outcome]}", style=f"bold {_COLORS[outcome]}")
        empty: dict[str, list[CheckResult]] = {}
        for check in together:
            if outcome is Outcome.ERROR and check.message.endswith(NOTHING_TO_MEASURE):
                empty.setdefault(check.message, []).append(check)
            else:
                yield from _finding(verdict, check, metrics)
        for message, unasked in empty.items():
            yield _Line(f"{counted(len(unasked), 'check')}: {message}", indent=2, style=_COLORS[outcome])


def _finding(verdict: Verdict, check: CheckResult, metrics: Mapping[str, Metric] | None) -> Iterator[_Line]:
    yield _Line(str(check.id), indent=2, style=_COLORS[check.outcome], is_copied=True)
    yield _Line(check.message, indent=_PARAGRAPH)
    if is_forgiven(verdict, check):
        yield _Line(FORGIVEN, indent=_PARAGRAPH, style="yellow")
    line = evidence_line(check.evidence)
    if line:
        yield _Line(line, indent=_PARAGRAPH, style="dim")
    yield _Line(f"why: gates explain {shlex.quote(str(check.id))}", indent=_PARAGRAPH, is_copied=True)
    if check.severity is Severity.CRITICAL and check.outcome is Outcome.FAIL:
        yield _Line(f"fix: {_fix(check.id.type, metrics)}", indent=_PARAGRAPH)


def _fix(kind: str, metrics: Mapping[str, Metric] | None) -> str:
    # The catalogue loads every metric, which a report without critical failures does not need.
    from gates.contract.explain import explanation

    try:
        return (explanation(kind) if metrics is None else explanation(kind, metrics)).fix
    except KeyError:
        # A result that nobody planned is reported too.
        return "look at the suite that asks"


def _waived(verdict: Verdict, open_but_waived: tuple[CheckResult, ...]) -> Iterator[_Line]:
    messages = {str(check.id): check.message for check in open_but_waived}
    for waiver in verdict.waived:
        name = waiver["check"]
        yield _Line(f"waived until {waiver['expires']}: {name}: {outcome_of(verdict, name)}", style="yellow")
        yield _Line(f"{waiver['reason']} ({waiver['owner']})", indent=_PARAGRAPH)
        if name in messages:
            yield _Line(messages[name], indent=_PARAGRAPH)


def _rendered(lines: list[_Line], look: Look) -> str:
    if look.width is None and not look.color:
        return "".join(f"{' ' * line.indent}{printable(line.text).rstrip()}\n" for line in lines)
    # Takes longer than to recall a verdict, and a pipe, as in a hook, gets plain whole lines.
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    # An environment of its own: the report depends on the look alone.
    console = Console(
        file=out, color_system="standard" if look.color else None, force_terminal=look.color, no_color=not look.color,
        highlight=False, markup=False, emoji=False, width=10_000, _environ={},
    )  # fmt: skip
    for line in lines:
        text = Text(printable(line.text), style=line.style)
        pieces = [text]
        if look.width is not None and not line.is_copied:
            pieces = list(text.wrap(console, max(NARROWEST, look.width) - line.indent, overflow="fold"))
        for piece in pieces or [Text()]:
            piece.rstrip()
            console.print(Text(" " * line.indent).append_text(piece), soft_wrap=True)
    return out.getvalue()


REPORT = Report("terminal", "", terminal)
