"""What one version recorded, as a page shows it beside others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.verdict import Answer, CheckResult


@dataclass(frozen=True)
class PageVersion:
    """The verdict that one version recorded. name: a short commit. date: its day. tags: of git. checks: by id."""

    name: str
    date: str
    answer: Answer
    rows: Mapping[str, int]
    checks: Mapping[str, CheckResult]
    tags: tuple[str, ...] = field(default=())
