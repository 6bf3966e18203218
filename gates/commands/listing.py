"""`gates list`: the data types there are, the checks that the shipped suites ask, and the questions these answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.explanations import Use


@click.command()
@click.argument("what", type=click.Choice(["types", "checks", "questions"]), metavar="types|checks|questions")
@click.option(
    "--format", "form", type=click.Choice(["terminal", "json", "markdown"]), default="terminal", show_default=True
)
def command(what: str, form: str) -> int:
    """List the data types with their roles, the checks with their limits, or the questions with what answers them."""
    if form == "markdown":
        from gates.commands.listing_pages import page

        click.echo(page(what))
        return 0
    rows = {"types": _types, "checks": _checks, "questions": _questions}[what]()
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
    elif what == "types":
        click.echo("\n\n".join(_type_text(row) for row in rows))
    else:
        click.echo("\n".join(_check_lines(rows) if what == "checks" else _question_lines(rows)))
    return 0


def _types() -> list[dict[str, object]]:
    from gates.configuration.data_types import DATA_TYPES, data_type

    return [asdict(data_type(name)) for name in DATA_TYPES]


def _type_text(row: dict[str, object]) -> str:
    def words(key: str) -> str:
        value = row[key]
        return ", ".join(str(word) for word in value) if isinstance(value, list | tuple) and value else "none"

    return (
        f"{row['name']}\n  a row: {row['summary']}\n  required roles: {words('required_roles')}\n  optional roles: {words('optional_roles')}\n"
        f"  taken by a column of that name: {words('named_roles')}"
    )


def _checks() -> list[dict[str, object]]:
    from gates.explanations import built_in_uses
    from gates.metrics.catalogue import METRICS

    uses = built_in_uses()
    return [_row(use) for use in uses] + [
        {"data_type": None, "id": None, "scope": None, "type": metric.expectation, "severity": None, "limits": None,
         "asks": metric.asks, "reason": None}
        for metric in METRICS
        if not _is_used(metric.expectation, uses)
    ]  # fmt: skip


def _row(use: Use) -> dict[str, object]:
    from gates.explanations import explanation

    entry = use.entry
    return {
        "data_type": use.owner,
        "id": str(entry.check_id),
        "scope": entry.check_id.scope.value,
        "type": entry.type,
        "severity": entry.severity.value,
        "limits": use.limits(),
        "asks": explanation(entry.type).asks,
        "reason": use.reason(),
    }


def _is_used(kind: str, uses: Sequence[Use]) -> bool:
    return any(use.entry.type == kind for use in uses)


def _check_lines(rows: Sequence[dict[str, object]]) -> list[str]:
    lines: list[str] = []
    owner: object = ""
    for row in rows:
        if row["data_type"] != owner:
            owner = row["data_type"]
            lines += ([""] if lines else []) + [str(owner or "in a suite of your own")]
        lines.append(f"  {row['id'] or row['type']}" + (f": {row['limits']}" if row["limits"] else ""))
        lines.append(f"      {row['asks']}")
    return lines


def _questions() -> list[dict[str, object]]:
    from gates.explanations import built_in_uses
    from gates.questions import answered

    return [asdict(one) for one in answered(built_in_uses())]


def _question_lines(rows: Sequence[dict[str, object]]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += ([""] if lines else []) + [f"{row['question']}: {row['asks']}"]
        commands, checks = row["commands"], row["checks"]
        if isinstance(commands, tuple):
            lines += [f"  gates {name}" for name in commands]
        if isinstance(checks, dict):
            lines += [f"  {kind}" for kind in checks]
    return lines
