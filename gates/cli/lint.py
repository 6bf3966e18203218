"""`gates lint`: mistakes that can be found without the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gates.cli.options import config_option, today
from gates.cli.streams import clean_stdout
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from gates.checking.lint import Lint


@click.command()
@config_option
@click.option(
    "--deep", is_flag=True, help="Ask Great Expectations about its own expectations' arguments; takes seconds."
)
@click.option("--all", "every", is_flag=True, help="Every gates.toml that git tracks.")
def command(config: Path | None, *, deep: bool, every: bool) -> int:
    """Find mistakes in gates.toml, suites, schemas and waivers. The data is not read.

    Exit 2 where anything has to be mended. Suites are read to their first mistake. Checks are counted as possible ones:
    which rules of rows are asked, the columns of the data decide, so that `gates check` may count fewer.
    """
    from gates.checking.lint import lint
    from gates.checking.targets import targets_of
    from gates.verdicts.reports.text import counted

    datasets = checks = problems = 0
    for target in targets_of((), config, every=every):
        with clean_stdout():
            found = lint(target.path, today(), is_deep=deep)
        _show(found, f"{target.folder}/" if target.folder else "")
        datasets, checks, problems = (
            datasets + found.datasets,
            checks + found.checks,
            problems + len(found.problems),
        )
    if problems:
        click.echo(f"{counted(problems, 'problem')} to mend")
        return UsageError.exit_code
    click.echo(f"{counted(datasets, 'dataset')}, {counted(checks, 'possible check')}: nothing to mend")
    return 0


def _show(found: Lint, folder: str) -> None:
    """The lines of one configuration, whose paths begin in its folder."""
    from gates.verdicts.reports.text import printable

    for line in [*(f"{folder}{line}" for line in found.problems), *(f"note: {folder}{line}" for line in found.notes)]:
        click.echo(printable(line))
