"""One more dataset for an existing gates.toml, whose text stays as it is, byte for byte."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.config.dataset import DatasetConfig, specs_of
from gates.config.parsing.line_numbers import toml_of
from gates.errors import UsageError
from gates.init.config_text import table_text
from gates.init.find import Given, find_data
from gates.init.propose import propose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.config.load import Config
    from gates.init.proposal import Proposal


def dataset_at(config: Config, target: str) -> str | None:
    """The dataset whose path this is already, or the folder of whose partitions."""
    at = Path(target).resolve()
    for name, dataset in config.datasets.items():
        if _specs(dataset) == [target]:
            return name
        own = {(config.path.parent / spec).resolve() for spec in _specs(dataset)}
        if own == {at} or (not dataset.path and {path.parent for path in own} == {at}):
            return name
    return None


def dataset_of(config: Config, targets: Iterable[str]) -> str | None:
    """The dataset that reads these files and no others already."""
    files = {Path(target).resolve() for target in targets}
    for name, dataset in config.datasets.items():
        if {(config.path.parent / spec).resolve() for spec in _specs(dataset)} == files:
            return name
    return None


def _specs(dataset: DatasetConfig) -> list[str]:
    named = [dataset.path] if dataset.path else dataset.partitions.values()
    return [spec for paths in named for spec in specs_of(paths)]


def propose_further(config: Config, given: Given) -> Proposal:
    """What the table of one more dataset should say; its name is one that no dataset has.

    Raises UsageError and DataError as for a first dataset.
    """
    root = config.path.parent
    data = find_data(root, given)
    name, number = data.name, 2
    while name in config.datasets:
        name, number = f"{data.name}_{number}", number + 1
    return propose(root, replace(data, name=name))


def append_table(config: Config, proposal: Proposal) -> None:
    """Put the table at the end of gates.toml. Raises UsageError where that would not be TOML."""
    with config.path.open(encoding="utf-8", newline="") as file:
        existing = file.read()
    text = existing + ("" if existing.endswith("\n") or not existing else "\n") + "\n" + table_text(proposal)
    try:
        toml_of(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{config.path.name}: no table can be added at its end ({error}); nothing was written; add by hand:\n"
            + table_text(proposal)
        ) from error
    replace_text(config.path, text)
