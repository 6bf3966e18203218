"""Options that several commands share, and the datasets that a call selects."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gates.cli.streams import note
from gates.errors import GatesError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gates.config.dataset import DatasetConfig
    from gates.config.installed.plugins import Plugins
    from gates.config.load import Config

# The words of `gates.verdict.Scope`, whose import takes a hook in which nothing changed as long as all the rest of this.
SCOPES = ("human", "synthetic", "combined")

Command = TypeVar("Command", bound="Callable[..., Any]")

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
SEED = click.IntRange(0, 2**63 - 1)


class OneOf(click.Choice[str]):
    """One of a few words. Raises UsageError, with the nearest of them, for another. noun: what they are, such as `scope`."""

    def __init__(self, noun: str, words: Sequence[str]) -> None:
        super().__init__(words)
        self.noun = noun

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            raise UsageError(f"no {self.noun} '{value}' ({did_you_mean(str(value), self.choices)})")
        return super().convert(value, param, ctx)


def config_option(command: Command) -> Command:
    """`--config PATH`: a configuration file, or the folder it is in."""
    option = click.option(
        "--config",
        type=click.Path(path_type=Path),
        help="gates.toml, or its folder. [default: the nearest, from the current folder upwards]",
    )
    return option(command)


def dataset_arguments(command: Command) -> Command:
    """`[DATASET]...` and `--all`."""
    every = click.option("--all", "every", is_flag=True, help="All datasets of every gates.toml that git tracks.")
    return click.argument("datasets", nargs=-1, metavar="[DATASET]...", shell_complete=dataset_words)(every(command))


def dataset_argument(command: Command) -> Command:
    """`[DATASET]`: may be left out where there is only one."""
    return click.argument("dataset", required=False, shell_complete=dataset_words)(command)


def dataset_words(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """For shells: datasets of the nearest configuration; none where there is no sound one, of which the command will tell."""
    from gates.config.load import load_config

    try:
        return [name for name in load_config(None).datasets if name.startswith(incomplete)]
    except GatesError:
        return []


def check_words(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """For shells: the types of the checks that the shipped suites ask, read from these alone; no metric is imported."""
    import re

    from gates.config.sources.built_in_suites import built_in_suites

    texts = (path.read_text(encoding="utf-8") for path in sorted(built_in_suites().rglob("*.json")))
    types = {kind for text in texts for kind in re.findall(r'"type": "(expect_\w+)"', text)}
    return sorted(kind for kind in types if kind.startswith(incomplete))


def report_words(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """For shells: the reports that gates brings along."""
    from gates.config.installed.plugins import built_in_reports

    return [name for name in built_in_reports() if name.startswith(incomplete)]


def chosen(config: Config, names: Sequence[str], *, every: bool) -> list[DatasetConfig]:
    """The datasets that a call selects, each once: those named, all of them, or the only one.

    Raises a usage error where there are several and none is named.
    """
    if names and every:
        raise click.UsageError("name datasets or give --all, not both")
    if names:
        return [config.dataset(name) for name in dict.fromkeys(names)]
    if not every and len(config.datasets) > 1:
        listed = ", ".join(config.datasets)
        raise click.UsageError(
            f"{config.path.name} has {len(config.datasets)} datasets: name one or give --all ({listed})"
        )
    return list(config.datasets.values())


def chosen_one(config: Config, name: str | None) -> DatasetConfig:
    """The dataset that a call names, or the only one. Raises a usage error where there are several and none is named."""
    if name is None and len(config.datasets) > 1:
        raise click.UsageError(
            f"{config.path.name} has {len(config.datasets)} datasets: name one ({', '.join(config.datasets)})"
        )
    return next(iter(config.datasets.values())) if name is None else config.dataset(name)


def plugins_here(path: Path | None = None) -> Plugins:
    """The plugins of a named configuration, else of the surrounding project, else those installed.

    A surrounding project that cannot be read has none: `gates lint` says what is wrong with it.
    Raises UsageError for a configuration that is named and cannot be read.
    """
    from gates.config.installed.plugins import Plugins
    from gates.config.load import config_path, nearest_config, read_plugins

    if path is not None:
        return read_plugins(config_path(path))
    try:
        return Plugins() if nearest_config(Path.cwd()) is None else read_plugins(config_path())
    except UsageError as error:
        note(f"only installed plugins are used: {error}")
        return Plugins()


def today() -> date:
    """The day that decides whether a waiver has expired, the same wherever the machine stands."""
    return datetime.now(tz=UTC).date()


# A failure says more than a mistake in the call, and that more than no verdict.
_WORST_FIRST = (1, 2, 3)


def worst(codes: Sequence[int]) -> int:
    """The exit code of several datasets: 1 where any is bad, else 2, else 3, else 0."""
    return next((code for code in _WORST_FIRST if code in codes), 0)


def from_here(path: Path) -> str:
    """A file of the project as a path from the working folder, which the next command takes."""
    return Path(os.path.relpath(path)).as_posix()


def refuse_among_data(source: DatasetConfig, output: Path) -> None:
    """Raises UsageError for a file that would become rows of the dataset."""
    from gates.data.files import data_files

    folders = {file.path.parent.resolve() for file in data_files(source)} - {source.root.resolve()}
    if output.parent.resolve() in folders:
        raise UsageError(f"{output}: lies among the data of '{source.name}'; name a file elsewhere")
