"""Suites and schemas that no dataset has: most often those of one that was renamed, which would lose them in silence."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gates.config.data_types import DATA_TYPES
from gates.config.dataset import SCHEMAS, SUITES, DatasetConfig, Stray, schema_name
from gates.config.installed.plugins import PluginKind, Plugins
from gates.config.sources.schema_files import own_schema
from gates.errors import SuiteError
from gates.regular_files import content_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


_COMMON = "common"


def strays(root: Path, datasets: Collection[DatasetConfig], plugins: Plugins) -> tuple[Stray, ...]:
    """What lies where suites and schemas of datasets do, under a name that no dataset of the configuration has."""
    names = {dataset.name for dataset in datasets}
    folders = {*names, *DATA_TYPES, *plugins.names(PluginKind.TYPE), _COMMON}
    suites = (
        Stray(f"{SUITES}/{path.name}", path.name)
        for path in sorted((root / SUITES).glob("*"))
        if path.name not in folders and any(path.glob("*.json"))
    )
    specs = (*(own_schema(dataset) for dataset in datasets), *(plugin.spec for plugin in plugins.declared))
    named = {posixpath.normpath(spec.rpartition(":")[0]) for spec in specs if spec}
    instead = {dataset.name: dataset.schema or "" for dataset in datasets}
    return (*suites, *(replace(one, instead=instead.get(one.name, "")) for one in _schemas(root / SCHEMAS, named)))


def lost_by(dataset: DatasetConfig) -> list[Stray]:
    """The strays that may be the dataset's, because it has nothing of their kind itself."""
    if not dataset.strays:
        return []
    has_suites = any((dataset.root / SUITES / dataset.name).glob("*.json"))
    has_schema = own_schema(dataset) is not None
    lost = [stray for stray in dataset.strays if not stray.instead]
    return [stray for stray in lost if not (has_schema if stray.is_schema else has_suites)]


def refuse_lost_rules(dataset: DatasetConfig) -> None:
    """Raises SuiteError where the dataset may have lost its rules.

    One that was renamed would be judged without its own rules, and pass because they are not run any more.
    """
    lost = [
        f"{stray.path}: no dataset is called '{stray.name}', and '{dataset.name}' has no {'schema' if stray.is_schema else 'suites'} "
        f"of its own: if it was renamed, {stray.fix(dataset.name)}; else remove {stray.path}"
        for stray in lost_by(dataset)
    ]
    if lost:
        raise SuiteError("\n".join(lost))


def _schemas(folder: Path, named: Collection[str]) -> Iterator[Stray]:
    """Files that define the schema of a dataset called as they are, and that nothing names or imports."""
    texts = {
        path: content_of(path, f"{SCHEMAS}/{path.name}").decode(errors="replace")
        for path in sorted(folder.glob("*.py"))
    }
    for path, text in texts.items():
        defined = rf"^(class\s+{schema_name(path.stem)}\b|{schema_name(path.stem)}\s*[:=])"
        imported = re.compile(rf"^\s*(from|import)\b.*\b{re.escape(path.stem)}\b", re.MULTILINE)
        if f"{SCHEMAS}/{path.name}" in named or not re.search(defined, text, re.MULTILINE):
            continue
        if not any(imported.search(other) for at, other in texts.items() if at != path):
            yield Stray(f"{SCHEMAS}/{path.name}", path.stem)
