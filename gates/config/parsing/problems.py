"""Collects the mistakes of a configuration file, each with its line, before anybody gives up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gates.config.installed.plugins import Plugins
from gates.config.parsing.line_numbers import KeyPath, line_of
from gates.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.parsing.validators import Reader

_NOUNS: Mapping[str | int, str] = {"datasets": "dataset", "stages": "stage"}


@dataclass
class Problems:
    """Mistakes so far, each with its line. plugins: what else than the built-in may be named."""

    source: str
    prefix: KeyPath
    lines: Mapping[KeyPath, int]
    plugins: Plugins = field(default_factory=Plugins)
    entries: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: KeyPath) -> int:
        return line_of(self.lines, (*self.prefix, *path))

    def add(self, path: KeyPath, message: str) -> None:
        line = self.line(path)
        who = f"{_NOUNS[path[0]]} '{path[1]}': " if path[0] in _NOUNS and len(path) > 1 else ""
        who = "defaults: " if path[0] == "defaults" else who
        self.entries.append((line, f"{self.source}:{line}: {who}{message}"))

    def check(self, table: Mapping[str, Any], path: KeyPath, readers: Mapping[str, Reader], what: str = "") -> None:
        """Add what is wrong with the keys of a table, each by itself. what: how a message begins that is about one of many."""
        for key, value in table.items():
            if key not in readers:
                self.add((*path, key), f"{what}unknown key '{key}' ({did_you_mean(key, readers)})")
            elif wrong := readers[key](value):
                self.add((*path, key), f"{what}{key} {wrong}")

    def raise_any(self, beyond: int = 0) -> None:
        """Raises one UsageError with all mistakes in the order of the file, if there are more than so many."""
        if len(self.entries) > beyond:
            raise UsageError("\n".join(message for _, message in sorted(self.entries)))
