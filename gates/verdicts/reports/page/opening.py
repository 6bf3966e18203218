"""What a person sees first: the answer, the rows, what matters most, and what to do next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gates.verdict import IN_MEMORY, CheckResult, Outcome, Verdict
from gates.verdicts.reports.evidence import FIRST
from gates.verdicts.reports.finding_text import explain_command, rows_text
from gates.verdicts.reports.findings import answer, findings, missing_inputs, rule_lines, tally
from gates.verdicts.reports.next_step import next_step
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.figures import Bar, bars
from gates.verdicts.reports.page.drawing.markup import Markup, tag, with_code
from gates.verdicts.reports.page.matters import first_of_types, in_two, matters, row_counts
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SIGNS = {"pass": "✓", "warn": "!", "fail": "✕", "unjudged": "?"}


def opening(verdict: Verdict, name: str, places: Mapping[str, str], prefix: str = "", failing_rows: str = "") -> Markup:
    """The top of the page. places: anchors of findings further down, empty where the top stands alone. failing_rows: as in `PagePlan`."""
    value = verdict.answer.value
    shown = tag("span", tag("span", _SIGNS[value], aria_hidden="true"), f" {answer(verdict)}", class_=f"answer {value}")
    heading = tag("h1", tag("span", name, class_="name"), " ", shown, id=f"{prefix}answer")
    sentence = f"{tally(verdict.checks, verdict.waived_ids)}."
    lead = [tag("p", sentence[:1].upper() + sentence[1:], class_="lead")]
    lead += [tag("p", f"{line[:1].upper()}{line[1:]}.") for line in rule_lines(verdict)]
    title, checks = matters(verdict)
    alike = Counter(check.id.type for check in findings(verdict).failures)
    columns = tag(
        "div",
        tag("section", tag("h2", title), _sentences(checks, places, alike), class_="wide"),
        tag("section", tag("h2", "Rows"), row_bars(verdict)),
        class_="two",
    )
    return tag("header", heading, *lead, columns, next_steps(verdict, name, failing_rows), class_="opening")


def row_bars(verdict: Verdict) -> Markup:
    """How many rows each origin has, and each generator."""
    counts = row_counts(verdict)
    lines = [_row_bar(*one) for one in counts]
    sentence = f"{sum(verdict.rows.values()):,} rows by origin" + (
        " and generator" if any(one[1] for one in counts) else ""
    )
    return bars(sentence, "rows of", [("rows", "human")], lines)


def _row_bar(origin: str, generator: str, count: int) -> Bar:
    colour = f"{'synthetic' if origin == 'synthetic' else 'human'}{' part' if generator else ''}"
    return Bar(f"\N{MIDDLE DOT} {generator}" if generator else origin, (float(count),), (f"{count:,}",), colour)


def next_steps(verdict: Verdict, name: str, failing_rows: str = "") -> Markup:
    """What to do, and the commands for it."""
    listed = findings(verdict)
    types = frozenset(check.id.type for check in verdict.checks)
    steps = []
    if step := next_step(verdict, listed, name):
        steps.append(tag("p", with_code(step[:1].upper() + step[1:] + ".")))
    if failing_rows:
        steps.append(
            tag("p", "Rows that fail row rules, each with the rules that it fails: ", tag("code", failing_rows), ".")
        )
    is_frame = bool(verdict.data.get(IN_MEMORY))
    commands = [] if is_frame else [f"gates check {name} -v"]
    commands += list(dict.fromkeys(explain_command(check, types) for check in first_of_types(listed.failures)))
    if listed.missing:
        commands += [] if is_frame else [f"gates list missing {name}"]
        more = f"one of {', '.join(missing_inputs(listed.missing))}" if is_frame else "a line more in gates.toml"
        steps.append(tag("p", f"{counted(len(listed.missing), 'check')} would run with {more}."))
    lines = tag("ul", *(tag("li", tag("code", command)) for command in commands), class_="commands")
    return tag("section", tag("h2", "What to do next"), *steps, lines, class_="next")


def _sentences(checks: Sequence[CheckResult], places: Mapping[str, str], alike: Mapping[str, int]) -> Markup:
    """alike: how many findings there are of each type, of which one is shown."""
    if not checks:
        return tag("p", "Nothing is open.")
    lines = (_sentence(check, places.get(str(check.id)), alike.get(check.id.type, 0) - 1) for check in checks)
    return tag("ol", *lines, class_="sentences")


def _sentence(check: CheckResult, anchor: str | None, more: int) -> Markup:
    claim, numbers = in_two(check)
    if check.outcome is Outcome.PASS:
        claim, numbers = wording.question(check), check.message
    head = tag("a", claim, href=f"#{anchor}") if anchor else claim
    parts = [wording.badge(check.outcome, check.severity.value), tag("strong", head), tag("p", numbers)]
    if check.outcome is not Outcome.PASS:
        places = check.evidence.get(FIRST)
        # Some messages name the first rows themselves.
        is_named = isinstance(places, list | tuple) and bool(places) and str(places[0]) in check.message
        also = f"{counted(more, 'more finding')} of this kind" if more > 0 else ""
        facts = {"rows": "" if is_named else rows_text(check), "fix": check.fix, "and": also}
        parts += [
            tag("p", tag("span", f"{label} ", class_="label"), text, class_=label)
            for label, text in facts.items()
            if text
        ]
    return tag("li", *parts)
