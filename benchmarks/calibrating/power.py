"""The smallest dose of a defect that a check finds in nineteen of twenty draws."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gates.verdict import Outcome, Severity

from .laws import drawn
from .sample import Sample, open_sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cases import Case

FOUND_AT_LEAST = 0.95


@dataclass(frozen=True)
class Power:
    """smallest: the least dose at which the check fails as its suite means it; warned: at which it fails at all.

    None where no dose is found.
    """

    smallest: float | None
    warned: float | None


@dataclass(frozen=True)
class Search:
    """One case at one size. start_at: a dose that is found at a smaller size, from which the search goes down."""

    case: Case
    rows: int
    seeds: int
    start_at: float | None = None


def power(search: Search) -> Power:
    """Bisects the grid of doses; a dose is given up as soon as too many draws have missed it."""

    @cache
    def failure(dose: float, seed: int) -> Severity | None:
        return failure_of(search.case, search.rows, dose, seed)

    # A check that warns fails as a warning; one that blocks must block.
    wanted = severity_of(search.case)
    smallest = least_dose(search, lambda dose, seed: failure(dose, seed) is wanted)
    if wanted is not Severity.CRITICAL:
        return Power(smallest, smallest)
    return Power(smallest, least_dose(search, lambda dose, seed: failure(dose, seed) is not None, smallest))


def failure_of(case: Case, rows: int, dose: float, seed: int) -> Severity | None:
    """The severity with which the check fails on a draw with the defect, or None where it does not."""
    with warnings.catch_warnings(), open_sample(planted(case, rows, dose, seed)) as opened:
        judged = opened.judge(case.check)
    return judged.severity if judged.outcome is Outcome.FAIL else None


def planted(case: Case, rows: int, dose: float, seed: int) -> Sample:
    """The draw of the case's law with this number, with the defect."""
    return case.defect(drawn(case.law, rows, seed), dose, np.random.default_rng([seed, 11]))


def severity_of(case: Case) -> Severity:
    """The severity that the suite gives the check."""
    with open_sample(drawn(case.law, 200, 0)) as opened:
        return opened.entries[case.check][1].severity


def least_dose(search: Search, is_found: Callable[[float, int], bool], at_most: float | None = None) -> float | None:
    # Less than one row cannot be planted.
    doses = [dose for dose in search.case.doses if dose * search.rows >= 1]
    misses_at_most = int(search.seeds * (1 - FOUND_AT_LEAST) + 1e-9)

    def holds(dose: float) -> bool:
        misses = 0
        for seed in range(search.seeds):
            misses += not is_found(dose, seed)
            if misses > misses_at_most:
                return False
        return True

    bounds = [dose for dose in (at_most, search.start_at) if dose is not None]
    low, high = 0, doses.index(min(bounds)) if bounds else len(doses)
    while low < high:
        middle = (low + high) // 2
        if holds(doses[middle]):
            high = middle
        else:
            low = middle + 1
    return doses[high] if high < len(doses) else None
