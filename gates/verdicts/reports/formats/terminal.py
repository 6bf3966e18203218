"""The verdict for a terminal, in one screen: the answer, what failed, what is open in a line each, what to do next."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from gates.contract.plugins import Report
from gates.errors import first_few
from gates.verdict import IN_MEMORY, NOTHING_TO_MEASURE, Answer, CheckResult, Outcome, Severity, Verdict
from gates.verdicts.reports.columns import column_lines
from gates.verdicts.reports.evidence import FIRST, evidence_line
from gates.verdicts.reports.finding_text import (
    explain_command,
    measured_text,
    needs_text,
    rows_text,
    short_name,
)
from gates.verdicts.reports.findings import (
    DOWNGRADED,
    NOT_PROMISED,
    Findings,
    findings,
    headline,
    is_downgraded,
    is_not_promised,
    missing_inputs,
    outcome_of,
    rule_lines,
    shows_nothing,
    uncovered,
    undersized_languages,
)
from gates.verdicts.reports.next_step import next_step
from gates.verdicts.reports.text import counted, printable_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

# Below this, indented text would stand one word a line.
NARROWEST = 40
# So many findings are shown whole; of more, these many, and these many in a line each: about one screen.
MOST_FINDINGS = 8
MOST_WHOLE = 4
MOST_LINES = 12
# Names in a line of what is open, and lines of languages that are too small.
MOST_NAMES = 6
MOST_LANGUAGES = 3

_COLORS = {
    Answer.PASS: "green", Answer.WARN: "yellow", Answer.FAIL: "red", Answer.NO_VERDICT: "magenta",
    Outcome.FAIL: "red", Outcome.ERROR: "magenta", Outcome.INCONCLUSIVE: "yellow",
}  # fmt: skip
_TITLES = {Severity.CRITICAL: "critical", Severity.WARNING: "warnings", Severity.INFO: "for information"}
_INDENT = 2
_LABEL = 10


@dataclass(frozen=True)
class RenderOptions:
    """width: columns to wrap at, or None where every line stays whole, as in a pipe. verbose: every check, also passes.

    Lines that a person copies, check ids and commands, stay whole: the terminal itself wraps those that are too long.
    failing_rows: how many rows of a dataset fail, and the file that has them, where it is there. is_weakened: as for `headline`.
    """

    width: int | None = None
    color: bool = False
    verbose: bool = False
    failing_rows: str = ""
    is_weakened: bool = False


@dataclass(frozen=True)
class _Line:
    """label: what stands before the text, whose further lines are indented as far as it reaches."""

    text: str
    indent: int = 0
    style: str = ""
    label: str = ""
    is_copied: bool = False
    is_cut: bool = False

    @property
    def lead(self) -> str:
        return " " * self.indent + (self.label.ljust(_LABEL) if self.label else "")


@dataclass(frozen=True)
class _Screen:
    """One verdict on its way to lines. types: expectations among which a word means one."""

    verdict: Verdict
    name: str
    options: RenderOptions
    listed: Findings
    types: Collection[str] = field(default_factory=frozenset)

    def lines(self) -> Iterator[_Line]:
        verdict, options, listed = self.verdict, self.options, self.listed
        color = _COLORS[Answer.FAIL if options.is_weakened else verdict.answer]
        yield _Line(headline(verdict, self.name, is_weakened=options.is_weakened), style=f"bold {color}")
        rows = ", ".join(f"{count:,} {origin}" for origin, count in verdict.rows.items())
        yield _Line(f"rows: {rows}")
        yield from (_Line(line, style="yellow") for line in rule_lines(verdict))
        yield from (_Line(line, style="dim") for line in column_lines(verdict))
        yield from self._failures()
        if options.verbose:
            yield from self._group("not decided: too few rows to say", listed.undecided, listed.undecided)
        yield _Line("")
        yield from self._waived()
        yield from (_Line(f"loosened: {line}", style="yellow") for line in verdict.loosened)
        small = undersized_languages(verdict)
        shown = small if options.verbose else small[:MOST_LANGUAGES]
        yield from (_Line(line, style="yellow") for line in (*shown, *uncovered(verdict)))
        if len(small) > len(shown):
            yield _Line(f"{len(small) - len(shown):,} more languages are too small (-v lists them)", style="yellow")
        yield from self._everything() if options.verbose else self._open_in_short()
        if options.failing_rows:
            yield _Line(f"rows that fail row rules: {options.failing_rows}", is_copied=True)
        is_file = not verdict.data.get(IN_MEMORY)
        if is_file and not verdict.is_partial and any("more" in rows_text(check) for check in listed.failures):
            named = self.name or verdict.dataset
            yield _Line(f"all rows of a finding: gates check {named} --only CHECK --format json", is_copied=True)
        if step := next_step(self.verdict, self.listed, self.name or self.verdict.dataset):
            yield _Line(f"Next: {step}", style="bold")
        if not verdict.is_partial:
            digests = verdict.digest()[:12], str(verdict.data.get("manifest_sha256"))[:12]
            yield _Line("verdict {} on data {}".format(*digests), style="dim")

    def _failures(self) -> Iterator[_Line]:
        """By severity. Of many the first of each type are whole, others have a line, and the last ones are counted."""
        quiet = [] if self.options.verbose else [check for check in self.listed.failures if shows_nothing(check)]
        quiet = quiet if len(quiet) > 1 else []
        if quiet:
            yield _Line("")
            yield _Line(self._too_few(quiet), style=_COLORS[Outcome.INCONCLUSIVE])
        quiet = [*quiet, *([] if self.options.verbose else filter(is_not_promised, self.listed.failures))]
        listed_failures = [check for check in self.listed.failures if check not in quiet]
        failures = [check for check in listed_failures if not _is_empty(check)]
        whole, in_a_line = failures, 0
        if len(failures) > MOST_FINDINGS and not self.options.verbose:
            first = {check.id.type: check for check in reversed(failures)}
            whole = [check for check in failures if first[check.id.type] is check][:MOST_WHOLE]
            in_a_line = MOST_LINES
        shown = [*whole, *[check for check in failures if check not in whole][:in_a_line]]
        for severity, group in groupby(listed_failures, key=lambda check: check.severity):
            listed = [check for check in group if _is_empty(check) or check in shown]
            yield from self._group(_TITLES[severity], listed, whole)
        if len(whole) < len(failures):
            rest = f"{len(failures) - len(shown):,} more; " if len(shown) < len(failures) else ""
            yield _Line("")
            yield _Line(f"{rest}gates check -v shows all of them whole", style="dim")

    def _too_few(self, checks: Sequence[CheckResult]) -> str:
        """What critical checks lack that showed nothing, in a sentence; the next step has the line that accepts it."""
        people = "reference" if "reference" in self.verdict.rows else "human"
        rows = " and ".join(f"{self.verdict.rows.get(origin, 0):,} {origin}" for origin in (people, "synthetic"))
        needs = [check.rows_needed or {} for check in checks]
        most = {origin: max((need.get(origin, 0) for need in needs), default=0) for origin in ("human", "synthetic")}
        more = " and ".join(f"{count:,} more {origin}" for origin, count in most.items() if count)
        named = f"{rows} rows do not decide {counted(len(checks), 'critical check')}: {self._names(checks)}"
        advice = f"about {more} rows would decide most" if more else "nor would ten times as many"
        return f"{named}; {advice}; gates check -v for each"

    def _group(self, title: str, checks: Sequence[CheckResult], whole: Collection[CheckResult]) -> Iterator[_Line]:
        """Findings under a title; what an empty partition explains is one line. whole: those with all they say."""
        if not checks:
            return
        yield _Line("")
        yield _Line(title, style=f"bold {_COLORS[checks[0].outcome]}")
        empty = Counter(check.message for check in checks if _is_empty(check))
        stated = [check for check in checks if not _is_empty(check)]
        for check in stated:
            if check in whole:
                yield from self._finding(check)
        for message, count in empty.items():
            yield _Line(f"{counted(count, 'check')}: {message}", _INDENT)
        for check in stated:
            if check not in whole:
                yield _Line(f"{short_name(check)}: {check.message}", _INDENT, is_cut=True)

    def _finding(self, check: CheckResult) -> Iterator[_Line]:
        yield _Line(check.message, _INDENT, _COLORS[check.outcome])
        evidence = {name: value for name, value in check.evidence.items() if name != FIRST}
        parts = {
            "rows": rows_text(check),
            "measured": measured_text(check),
            "needs": needs_text(check),
            "evidence": evidence_line(evidence) if self.options.verbose else "",
            "but": DOWNGRADED if is_downgraded(self.verdict, check) else "",
            "fix": check.fix,
        }
        for label, text in parts.items():
            if text:
                yield _Line(text, _INDENT * 2, label=label)
        where = _Line(str(check.id), _INDENT * 2, label="check", is_copied=True)
        more = f"({explain_command(check, self.types)})"
        whole = replace(where, text=f"{where.text}   {more}")
        if self.options.width is None or len(whole.lead + whole.text) <= self.options.width:
            yield whole
        else:
            yield where
            yield replace(where, text=more, label=" ")

    def _waived(self) -> Iterator[_Line]:
        messages = {str(check.id): check.message for check in self.listed.waived}
        for waiver in self.verdict.waived:
            name = waiver["check"]
            outcome = outcome_of(self.verdict, name)
            yield _Line(f"waived until {waiver['expires']}: {name}: {outcome}", style="yellow")
            yield _Line(f"{waiver['reason']} ({waiver['owner']})", _INDENT * 2)
            if name in messages and self.options.verbose:
                yield _Line(messages[name], _INDENT * 2)

    def _open_in_short(self) -> Iterator[_Line]:
        """What is not decided, and what is not configured, in a line each."""
        downgraded = [check for check in self.listed.undecided if is_downgraded(self.verdict, check)]
        reported = [check for check in (*self.listed.failures, *self.listed.undecided) if is_not_promised(check)]
        undecided = [check for check in self.listed.undecided if check not in (*downgraded, *reported)]
        if reported:
            yield _Line(f"not compared ({NOT_PROMISED}): {self._names(reported)}; gates check -v for why", style="cyan")
        if undecided:
            yield _Line(f"not decided at this size: {self._names(undecided)}; gates check -v for why", style="yellow")
        if downgraded:
            yield _Line(f"{DOWNGRADED}: {self._names(downgraded)}; gates check -v for why", style="yellow")
        if missing := self.listed.missing:
            names = first_few(missing_inputs(missing), MOST_NAMES)
            command = (
                "" if self.verdict.data.get(IN_MEMORY) else f"; gates list missing {self.name or self.verdict.dataset}"
            )
            yield _Line(f"not configured: {counted(len(missing), 'check')} (need {names}){command}", style="cyan")

    def _names(self, checks: Iterable[CheckResult]) -> str:
        return first_few(map(short_name, checks), MOST_NAMES)

    def _everything(self) -> Iterator[_Line]:
        for check in self.listed.not_configured:
            yield _Line(f"not configured: {check.id}", style="cyan")
            yield _Line(check.message, _INDENT * 2)
        passed = self.listed.passed
        yield _Line(f"{len(passed):,} passed")
        yield from (_Line(f"{check.id}: {check.message}", _INDENT, "green") for check in passed)


def terminal(verdict: Verdict, options: RenderOptions | None = None, name: str = "") -> str:
    """The report as lines of text, with ANSI colours where the options want them. name: as for `headline`."""
    options = options or RenderOptions()
    types = frozenset(check.id.type for check in verdict.checks)
    return _rendered(list(_Screen(verdict, name, options, findings(verdict), types).lines()), options)


def _is_empty(check: CheckResult) -> bool:
    """Whether an empty partition is why there is no result."""
    return check.outcome is Outcome.ERROR and check.message.endswith(NOTHING_TO_MEASURE)


def _rendered(lines: list[_Line], options: RenderOptions) -> str:
    if options.width is None and not options.color:
        return "".join(f"{line.lead}{printable_line(line.text).rstrip()}\n" for line in lines)
    # Takes longer than to recall a verdict, and a pipe, as in a hook, gets plain whole lines.
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    # An environment of its own: the report depends on the options alone.
    console = Console(
        file=out, color_system="standard" if options.color else None, force_terminal=options.color,
        no_color=not options.color, highlight=False, markup=False, emoji=False, width=10_000, _environ={},
    )  # fmt: skip
    for line in lines:
        text = Text(printable_line(line.text), style=line.style)
        pieces = [text]
        if options.width is not None and not line.is_copied:
            room = max(NARROWEST, options.width) - len(line.lead)
            if line.is_cut:
                text.truncate(room, overflow="ellipsis")
            else:
                pieces = list(text.wrap(console, room, overflow="fold"))
        for at, piece in enumerate(pieces or [Text()]):
            piece.rstrip()
            lead = line.lead if at == 0 else " " * len(line.lead)
            console.print(Text(lead, style="dim" if line.label else "").append_text(piece), soft_wrap=True)
    return out.getvalue()


REPORT = Report("terminal", "", terminal)
