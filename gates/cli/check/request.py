"""One call of `gates check`, its options by who reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gates.verdicts.reports.weaker_gate import WeakerGate

    Part = TypeVar("Part")


@dataclass(frozen=True)
class DatasetSelection:
    """Which datasets a call means. is_open: the version decides which of them are judged."""

    datasets: tuple[str, ...]
    every: bool
    config: Path | None
    is_open: bool

    @property
    def is_every(self) -> bool:
        """Whether the call names no dataset, and means those of every configuration."""
        return self.every or self.is_open


@dataclass(frozen=True)
class Execution:
    """How datasets are judged. timeout: in seconds, for a quick check; None for a whole one. memory_limit: as it was stated, None for what there is.

    engine, spark_master, spark_connect: as in `gates.checking.engine.Engine`.
    """

    only: tuple[str, ...]
    scopes: tuple[str, ...]
    timeout: float | None
    jobs: int
    no_cache: bool
    memory_limit: str | None
    engine: Literal["local", "spark"]
    spark_master: str | None
    spark_connect: str | None

    @property
    def is_partial(self) -> bool:
        """Whether only some of the planned checks are run."""
        return bool(self.only or self.scopes)


@dataclass(frozen=True)
class Reporting:
    """What is printed and written, and the exit code of warnings. weaker: what the change takes away from the gate."""

    format: str
    output: Path | None
    also: tuple[str, ...]
    quiet: bool
    verbose: bool
    strict: bool
    exit_zero: bool
    weaker: tuple[WeakerGate, ...] = ()

    @property
    def is_weakened(self) -> bool:
        """Whether the change fails, whatever its rows are: it gives something up without saying why."""
        return any(one.reason is None for one in self.weaker)

    @property
    def reports(self) -> tuple[str, ...]:
        """Names of the reports that the call wants, each once."""
        return tuple(dict.fromkeys((self.format, *self.also)))


@dataclass(frozen=True)
class CheckRequest:
    """One call of the command; which version it means stands in `VersionRequest`."""

    selection: DatasetSelection
    execution: Execution
    reporting: Reporting

    @classmethod
    def of_options(cls, options: Mapping[str, Any], *, is_open: bool) -> CheckRequest:
        """The call with these options. is_open: as in `DatasetSelection`."""
        values = {**options, "is_open": is_open, "weaker": ()}
        return cls(_part(DatasetSelection, values), _part(Execution, values), _part(Reporting, values))


def _part(kind: Callable[..., Part], values: Mapping[str, Any]) -> Part:
    return kind(**{name: values[name] for name in kind.__annotations__})
