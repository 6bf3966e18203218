"""The data types, metrics and reports that others bring along: what they are called and where they are found.

A name stands in `[plugins]` of gates.toml or in the entry points of an installed distribution, so that all of this is
known without importing any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.installed.entry_points import distributions, offering

if TYPE_CHECKING:
    from collections.abc import Mapping

# The reports that gates brings along: a file each.
_REPORTS = Path(__file__).parents[2] / "verdicts" / "reports" / "formats"


@cache
def built_in_reports() -> tuple[str, ...]:
    """Names of the reports that gates brings along, none of them imported."""
    return tuple(sorted(path.stem for path in _REPORTS.glob("*.py") if path.stem != "__init__"))


class PluginKind(StrEnum):
    """What a plugin is."""

    TYPE = "type"
    METRIC = "metric"
    REPORT = "report"

    @property
    def key(self) -> str:
        """Its table in `[plugins]`."""
        return f"{self.value}s"

    @property
    def group(self) -> str:
        """The group of entry points that offers it."""
        return {"type": "gates.schemas", "metric": "gates.metrics", "report": "gates.reports"}[self.value]


@dataclass(frozen=True)
class Reference:
    """Where a plugin is found: `package.module:attribute`, or `path/to/file.py:Name` below the configuration's folder.

    place: `gates.toml:7`, or the distribution and its version. distribution, version: "" for one of gates.toml.
    """

    kind: PluginKind
    name: str
    spec: str
    place: str
    distribution: str = ""
    version: str = ""

    @property
    def is_file(self) -> bool:
        """Whether a file of the repository is named by its path."""
        return self.spec.rpartition(":")[0].endswith(".py")

    def __str__(self) -> str:
        return f"{self.place}: {self.kind.value} '{self.name}' ({self.spec})"


@dataclass(frozen=True)
class Plugins:
    """The plugins of one configuration: those it names, in its order, then those that are installed.

    What is loaded of them is kept here and nowhere else: two repositories may call different things by one name.
    """

    root: Path = field(default_factory=Path)
    declared: tuple[Reference, ...] = ()
    loaded: dict[Reference, object] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every plugin, none of them imported."""
        return self.declared + installed_references()

    def of(self, kind: PluginKind) -> tuple[Reference, ...]:
        """The plugins of one kind."""
        return tuple(reference for reference in self.references if reference.kind is kind)

    def names(self, kind: PluginKind) -> tuple[str, ...]:
        """What the plugins of one kind are called."""
        return tuple(reference.name for reference in self.of(kind))


def installed_references() -> tuple[Reference, ...]:
    """What the entry points of installed distributions offer, by distribution."""
    if not offering():
        return ()
    # Takes longer than all the rest of reading a configuration.
    from importlib.metadata import Distribution

    return tuple(
        Reference(kind, entry.name, entry.value, str(one), one.name, one.version)
        for one in offering()
        for kind in PluginKind
        for entry in Distribution.at(one.metadata).entry_points.select(group=kind.group)
    )


def installed_identities() -> list[str]:
    """The distributions that offer plugins, with their versions: another one may give another verdict."""
    return [str(one) for one in offering()]


def are_as_installed(recorded: Mapping[str, str | None]) -> bool:
    """Whether these distributions have these versions still."""
    now = distributions()
    return all(name in now and now[name].version == version for name, version in recorded.items())
