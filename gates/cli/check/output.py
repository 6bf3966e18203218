"""What `gates check` prints on stdout: the report, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from gates.cli.check.request import FOR_MACHINES
from gates.cli.streams import clean_stdout, look, note
from gates.verdict import Answer
from gates.verdicts.reports.located_verdict import Unjudged
from gates.verdicts.reports.summary import SummaryRow, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.checking.check_version import Answered
    from gates.cli.check.request import Request
    from gates.errors import GatesError
    from gates.verdicts.reports.located_verdict import Located

LEFT = "deferred to pre-push"


@dataclass(frozen=True)
class Shown:
    """One dataset of a call: what was found, or what stood in the way; neither where all is left to the push."""

    name: str
    located: Located | None = None
    answered: Answered | None = None
    error: GatesError | None = None


def show(found: Sequence[Shown], request: Request) -> None:
    """Print the report of one dataset, or of several with a table of all. Raises the error of a single one."""
    if len(found) == 1 and found[0].error:
        raise found[0].error
    for one in found:
        if one.error:
            note(f"{one.name}: {one.error}")
    judged = [one.located for one in found if one.located]
    unjudged = [Unjudged(one.name, str(one.error)) for one in found if one.error]
    if request.format in FOR_MACHINES:
        click.echo(report_for_machines(request.format)(judged, unjudged), nl=False)
    elif request.format in request.of_plugins:
        click.echo("".join(plugin_report(request.format, one) for one in judged), nl=False)
    elif request.format == "json":
        _show_json(judged, unjudged, is_list=len(found) != 1)
    elif request.format == "markdown":
        from gates.verdicts.reports.markdown import markdown

        click.echo("\n".join(markdown(one.verdict, one.name) for one in judged), nl=False)
    else:
        _show_on_terminal(found, judged, request)


def report_for_machines(name: str) -> Callable[[Sequence[Located], Sequence[Unjudged]], str]:
    """The report of this name. They take long to import, as they explain every check."""
    from gates.verdicts.reports.annotations import workflow_commands
    from gates.verdicts.reports.junit import junit
    from gates.verdicts.reports.sarif import sarif

    return {"junit": junit, "sarif": sarif, "github": workflow_commands}[name]


def plugin_report(name: str, located: Located) -> str:
    """What a plugin's report says of one verdict; it ends with a line break."""
    from gates.contract.plugins.registry import find_report, rendered

    with clean_stdout():
        text = rendered(find_report(located.plugins, name), located.verdict)
    return text if text.endswith("\n") else f"{text}\n"


def _show_json(judged: Sequence[Located], unjudged: Sequence[Unjudged], *, is_list: bool) -> None:
    from gates.verdicts.reports.json_report import as_json, as_json_list

    is_one = not is_list and judged
    click.echo(as_json(judged[0].verdict) if is_one else as_json_list(judged, unjudged), nl=False)


def _show_on_terminal(found: Sequence[Shown], judged: Sequence[Located], request: Request) -> None:
    """Of several datasets those that passed stand in the table only, unless all is to be listed."""
    shown = [one for one in judged if len(found) == 1 or request.verbose or one.verdict.answer is not Answer.PASS]
    if shown:
        from gates.verdicts.reports.terminal import terminal

        how = look(verbose=request.verbose)
        reports = "\n".join(terminal(one.verdict, how, one.name, one.metrics) for one in shown)
        click.echo(reports + ("\n" if len(found) > 1 else ""), nl=False, color=how.color)
    if len(found) > 1:
        rows = (
            SummaryRow(one.name, one.located.verdict if one.located else None, str(one.error or LEFT)) for one in found
        )
        click.echo(summary(list(rows)), nl=False)
