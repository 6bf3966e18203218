"""What `gates check` prints on stdout: the report, and nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import click

from gates.cli.streams import clean_stdout, note, render_options
from gates.config.installed.plugins import Plugins, built_in_reports
from gates.verdict import Answer
from gates.verdicts.reports.located_verdict import Located, Unjudged
from gates.verdicts.reports.registry import find_report, rendered
from gates.verdicts.reports.summary import SummaryRow, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.checking.check_version import CheckedDataset
    from gates.cli.check.request import Reporting
    from gates.errors import GatesError

LEFT = "deferred to pre-push"


@dataclass(frozen=True)
class Shown:
    """One dataset of a call: its verdict, or what stood in the way; neither where all is deferred to the push."""

    name: str
    located: Located | None = None
    answered: CheckedDataset | None = None
    error: GatesError | None = None


def show(shown: Sequence[Shown], reporting: Reporting) -> None:
    """Print the report of one dataset, or of several with a table of all. Raises the error of a single one."""
    if len(shown) == 1 and shown[0].error:
        raise shown[0].error
    for one in shown:
        if one.error:
            note(f"{one.name}: {one.error}")
    judged = [one.located for one in shown if one.located]
    unjudged = [Unjudged(one.name, str(one.error)) for one in shown if one.error]
    if reporting.format == "terminal":
        _show_on_terminal(shown, judged, reporting)
    else:
        click.echo(_report_text(reporting, judged, unjudged, is_single=len(shown) == 1), nl=False)


def _report_text(
    reporting: Reporting, judged: Sequence[Located], unjudged: Sequence[Unjudged], *, is_single: bool
) -> str:
    """One document of all; a plugin's is one for each configuration, which may call another report by the same name."""
    name = reporting.format
    if name in built_in_reports():
        # What the change takes away was a command before anything was judged.
        weaker = () if name == "github" else reporting.weaker
        return rendered(find_report(Plugins(), name), judged, unjudged, is_single=is_single, weaker=weaker)
    texts = []
    for plugins, group in groupby(judged, key=lambda one: one.plugins):
        with clean_stdout():
            texts.append(rendered(find_report(plugins, name), list(group), is_single=is_single))
    return "".join(texts)


def _show_on_terminal(shown: Sequence[Shown], judged: Sequence[Located], reporting: Reporting) -> None:
    """Of several datasets those that passed stand in the table only, unless all is to be listed."""
    reported = [one for one in judged if len(shown) == 1 or reporting.verbose or one.verdict.answer is not Answer.PASS]
    if reported:
        from gates.verdicts.reports.formats.terminal import terminal

        options = replace(render_options(verbose=reporting.verbose), is_weakened=reporting.is_weakened)
        texts = [terminal(one.verdict, replace(options, failing_rows=one.failing_rows), one.name) for one in reported]
        reports = "\n".join(texts) + ("\n" if len(shown) > 1 else "")
        if len(shown) > 1 and os.environ.get("GITHUB_ACTIONS") == "true":
            from gates.verdicts.reports.formats.github import group

            # A log of many datasets is folded: each has its first line as a title, and the table beneath names them all.
            reports = "".join(group(*text.split("\n", 1)) for text in texts)
        click.echo(reports, nl=False, color=options.color)
    if len(shown) > 1:
        rows = (
            SummaryRow(one.name, one.located.verdict if one.located else None, str(one.error or LEFT)) for one in shown
        )
        click.echo(summary(list(rows)), nl=False)
        if reporting.is_weakened:
            click.echo("FAIL  the change weakens the gate")
