"""What a contract case is, and the walk that refuses a check without one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gates.config.data_types import DATA_TYPES
from gates.config.sources.built_in_suites import built_in_suites
from gates.contract.suites.read import read_suite
from gates.metrics.catalogue import METRICS
from gates.verdict import Outcome, Scope
from tests.contract.laws import ROWS
from tests.contract.sound_datasets import ROW_RULE, Dataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gates.metrics.base.metric import Metric

# Two readings of each of 31 sensors, or five sessions.
FEW = 62
# Of thirty items that three people rated agreement can be told.
FEWER = 25
# What a suite asks for at least before it compares; of three annotators each, a hundred items.
ENOUGH_TO_COMPARE = 400


@dataclass(frozen=True)
class Missing:
    """What takes away what the check needs, and what its message says then."""

    spoil: Callable[[Dataset], Dataset]
    outcome: Outcome
    message: str


@dataclass(frozen=True)
class Case:
    """One check: what makes it fail, and it alone.

    check: its id within a dataset. types: the data types of which it can be asked; in the suites of others it is
    `not_asked`. on: the type whose sound rows are spoilt. spoil: the mutation; prepared: what is done to the sound rows
    before, such as a suite of one's own. reason: what the failure's message says. also: ids of the checks that fail
    with it, because they see the same defect from another side.
    too_few: rows that cannot decide, where a handful of sound ones can; exact: why no number of rows is too small.
    missing: what is missing; never_missing: why nothing can be.
    costly: takes seconds, so that it is asked of sound rows of `on` only. reads: expectations whose numbers it reads,
    asked with it. rows: how many a side are spoilt, where the defect shows among fewer than pass everything.
    """

    check: str
    types: tuple[str, ...]
    on: str
    spoil: Callable[[Dataset], Dataset]
    reason: str
    also: frozenset[str] = frozenset()
    prepared: Callable[[Dataset], Dataset] = lambda dataset: dataset
    too_few: Callable[[Dataset], Dataset] | None = None
    exact: str = ""
    missing: Missing | None = None
    never_missing: str = ""
    costly: bool = False
    reads: frozenset[str] = frozenset()
    rows: int = ROWS
    undecided: tuple[str, ...] = ()

    @property
    def expectation(self) -> str:
        """The type of the expectation."""
        return self.check.split("/")[1]

    @property
    def alone(self) -> frozenset[str]:
        """The expectations asked where nothing else is."""
        return self.reads | {self.expectation}

    def lacks(self) -> list[str]:
        """Which of the four parts are not there: a message each."""
        parts = {
            "an example that passes": bool(self.types) and self.on in self.types,
            "a mutation with its reason": bool(self.reason),
            "too few rows, or why none are": True if self.too_few or not self.exact else len(self.exact) > 20,
            "a missing input, or why there is none": bool(self.missing) != bool(self.never_missing),
        }
        return [f"{self.check}: the case lacks {part}" for part, is_given in parts.items() if not is_given]


@cache
def checks_of_suites() -> dict[str, set[str]]:
    """Ids of all checks that the shipped suites ask, for any purpose, by data type. Row rules have cases of their own."""
    metrics = {metric.expectation: metric for metric in METRICS}
    checks: dict[str, set[str]] = {}
    for kind in DATA_TYPES:
        for part in ("common", kind):
            for scope in Scope:
                suite = read_suite(built_in_suites() / part / f"{scope.value}.json", metrics, shown=f"{part}/{scope}")
                ids = {str(entry.check_id) for entry in suite.expectations if entry.type != ROW_RULE}
                checks.setdefault(kind, set()).update(ids)
    return checks


def asked_in(check: str) -> tuple[str, ...]:
    """The data types whose suites ask a check, by its id."""
    return tuple(kind for kind, ids in checks_of_suites().items() if check in ids)


def refused(cases: Iterable[Case], metrics: Iterable[Metric], by_type: dict[str, set[str]]) -> list[str]:
    """What has no contract: checks of a type's suites, metrics, and cases that lack a part; one line each."""
    types_of: dict[str, set[str]] = {}
    problems: list[str] = []
    for case in cases:
        problems += case.lacks()
        types_of.setdefault(case.check, set()).update(case.types)
    expectations = {check.split("/")[1] for check in types_of} | {ROW_RULE}
    problems += [
        f"{metric.expectation}: no contract case" for metric in metrics if metric.expectation not in expectations
    ]
    problems += [
        f"{kind}: {check} has no contract case" for kind, ids in by_type.items() for check in sorted(ids - {*types_of})
    ]
    return problems
