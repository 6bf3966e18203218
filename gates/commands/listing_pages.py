"""The lists of `gates list` as pages of the documentation, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.explanations import Use

_MADE_BY = "<!-- made by `gates list {what} --format markdown`; do not edit -->"


def page(what: str) -> str:
    """The page of the types, the checks or the questions, without a line break at its end."""
    make = {"types": _types, "checks": _checks, "questions": _questions}[what]
    return "\n".join([_MADE_BY.format(what=what), *make()])


def _types() -> list[str]:
    from gates.configuration.data_types import DATA_TYPES, data_type

    lines = ["# Data types"]
    for name in DATA_TYPES:
        known = data_type(name)
        lines += ["", f"## {name}", "", f"A row: {known.summary}.", ""]
        lines += [
            f"- required roles: {_words(known.required_roles)}",
            f"- optional roles: {_words(known.optional_roles)}",
            f"- taken by a column of that name: {_words(known.named_roles)}",
        ]
    return lines


def _checks() -> list[str]:
    from gates.explanations import built_in_uses
    from gates.metrics.catalogue import METRICS

    uses = built_in_uses()
    kinds = dict.fromkeys([*(use.entry.type for use in uses), *(metric.expectation for metric in METRICS)])
    text = (
        "Every check with its limits in the suites that gates ships. `gates explain CHECK` says the same of one, with the limits of "
        "your own suites and an entry to copy. How a number becomes an outcome: [how a check decides](../explanation/how-a-check-decides.md)."
    )
    lines = ["# Checks", "", text]
    for kind in sorted(kinds):
        lines += ["", *_check(kind, [use for use in uses if use.entry.type == kind])]
    return lines


def _check(kind: str, uses: Sequence[Use]) -> list[str]:
    from gates.explanations import arguments, explanation

    about = explanation(kind)
    lines = [f"## {kind}", "", about.asks, ""]
    lines += [f"- Why: {about.why}", f"- Source: {about.source}", f"- Fix: {about.fix}"]
    lines += [f"- Argument `{name}`: {takes}" for name, takes in arguments(kind).items()]
    if not uses:
        return [*lines, "", "No shipped suite asks it."]
    lines += ["", "| suite | check | limits | reason |", "|---|---|---|---|"]
    return lines + [_row(use.owner, f"`{use.entry.check_id}`", use.limits(), use.reason()) for use in uses]


def _questions() -> list[str]:
    from gates.explanations import built_in_uses
    from gates.questions import answered

    lines = ["# Questions and what answers them", ""]
    lines.append("Each question with the checks of the shipped suites, and the commands, that answer it.")
    for one in answered(built_in_uses()):
        lines += ["", f"## {one.question[0].upper()}{one.question[1:]}", "", one.asks, ""]
        lines += [f"- `gates {command}`" for command in one.commands]
        lines += [f"- `{kind}`: {asks} ({', '.join(places)})" for kind, asks, places in one.what_checks_ask()]
    return lines


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _words(roles: Sequence[str]) -> str:
    return ", ".join(f"`{role}`" for role in roles) or "none"
