"""`gates explain`: what a check asks, why, its limits, and how to fix what it finds."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gates.cli.options import config_option, plugins_here, today
from gates.cli.streams import clean_stdout, note
from gates.errors import GatesError

if TYPE_CHECKING:
    from gates.contract.contract import Contract
    from gates.contract.explain import Explanation, Use

WIDTH = 100


@click.command(
    epilog="""\b
Examples:
  gates explain combined/expect_distributions_to_match
  gates explain distributions_to_match
  gates explain boilerplate
"""
)
@click.argument("check")
@click.option("--all-types", is_flag=True, help="In a project, show the limits of data types that it does not use too.")
@config_option
def command(check: str, config: Path | None, *, all_types: bool) -> int:
    """Explain CHECK: what it asks, why, its source and limits, and how to fix what it finds.

    CHECK is an id from a report, an expectation's name with or without `expect_`, or a word that only one name contains.
    """
    from gates.contract.explain import (
        arguments,
        explanation,
        find_type,
        matching,
        of_datasets,
        own_uses,
        shipped_uses,
        suite_entry,
    )
    from gates.contract.plugins.registry import metrics_of

    plugins = plugins_here(config)
    with clean_stdout():
        metrics = metrics_of(plugins)
        shipped = shipped_uses(plugins, metrics)
    here = _datasets_here(config)
    used = [*shipped, *own_uses(here)]
    check_type, check_id = find_type(check, metrics, [str(use.entry.check_id) for use in used])
    every = matching(used, check_type, check_id)
    uses = every if all_types else of_datasets(every, here)
    scope = uses[0].entry.check_id.scope.value if uses else "SCOPE"
    entry = _entry_text(arguments(check_type, metrics), suite_entry(check_type, uses, metrics), scope)
    more = f"  {left:,} more in suites of other data types: --all-types" if (left := len(every) - len(uses)) else ""
    lines = [*_text(explanation(check_type, metrics), uses), *([more] if more else []), *entry]
    click.echo("\n".join(lines))
    return 0


def _datasets_here(path: Path | None) -> dict[str, Contract]:
    """The contracts of the surrounding project's datasets; none where there is no project."""
    from gates.config.load import load_config, nearest_config
    from gates.contract.contract import load_contract

    try:
        if path is None and nearest_config(Path.cwd()) is None:
            return {}
        config = load_config(path)
        return {name: load_contract(dataset, today()) for name, dataset in config.datasets.items()}
    except GatesError:
        note("this project's own limits are not shown, because its configuration has mistakes: run `gates lint`")
        return {}


def _text(about: Explanation, uses: list[Use]) -> list[str]:
    lines = [about.type, *_wrapped(about.asks, 2), ""]
    languages = f"no result by language: {about.languages}" if about.languages else ""
    for title, text in (("why", about.why), ("source", about.source), ("fix", about.fix), ("languages", languages)):
        if not text:
            continue
        lines += [title, *_wrapped(text, 2), ""]
    if not uses:
        return [*lines, "No suite here uses it."]
    lines.append("limits")
    for use in uses:
        where = f" ({use.entry.place})" if use.entry.is_own else ""
        lines += _wrapped(f"{use.owner}: {use.entry.check_id}{where}: {use.limits()}", 2)
        lines += _wrapped(use.reason(), 6)
    return lines


def _entry_text(arguments: dict[str, str], entry: dict[str, object] | None, scope: str) -> list[str]:
    """The arguments, and an entry to copy into a suite of one's own."""
    lines = ["", "arguments"] if arguments else []
    for name, takes in arguments.items():
        lines += _wrapped(f"{name}: {takes}", 2)
    if entry is None:
        return lines
    lines += ["", f'entry, for "expectations" in expectations/DATASET/{scope}.json']
    return [*lines, *textwrap.indent(json.dumps(entry, indent=2), "  ").splitlines()]


def _wrapped(text: str, indent: int) -> list[str]:
    from gates.verdicts.reports.text import printable

    pad = " " * indent
    return textwrap.wrap(
        printable(text),
        WIDTH,
        initial_indent=pad,
        subsequent_indent=pad,
        break_long_words=False,
        break_on_hyphens=False,
    )
