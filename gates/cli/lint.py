"""`gates lint`: mistakes that can be found without the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gates.cli.options import config_option, today
from gates.cli.streams import clean_stdout
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from gates.checking.lint.project import Lint


@click.command()
@config_option
@click.option(
    "--deep", is_flag=True, help="Also check the arguments of Great Expectations' own expectations; takes some seconds."
)
@click.option("--all", "every", is_flag=True, help="Every gates.toml that git tracks.")
def command(config: Path | None, *, deep: bool, every: bool) -> int:
    """Find mistakes in gates.toml, suites, schemas and waivers. The data is not read.

    Exits with 2 if there is a mistake. Reports the first error per suite. The check count is an upper bound, since some
    rules depend on the data's columns.
    """
    from gates.checking.lint.project import lint
    from gates.checking.targets import targets_of
    from gates.verdicts.reports.text import counted

    datasets = checks = problems = 0
    for target in targets_of((), config, every=every):
        with clean_stdout():
            result = lint(target.path, today(), is_deep=deep)
        _show(result, f"{target.folder}/" if target.folder else "")
        datasets, checks, problems = (
            datasets + result.datasets,
            checks + result.checks,
            problems + len(result.problems),
        )
    if problems:
        click.echo(f"{counted(problems, 'problem')} to fix")
        return UsageError.exit_code
    click.echo(f"{counted(datasets, 'dataset')}, at most {counted(checks, 'check')}: no problem")
    return 0


def _show(result: Lint, folder: str) -> None:
    """The lines of one configuration, whose paths begin in its folder."""
    from gates.verdicts.reports.text import printable_line

    for line in [*(f"{folder}{line}" for line in result.problems), *(f"note: {folder}{line}" for line in result.notes)]:
        click.echo(printable_line(line))
