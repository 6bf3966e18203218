"""Verdicts on changed sound rows, each asked for once however many claims are made of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gates.verdict import Outcome
from tests.contract.case import FEW, Case
from tests.contract.cases import CASES
from tests.contract.cases_common import NO_PEOPLE, NOTHING_MADE
from tests.contract.sound_datasets import ROW_RULE, sound

if TYPE_CHECKING:
    from gates.verdict import Verdict
    from tests.contract.changes import Change

# Row rules among them: which of these there are, only the opened data tells.
NOT_COSTLY = frozenset({case.expectation for case in CASES} | {ROW_RULE}) - {
    case.expectation for case in CASES if case.costly
}

# What may name a line to add; a costly check that is asked of all rows as they are names none.
NAMING_LINES = NOT_COSTLY | {
    case.expectation for case in CASES if case.missing and case.missing.outcome is Outcome.NOT_CONFIGURED
}


@cache
def verdict_on(kind: str, rows: int, *changes: Change, only: frozenset[str] = frozenset()) -> Verdict:
    """What is said of sound rows of a type after these changes. only: the expectations asked; none means all of them.

    A change is told by its identity, so that cases share a verdict where they share the function that spoils the rows.
    """
    dataset = sound(kind, rows)
    for change in changes:
        dataset = change(dataset)
    with TemporaryDirectory() as folder:
        return dataset.verdict(Path(folder), lambda name: not only or name in only)


def spoilt(case: Case) -> Verdict:
    """Of a case's spoilt rows: of everything but what is costly, of which only the case's own is asked."""
    only = case.alone if case.costly else NOT_COSTLY
    return verdict_on(case.on, case.rows, case.prepared, case.spoil, only=only)


def without_input(case: Case) -> Verdict:
    """Of rows without what the case misses: of every expectation that misses the same."""
    missing = case.missing
    if missing in (NO_PEOPLE, NOTHING_MADE) and case.prepared is Case.prepared:
        return verdict_on(case.on, FEW, missing.spoil)
    key = (case.on, case.prepared, missing.spoil)
    alike = (other for other in CASES if other.missing and (other.on, other.prepared, other.missing.spoil) == key)
    return verdict_on(case.on, FEW, case.prepared, missing.spoil, only=frozenset(one.expectation for one in alike))
