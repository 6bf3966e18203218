"""`gates list`: data types, checks of the suites, the questions that these answer, plugins, and what is not configured."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gates.cli.lists.pages import plugin_rows
from gates.cli.options import SCOPES, OneOf, config_option, dataset_words, plugins_here
from gates.cli.streams import clean_stdout
from gates.verdicts.reports.text import printable_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gates.config.installed.plugins import Plugins
    from gates.contract.explain import Use
    from gates.metrics.base.metric import Metric

# What only pages and `gates init` say of a type.
NOT_LISTED = frozenset({"recognised_by", "rules", "float_rules", "about", "example"})
LISTS = ("types", "checks", "questions", "plugins", "missing", "commands")


@click.command()
@click.argument("what", type=OneOf("list", LISTS), metavar="|".join(LISTS))
@click.argument("datasets", nargs=-1, metavar="[DATASET]...", shell_complete=dataset_words)
@click.option("--type", "data_type", metavar="TYPE", help="Of checks: those of this data type.")
@click.option("--scope", type=OneOf("scope", SCOPES), help="Of checks: those of this scope.")
@config_option
@click.option(
    "--format", "form", type=OneOf("format", ["terminal", "json", "markdown"]), default="terminal", show_default=True
)
def command(what: str, datasets: tuple[str, ...], config: Path | None, form: str, **of_checks: str | None) -> int:
    """List data types with roles, checks with limits, questions with what answers them, plugins, or commands.

    `gates list missing [DATASET]` lists the lines that gates.toml lacks for the checks that its last verdict shows as not
    configured.

    Plugins are the installed ones and those of gates.toml; their types and checks are listed too. `gates list plugins`
    imports none of them.
    """
    data_type, scope = of_checks["data_type"], of_checks["scope"]
    if what != "checks" and (data_type or scope):
        raise click.UsageError("--type and --scope choose among checks: `gates list checks` takes them")
    if what == "missing":
        return _show_missing(datasets, config, form)
    if datasets:
        raise click.UsageError(f"only `gates list missing` takes a DATASET: leave out {datasets[0]}")
    plugins = plugins_here(config)
    if form == "markdown":
        from gates.cli.lists.pages import page

        with clean_stdout():
            made = page(what, plugins, data_type, scope)
        click.echo(made)
        return 0
    with clean_stdout():
        rows = _rows(what, plugins, data_type, scope)
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
    elif what == "plugins":
        lines = [f"{row['kind']}: {row['name']}\n  {row['object']}, from {row['from']}" for row in rows]
        click.echo("\n".join(lines) or "no plugins")
    elif what == "commands":
        click.echo("\n".join(f"{row['usage']}\n  {row['about']}" for row in rows))
    elif what == "types":
        click.echo("\n\n".join(_type_text(row) for row in rows))
    else:
        click.echo("\n".join(_check_lines(rows) if what == "checks" else _question_lines(rows)))
    return 0


def _show_missing(datasets: Sequence[str], config: Path | None, form: str) -> int:
    from gates.cli.lists.missing import missing_lines, missing_rows

    rows = missing_rows(datasets, config)
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo("\n".join(map(printable_line, missing_lines(rows))) or "every check is configured")
    return 0


def _rows(what: str, plugins: Plugins, data_type: str | None, scope: str | None) -> list[dict[str, object]]:
    if what == "checks":
        return _checks(plugins, data_type, scope)
    return {"types": _types, "questions": _questions, "plugins": plugin_rows, "commands": _commands}[what](plugins)


def _commands(_plugins: Plugins) -> list[dict[str, object]]:
    from gates.cli.lists.commands_page import command_rows
    from gates.cli.main import COMMANDS

    return command_rows(COMMANDS)


def _types(plugins: Plugins) -> list[dict[str, object]]:
    from gates.contract.plugins.registry import data_types_of

    kinds = [asdict(kind) for kind in data_types_of(plugins).values()]
    return [{key: value for key, value in kind.items() if key not in NOT_LISTED} for kind in kinds]


def _type_text(row: dict[str, object]) -> str:
    def words(key: str) -> str:
        value = row[key]
        return ", ".join(str(word) for word in value) if isinstance(value, list | tuple) and value else "none"

    return (
        f"{row['name']}\n  a row: {row['summary']}\n  required roles: {words('required_roles')}\n  optional roles: {words('optional_roles')}\n"
        f"  taken by a column of that name: {words('named_roles')}"
    )


def _checks(plugins: Plugins, data_type: str | None, scope: str | None) -> list[dict[str, object]]:
    from gates.contract.explain import shipped_uses
    from gates.contract.plugins.registry import metrics_of

    metrics = metrics_of(plugins)
    uses = shipped_uses(plugins, metrics, data_type, scope)
    if data_type or scope:
        return [_row(use, metrics) for use in uses]
    return [_row(use, metrics) for use in uses] + [
        {"data_type": None, "id": None, "scope": None, "type": metric.expectation, "severity": None, "limits": None,
         "asks": metric.asks, "reason": None}
        for metric in metrics.values()
        if all(use.entry.type != metric.expectation for use in uses)
    ]  # fmt: skip


def _row(use: Use, metrics: Mapping[str, Metric]) -> dict[str, object]:
    from gates.contract.explain import explanation

    entry = use.entry
    return {
        "data_type": use.owner,
        "id": str(entry.check_id),
        "scope": entry.check_id.scope.value,
        "type": entry.type,
        "severity": entry.severity.value,
        "limits": use.limits(),
        "asks": explanation(entry.type, metrics).asks,
        "reason": use.reason(),
    }


def _check_lines(rows: Sequence[dict[str, object]]) -> list[str]:
    lines: list[str] = []
    owner: object = ""
    for row in rows:
        if row["data_type"] != owner:
            owner = row["data_type"]
            lines += ([""] if lines else []) + [str(owner or "for suites of your own")]
        lines.append(f"  {row['id'] or row['type']}" + (f": {row['limits']}" if row["limits"] else ""))
        lines.append(f"      {row['asks']}")
    return lines


def _questions(_plugins: Plugins) -> list[dict[str, object]]:
    from gates.contract.explain import built_in_uses
    from gates.contract.questions import answered

    return [asdict(one) for one in answered(built_in_uses())]


def _question_lines(rows: Sequence[dict[str, object]]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += ([""] if lines else []) + [f"{row['question']}: {row['asks']}"]
        commands, checks = row["commands"], row["checks"]
        if isinstance(commands, tuple):
            lines += [f"  gates {name}" for name in commands]
        if isinstance(checks, dict):
            lines += [f"  {check_type}" for check_type in checks]
    return lines
