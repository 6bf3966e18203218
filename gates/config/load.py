"""Finds and reads `gates.toml` (or `[tool.gates]` of a pyproject.toml) and names the line of whatever is wrong."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gates.config.installed.plugins import Plugins
from gates.config.orphans import strays
from gates.config.parsing.line_numbers import KeyPath, decode_error, key_lines, toml_of
from gates.config.parsing.parse import datasets_of, plugins_of
from gates.config.parsing.problems import Problems
from gates.config.parsing.stages import Stage, stages_of
from gates.config.parsing.weakened import TABLE, WeakenedReason, weakened_of
from gates.errors import UsageError, did_you_mean
from gates.regular_files import content_of, is_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.dataset import DatasetConfig

FILE_NAME = "gates.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True)
class Config:
    """A whole configuration file: its datasets by name, in the order of the file, and its plugins.

    stages: by name, in the order of promotion. weakened: why changes have let rows pass that failed before.
    """

    path: Path
    datasets: Mapping[str, DatasetConfig]
    text: str = field(default="", repr=False, compare=False)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    plugins: Plugins = field(default_factory=Plugins, repr=False, compare=False)
    weakened: tuple[WeakenedReason, ...] = ()

    def dataset(self, name: str) -> DatasetConfig:
        """The dataset of this name. Raises UsageError when there is none."""
        if name not in self.datasets:
            raise UsageError(f"{self.path.name}: no dataset '{name}' ({did_you_mean(name, self.datasets)})")
        return self.datasets[name]

    def stage(self, name: str) -> Stage:
        """The stage of this name. Raises UsageError when there is none."""
        if not self.stages:
            raise UsageError(f"{self.path.name}: defines no stage; add a table [stages.{name}]")
        if name not in self.stages:
            raise UsageError(f"{self.path.name}: no stage '{name}' ({did_you_mean(name, self.stages)})")
        return self.stages[name]


def load_config(explicit: Path | None = None, start: Path | None = None) -> Config:
    """The configuration at `explicit`, else the nearest one above `start` (default: the current folder).

    Raises UsageError when there is none, or when it is wrong: every mistake that was found, one a line.
    """
    return read_config(config_path(explicit, start))


def config_path(explicit: Path | None = None, start: Path | None = None) -> Path:
    """As `load_config`, but only where the configuration lies. Raises UsageError when there is none."""
    return find_config(start or Path.cwd()) if explicit is None else _explicit_file(explicit)


def find_config(start: Path) -> Path:
    """The nearest `gates.toml`, or pyproject.toml with `[tool.gates]`, in `start` or a folder above it.

    Raises UsageError when there is none, or when one folder has both.
    """
    nearest = nearest_config(start)
    if nearest is None:
        raise UsageError(
            f"no {FILE_NAME} in {start.resolve()} or any folder above it, and no {PYPROJECT} there with [tool.gates]; "
            "run `gates init`"
        )
    return nearest


def nearest_config(start: Path) -> Path | None:
    """As `find_config`, but None where there is none. Raises UsageError when one folder has both."""
    first = start.resolve()
    candidates = (_config_in(folder) for folder in (first, *first.parents))
    return next((config for config in candidates if config), None)


def read_config(path: Path) -> Config:
    """The checked content of one configuration file. Raises UsageError naming file and line of each mistake."""
    read = _read(path)
    problems = Problems(path.name, read.prefix, read.lines)
    problems.plugins = plugins_of(read.document, path, problems)
    stages = stages_of(read.document.get("stages", {}), problems)
    weakened = weakened_of(read.document.get(TABLE, []), problems)
    datasets = datasets_of(read.document, path, problems)
    orphans = strays(path.parent, datasets.values(), problems.plugins)
    datasets = {name: replace(dataset, strays=orphans) for name, dataset in datasets.items()}
    return Config(path, datasets, read.text, stages, problems.plugins, weakened)


def read_plugins(path: Path) -> Plugins:
    """The plugins of one configuration file, whatever is wrong with its datasets. Raises UsageError."""
    read = _read(path)
    return plugins_of(read.document, path, Problems(path.name, read.prefix, read.lines))


@dataclass(frozen=True)
class _ParsedFile:
    """A parsed configuration. prefix: where the document lies in its file. lines: lines of the file's keys."""

    text: str
    document: Mapping[str, Any]
    prefix: KeyPath
    lines: Mapping[KeyPath, int]


def _read(path: Path) -> _ParsedFile:
    text = _text_of(path)
    try:
        document: dict[str, Any] = toml_of(text)
    except tomllib.TOMLDecodeError as error:
        line, message = decode_error(error, text)
        raise UsageError(f"{path.name}:{line}: not valid TOML: {message}") from error
    prefix: KeyPath = ()
    if path.name == PYPROJECT:
        prefix = ("tool", "gates")
        tool = document.get("tool")
        document = tool.get("gates") if isinstance(tool, dict) else None  # type: ignore[assignment]
        if not isinstance(document, dict):
            raise UsageError(f"{path.name}: no table [tool.gates]; add one or run `gates init`")
    return _ParsedFile(text, document, prefix, key_lines(text))


def _explicit_file(path: Path) -> Path:
    if path.is_dir():
        config = _config_in(path.resolve())
        if config:
            return config
        raise UsageError(f"no {FILE_NAME} in {path}; run `gates init` there")
    if not is_file(path, str(path)):
        near = [entry.name for entry in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        hint = f" ({did_you_mean(path.name, near)})" if near else ""
        raise UsageError(f"no configuration file {path}{hint}; run `gates init` to write one")
    return path.resolve()


def _config_in(folder: Path) -> Path | None:
    own, shared = folder / FILE_NAME, folder / PYPROJECT
    in_pyproject = is_file(shared, str(shared)) and _has_table(shared)
    is_own = is_file(own, str(own))
    if is_own and in_pyproject:
        raise UsageError(f"{folder} has both {FILE_NAME} and [tool.gates] in {PYPROJECT}; keep one of them")
    if is_own:
        return own
    return shared if in_pyproject else None


def _has_table(pyproject: Path) -> bool:
    """Whether a pyproject.toml configures `gates`; a broken one counts when it mentions the table."""
    text = _text_of(pyproject)
    if "tool" not in text or "gates" not in text:
        return False
    try:
        tool = toml_of(text).get("tool")
    except tomllib.TOMLDecodeError:
        return "tool.gates" in text
    return isinstance(tool, dict) and "gates" in tool


def _text_of(path: Path) -> str:
    content = content_of(path, str(path))
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(f"{path.name}:{line}: not UTF-8; save the file as UTF-8 without a byte order mark") from error
