"""One call of `gates check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Request:
    """One call of the command."""

    datasets: tuple[str, ...]
    every: bool
    only: tuple[str, ...]
    scopes: tuple[str, ...]
    format: str
    output: Path | None
    also: tuple[str, ...]
    exit_zero: bool
    strict: bool
    config: Path | None
    quiet: bool
    verbose: bool
    no_cache: bool
    rev: str | None
    staged: bool
    worktree: bool
    pushed: bool
    since: str | None
    base: str | None
    timeout: float | None
    jobs: int

    @property
    def is_partial(self) -> bool:
        """Whether only some of the planned checks are asked."""
        return bool(self.only or self.scopes)

    @property
    def reports(self) -> tuple[str, ...]:
        """Names of the reports that the call wants, each once."""
        return tuple(dict.fromkeys((self.format, *self.also)))

    @property
    def is_open(self) -> bool:
        """Whether the version decides which datasets are judged."""
        return not self.datasets and (self.staged or self.pushed or self.since is not None)
