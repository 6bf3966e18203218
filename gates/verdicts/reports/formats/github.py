"""Verdicts as GitHub's workflow commands, which put each finding on the line that has its check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.contract.plugins import Report
from gates.verdict import CheckResult, Outcome
from gates.verdicts.reports.located_verdict import Located, Place, Unjudged, Weight, of_one
from gates.verdicts.reports.text import counted, printable
from gates.verdicts.reports.weaker_gate import TITLE, WeakerGate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# GitHub shows ten annotations of a kind per step and drops the others without a word:
# https://docs.github.com/en/rest/checks/runs#create-a-check-run
MOST_OF_A_KIND = 10

_COMMANDS = {Weight.ERROR: "error", Weight.WARNING: "warning", Weight.NOTE: "notice"}


def workflow_commands(judged: Sequence[Located], unjudged: Sequence[Unjudged] = ()) -> str:
    """One command a line, what counts most first, each with its fix; the last line says what is left out.

    What is not configured is left to the other reports.
    """
    errors = [f"::error title={_escaped_property(one.name)}::no verdict: {_escaped(one.why)}" for one in unjudged]
    return "".join(f"{line}\n" for line in (*errors, *_lines(judged)))


def _lines(judged: Sequence[Located]) -> Iterator[str]:
    left_out = []
    for weight, command in _COMMANDS.items():
        weighty = [
            (one, check)
            for one in judged
            for check in one.verdict.checks
            if one.weight(check) is weight and check.outcome is not Outcome.NOT_CONFIGURED
        ]
        yield from (_line(command, one, check) for one, check in weighty[:MOST_OF_A_KIND])
        if len(weighty) > MOST_OF_A_KIND:
            left_out.append(counted(len(weighty) - MOST_OF_A_KIND, f"more {command}"))
    if left_out:
        yield f"{' and '.join(left_out)} in the reports"


def _line(command: str, located: Located, check: CheckResult) -> str:
    place = located.place(check)
    text = located.message(check) + (f"; fix: {check.fix}" if check.fix else "")
    return annotation(command, place, f"{located.name}: {check.id}", text)


def annotation(command: str, place: Place, title: str, text: str) -> str:
    """One workflow command that puts a text on a line."""
    properties = {"file": place.path, "line": str(place.line), "title": title}
    written = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    return f"::{command} {written}::{_escaped(text)}"


def group(title: str, text: str) -> str:
    """Lines of a log that are folded under a title. text: lines of which none is a command, as `printable_line` makes them."""
    return f"::group::{_escaped(title)}\n{text}::endgroup::\n"


def _escaped(text: str) -> str:
    """Escaped as https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts does."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def with_change(text: str, weaker: Sequence[WeakerGate]) -> str:
    """The commands led by one for each thing that the change takes away."""
    commands = (
        annotation("error" if one.reason is None else "warning", one.place, TITLE, f"{one.sentence}; {one.advice}")
        for one in weaker
    )
    return "".join(f"{command}\n" for command in commands) + text


REPORT = Report("github", "", of_one(workflow_commands), workflow_commands, is_document=True, with_change=with_change)
