"""`gates lint`: mistakes that can be found without the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gates.commands.options import config_option, today
from gates.commands.streams import clean_stdout
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@config_option
@click.option(
    "--deep", is_flag=True, help="Ask Great Expectations about its own expectations' arguments; takes seconds."
)
def command(config: Path | None, *, deep: bool) -> int:
    """Find mistakes in gates.toml, suites, schemas and waivers. The data is not read.

    Exit 2 where anything has to be mended. Suites are read to their first mistake.
    """
    from gates.linting import lint
    from gates.reports.plain import counted, printable

    with clean_stdout():
        found = lint(config, today(), is_deep=deep)
    for line in [*found.problems, *(f"note: {note}" for note in found.notes)]:
        click.echo(printable(line))
    if found.problems:
        click.echo(f"{counted(len(found.problems), 'problem')} to mend")
        return UsageError.exit_code
    click.echo(f"{counted(found.datasets, 'dataset')}, {counted(found.checks, 'check')}: nothing to mend")
    return 0
