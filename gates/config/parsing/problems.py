"""Collects the mistakes of a configuration file, each with its line, before anybody gives up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gates.config.installed.plugins import Plugins
from gates.config.parsing.line_numbers import KeyPath, line_of
from gates.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def raise_any(self, beyond: int = 0) -> None:
        """Raises one UsageError with all mistakes in the order of the file, if there are more than so many."""
        if len(self.entries) > beyond:
            raise UsageError("\n".join(message for _, message in sorted(self.entries)))
