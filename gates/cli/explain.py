"""`gates explain`: what a check asks, why, its limits, and how to fix what it finds."""

from __future__ import annotations

import json
import shlex
import textwrap
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gates.cli.options import check_words, config_option, plugins_here, today
from gates.cli.streams import clean_stdout, note
from gates.errors import GatesError, first_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gates.contract.contract import Contract
    from gates.contract.explain import Explanation, Use
    from gates.metrics.base.metric import Metric

WIDTH = 100
# A screen has so many lines. Of uses that do not fit, the first are shown and the others named.
SCREEN = 50
FEWEST_USES = 2
# As long as it takes to make other rows; whoever needs longer writes it.
_A_WHILE = timedelta(days=30)
MOST_NAMED, MOST_RULES = 12, 4
# A name and its question take two lines.
MOST_TYPES = 24


@click.command(
    epilog="""\b
Examples:
  gates explain combined/expect_distributions_to_match
  gates explain distributions_to_match
  gates explain copies
  gates explain income/range
  gates explain text
"""
)
@click.argument("words", nargs=-1, required=True, metavar="CHECK", shell_complete=check_words)
@click.option(
    "--all-types", is_flag=True, help="Show every limit, in a project those of data types that it does not use, too."
)
@config_option
def command(words: tuple[str, ...], config: Path | None, *, all_types: bool) -> int:
    """Explain CHECK: what it asks, why, its source and limits, and how to fix what it finds.

    CHECK is an id from a report, an expectation's name with or without `expect_`, words of a name, or a column or rule of row
    rules; `gates check --only` takes the same. Of words that several names have, each name is listed with what it asks.
    """
    from gates.contract.explain import (
        arguments,
        explanation,
        find_types,
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
    types, ids = find_types(" ".join(words), metrics, [str(use.entry.check_id) for use in used])
    if len(types) > 1:
        click.echo("\n".join(_listed(" ".join(words), types, metrics)))
        return 0
    (check_type,) = types
    every = matching(used, check_type, ids)
    uses = every if all_types else of_datasets(every, here)
    scope = uses[0].entry.check_id.scope.value if uses else "SCOPE"
    entry = _entry_text(arguments(check_type, metrics), suite_entry(check_type, uses, metrics), scope)
    if len({use.entry.check_id for use in uses}) == 1:
        entry += _waiver_text(str(uses[0].entry.check_id), here)
    more = f"  {left:,} more in suites of other data types: --all-types" if (left := len(every) - len(uses)) else ""
    about = _text(explanation(check_type, metrics), uses)
    ends = [*([more] if more else []), *entry]
    shown = len(uses) if all_types else _fitting(uses, SCREEN - len(about) - len(ends))
    limits = [line for use in uses[:shown] for line in _use_text(use)]
    click.echo("\n".join([*about, *limits, *_in_short(uses[shown:]), *ends]))
    return 0


def _listed(words: str, types: Sequence[str], metrics: Mapping[str, Metric]) -> Iterator[str]:
    """The types that words may mean, each with what it asks."""
    from gates.contract.explain import explanation

    yield f"{len(types)} checks have '{words}' in their names; `gates explain NAME` says all of one:"
    for check_type in types[:MOST_TYPES]:
        yield f"  {check_type}"
        yield from _wrapped(explanation(check_type, metrics).asks, 6)
    if len(types) > MOST_TYPES:
        yield f"  and {len(types) - MOST_TYPES:,} more"


def _fitting(uses: Sequence[Use], room: int) -> int:
    """How many of the uses fit into so many lines, with those that name the others."""
    lines = [0, *accumulate(len(_use_text(use)) for use in uses)]
    counts = range(len(uses), min(FEWEST_USES, len(uses)), -1)
    return next((count for count in counts if lines[count] + len(_in_short(uses[count:])) <= room), counts.stop)


def _in_short(uses: Sequence[Use]) -> list[str]:
    """The details of uses that are not shown, by column where they have one, and how to see one of them."""
    if not uses:
        return []
    rules: dict[str, list[str]] = {}
    for use in uses:
        column, _, rule = use.entry.check_id.detail.rpartition("/")
        rules.setdefault(column or rule or use.owner, []).extend([rule] if column else [])
    named = (
        f"{name} ({first_few(dict.fromkeys(of_it), MOST_RULES)})" if of_it else name for name, of_it in rules.items()
    )
    example = uses[0].entry.check_id.detail or str(uses[0].entry.check_id)
    return [
        f"  {len(uses):,} more, of which `gates explain {shlex.quote(example)}` shows one, and --all-types all:",
        *_wrapped(first_few(named, MOST_NAMED), 6),
    ]


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


def _text(about: Explanation, uses: Sequence[Use]) -> list[str]:
    lines = [about.type, *_wrapped(about.asks, 2), ""]
    languages = f"no result by language: {about.languages}" if about.languages else ""
    for title, text in (("why", about.why), ("source", about.source), ("fix", about.fix), ("languages", languages)):
        if not text:
            continue
        lines += [title, *_wrapped(text, 2), ""]
    if not uses:
        return [*lines, "No suite here uses it."]
    return [*lines, "limits"]


def _use_text(use: Use) -> list[str]:
    where = f" ({use.entry.place})" if use.entry.is_own else ""
    limits = _wrapped(f"{use.owner}: {use.entry.check_id}{where}: {use.limits()}", 2)
    return [*limits, *_wrapped(use.reason(), 6)]


def _entry_text(arguments: dict[str, str], entry: dict[str, object] | None, scope: str) -> list[str]:
    """The arguments, and an entry to copy into a suite of one's own."""
    lines = ["", "arguments"] if arguments else []
    for name, takes in arguments.items():
        lines += _wrapped(f"{name}: {takes}", 2)
    if entry is None:
        return lines
    lines += ["", f'entry, for "expectations" in expectations/DATASET/{scope}.json']
    keys = [f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in entry.items()]
    return [*lines, "  {", *",\n".join(keys).splitlines(), "  }"]


def _waiver_text(check_id: str, here: Mapping[str, Contract]) -> list[str]:
    """A waiver to copy into gates.toml, of the first dataset whose suites have the check."""
    from gates.contract.contract import NEVER_WAIVED

    if check_id in NEVER_WAIVED:
        return ["", "never waived: without it nothing else means anything"]
    asking = (
        name
        for name, contract in here.items()
        if any(str(entry.check_id) == check_id for entries in contract.entries.values() for entry in entries)
    )
    dataset = next(asking, "DATASET")
    return [
        "",
        "waiver, for gates.toml",
        f"  [[datasets.{dataset}.waivers]]",
        f"  check   = {json.dumps(check_id)}",
        '  reason  = "why it may pass until then"',
        '  owner   = "who looks after it"',
        f"  expires = {today() + _A_WHILE}",
    ]


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
