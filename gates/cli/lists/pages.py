"""The lists of `gates list` as pages of the documentation, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.config.installed.plugins import Plugins
    from gates.contract.explain import Use
    from gates.metrics.base.metric import Metric

_MADE_BY = "<!-- made by `gates list {what} --format markdown`; do not edit -->"


def page(what: str, plugins: Plugins, data_type: str | None, scope: str | None) -> str:
    """The page of the types, the checks, the questions, the plugins or the commands, without a line break at its end.

    data_type, scope: which checks, as `shipped_uses` takes them.
    """
    if what == "checks":
        lines = _checks(plugins, data_type, scope)
    else:
        lines = {"types": _types, "questions": _questions, "plugins": _plugins, "commands": _commands}[what](plugins)
    return "\n".join([_MADE_BY.format(what=what), *lines])


def _commands(_plugins: Plugins) -> list[str]:
    from gates.cli.lists.commands_page import commands_page
    from gates.cli.main import COMMANDS

    return commands_page(COMMANDS)


def _plugins(plugins: Plugins) -> list[str]:
    lines = ["# Plugins", "", "| kind | name | object | from |", "|---|---|---|---|"]
    return lines + [
        _row(str(row["kind"]), f"`{row['name']}`", f"`{row['object']}`", str(row["from"]))
        for row in plugin_rows(plugins)
    ]


def _types(plugins: Plugins) -> list[str]:
    from gates.cli.lists.types_page import types_page
    from gates.config.data_types import DATA_TYPES
    from gates.contract.plugins.registry import data_types_of

    return types_page(data_types_of(plugins), DATA_TYPES)


def _checks(plugins: Plugins, data_type: str | None, scope: str | None) -> list[str]:
    from gates.contract.explain import shipped_uses
    from gates.contract.plugins.registry import metrics_of

    metrics = metrics_of(plugins)
    uses = shipped_uses(plugins, metrics, data_type, scope)
    types = dict.fromkeys([*(use.entry.type for use in uses), *(() if data_type or scope else metrics)])
    text = (
        "Every check with its limits in the suites that gates ships. `gates explain CHECK` says the same of one, with the limits of "
        "your own suites and an entry to copy; `gates list checks --type text --scope human` lists those of one data type and scope, "
        "and `gates check --only WORD` runs the check that a word of its name means. How a number becomes an outcome: [how a check decides](../explanation/how-a-check-decides.md)."
    )
    lines = ["# Checks", "", text]
    for check_type in sorted(types):
        lines += ["", *_check(check_type, [use for use in uses if use.entry.type == check_type], metrics)]
    return lines


def _check(check_type: str, uses: Sequence[Use], metrics: Mapping[str, Metric]) -> list[str]:
    from gates.contract.explain import arguments, explanation

    about = explanation(check_type, metrics)
    lines = [f"## {check_type}", "", about.asks, ""]
    lines += [f"- Why: {about.why}", f"- Source: {about.source}", f"- Fix: {about.fix}"]
    lines += [f"- No result by language: {about.languages}."] if about.languages else []
    lines += [f"- Of unchanged files, cached: {about.cached}."] if about.cached else []
    lines += [f"- Of unchanged files, read again: {about.reads}."] if about.reads else []
    lines += [f"- Argument `{name}`: {takes}" for name, takes in arguments(check_type, metrics).items()]
    if not uses:
        return [*lines, "", "No shipped suite uses it."]
    lines += ["", "| suite | check | limits | reason |", "|---|---|---|---|"]
    return lines + [_row(use.owner, f"`{use.entry.check_id}`", use.limits(), use.reason()) for use in uses]


def _questions(_plugins: Plugins) -> list[str]:
    from gates.contract.explain import built_in_uses
    from gates.contract.questions import answered

    lines = ["# Questions and what answers them", ""]
    lines.append(
        "Each question with the commands and the checks of the shipped suites that answer it with a number, and what none of them can say."
    )
    for one in answered(built_in_uses()):
        lines += ["", f"## {one.question[0].upper()}{one.question[1:]}", "", one.asks, ""]
        lines += [f"- `gates {command}`: {what}" for command, what in one.says.items()]
        lines += [
            f"- `{check_type}`: {asks} ({', '.join(places)})" for check_type, asks, places in one.what_checks_ask()
        ]
        lines += ["", f"Nobody can say from the data: {one.open}."]
    return lines


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def plugin_rows(plugins: Plugins) -> list[dict[str, object]]:
    """Kind, name and object of each plugin, none of them imported. Raises for names that clash."""
    from gates.contract.plugins.registry import refuse_clashes

    refuse_clashes(plugins)
    return [
        {"kind": one.kind.value, "name": one.name, "from": one.place, "object": one.spec} for one in plugins.references
    ]
