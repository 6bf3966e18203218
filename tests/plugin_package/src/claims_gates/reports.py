"""A line per check, for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates import Report

if TYPE_CHECKING:
    from gates import Verdict


def outcomes(verdict: Verdict) -> str:
    """Dataset, check and outcome, parted by tabs."""
    return "".join(f"{verdict.dataset}\t{check.id}\t{check.outcome.value}\n" for check in verdict.checks)


OUTCOMES = Report(name="outcomes", suffix="tsv", render=outcomes)
