"""`gates lint`: mistakes that can be found without the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gates.cli.options import config_option, today
from gates.cli.streams import clean_stdout, show_lines
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


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
        folder = f"{target.folder}/" if target.folder else ""
        show_lines(f"{folder}{line}" for line in result.problems)
        show_lines(f"note: {folder}{line}" for line in result.notes)
        datasets += result.datasets
        checks += result.checks
        problems += len(result.problems)
    if problems:
        click.echo(f"{counted(problems, 'problem')} to fix")
        return UsageError.exit_code
    click.echo(f"{counted(datasets, 'dataset')}, at most {counted(checks, 'check')}: no problem")
    return 0
