"""A promoted version made from a frame, for tests of what is compared with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from gates.config.removals import Removal
from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.previous_version import PromotedBefore, PromotedRows
from gates.errors import DataError
from gates.verdict import CheckId, CheckResult, Outcome, Severity
from tests.tables import MemorySource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROMOTED_ON = date(2026, 3, 1)


@dataclass(frozen=True)
class FrameContent:
    """What was promoted: human rows in one file, read in batches, and results by check id. missing: why it cannot be had."""

    frame: pl.DataFrame
    results: Mapping[str, CheckResult] = field(default_factory=dict)
    missing: str = ""

    def checks(self) -> Mapping[str, CheckResult]:
        return self.results

    def verdict_digest(self) -> str:
        return "cd" * 32

    def promoted_on(self) -> date:
        return PROMOTED_ON

    @contextmanager
    def rows(self) -> Iterator[PromotedRows]:
        if self.missing:
            raise DataError(self.missing)
        frame = self.frame.with_columns(pl.lit("human").alias(ORIGIN))
        facts = (FileFacts("data/mix.parquet", frame.height, {}, "", 0),)
        size = 20000 if frame.height > 5000 else 150
        yield PromotedRows(MemorySource(frame, Roles("tabular", ()), facts, size), {"Source": "source"})


def promoted(frame: pl.DataFrame, missing: str = "", **results: CheckResult) -> PromotedBefore:
    """The version v1.0.0 with these human rows."""
    return PromotedBefore("first@v1.0.0", "ab" * 32, FrameContent(frame, results, missing))


def recorded(name: str, *numbers: float, **limits: float) -> CheckResult:
    """A result in the verdict promoted: value, low and high of a check that passed, with the limit it was held to."""
    observed, low, high = numbers
    return CheckResult(
        CheckId.parse(name), Severity.CRITICAL, Outcome.PASS, "", observed=observed, low=low, high=high, **limits
    )


def removal(*rows: str, where: Mapping[str, tuple[str | int, ...]] | None = None, on: date = PROMOTED_ON) -> Removal:
    """A record as it is read from a file."""
    return Removal("promotions/first/removals/one.toml:1", "", "consent withdrawn", "data team", on, rows, where)
