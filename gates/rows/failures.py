"""Which rows of a batch break which rule, and the mergeable count of it over a dataset."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gates.data.scan.result import RuleFailures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gates.data.arrays import Ints

# Per rule and origin: enough to see a pattern, few enough to print.
FIRST_ROWS = 10


@dataclass(frozen=True)
class BatchFailures:
    """What the rules found in one batch.

    row_id and origin: one entry per row of the batch. turns: per rule and position, the message of a conversation that
    breaks the rule, counted from 1. failing: ascending positions within the batch, per rule that
    some row breaks. reasons: why, for the same rules. broken: why a rule could not run, for rules that could not.
    """

    row_id: Ints
    origin: npt.NDArray[np.str_]
    failing: Mapping[str, Ints] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    turns: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def failing_rows(self) -> Ints:
        """Ascending positions of the rows that break at least one rule."""
        if not self.failing:
            return np.empty(0, dtype=np.int64)
        return np.unique(np.concatenate(list(self.failing.values())))

    def of_rules(self, origins: Mapping[str, Collection[str]]) -> BatchFailures:
        """The failures of some rules alone. origins: by rule, those whose rows count."""
        failing = {}
        for rule in self.failing.keys() & origins.keys():
            rows = self.failing[rule]
            if (kept := rows[np.isin(self.origin[rows], list(origins[rule]))]).size:
                failing[rule] = kept
        return replace(self, failing=failing)

    def of_failing_rows(self) -> BatchFailures:
        """The same failures, of the batch's failing rows alone."""
        at = self.failing_rows()
        places = {int(row): place for place, row in enumerate(at)}
        return replace(
            self,
            row_id=self.row_id[at],
            origin=self.origin[at],
            failing={rule: np.searchsorted(at, rows) for rule, rows in self.failing.items()},
            turns={
                rule: {places[row]: turn for row, turn in turns.items() if row in places}
                for rule, turns in self.turns.items()
            },
        )


class RowFailures:
    """A mergeable count of failing rows per rule and origin; the order of batches and merges does not matter."""

    def __init__(self, rules: Iterable[str]) -> None:
        self._rows: Counter[str] = Counter()
        self._failures: dict[str, Counter[str]] = {rule: Counter() for rule in rules}
        self._first: dict[str, dict[str, tuple[int, ...]]] = {rule: {} for rule in self._failures}
        self._turns: dict[str, dict[int, int]] = {}
        self._broken: dict[str, str] = {}
        self._reasons: dict[str, str] = {}

    def update(self, batch: BatchFailures) -> None:
        """Count one batch. Raises KeyError for a rule that was not announced."""
        self._rows.update(_count(batch.origin))
        for rule, at in batch.failing.items():
            origins, row_ids = batch.origin[at], batch.row_id[at]
            for origin, count in _count(origins).items():
                self._failures[rule][origin] += count
                self._note_first(rule, origin, np.sort(row_ids[origins == origin])[:FIRST_ROWS].tolist())
            self._note_turns(rule, {int(batch.row_id[at]): turn for at, turn in batch.turns.get(rule, {}).items()})
        for rule, why in batch.broken.items():
            self._note_broken(rule, why)
        self._note_reasons(batch.reasons)

    def count_sound(self, rows: Mapping[str, int]) -> None:
        """Count rows by origin that are known to break no rule."""
        self._rows.update(Counter({origin: count for origin, count in rows.items() if count}))

    def merge(self, other: RowFailures) -> None:
        """Take over the count of other rows under the same rules."""
        self._rows.update(other._rows)
        for rule, failures in other._failures.items():
            self._failures[rule].update(failures)
            for origin, row_ids in other._first[rule].items():
                self._note_first(rule, origin, row_ids)
            self._note_turns(rule, other.turns(rule))
        for rule, why in other._broken.items():
            self._note_broken(rule, why)
        self._note_reasons(other._reasons)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows of each origin were seen."""
        return {origin: self._rows[origin] for origin in sorted(self._rows)}

    def first(self, rule: str, origin: str) -> tuple[int, ...]:
        """Ids of the first rows of an origin that break a rule, ascending."""
        return self._first[rule].get(origin, ())

    def turns(self, rule: str) -> Mapping[int, int]:
        """By id of the first rows of conversations that break a rule, the message that does."""
        return self._turns.get(rule, {})

    def value(self) -> dict[str, RuleFailures]:
        """The count per rule; every announced rule has an entry, with no origin where no row was seen.

        `first` holds the first rows of each origin, so that none hides another's.
        """
        rows = self.rows
        return {
            rule: RuleFailures(
                rule,
                failures={origin: failures[origin] for origin in rows},
                rows=rows,
                first=tuple(sorted(row for row_ids in self._first[rule].values() for row in row_ids)),
                broken=self._broken.get(rule, ""),
                turns=self.turns(rule),
                reason=self._reasons.get(rule, ""),
            )
            for rule, failures in self._failures.items()
        }

    def _note_first(self, rule: str, origin: str, row_ids: Iterable[int]) -> None:
        earlier = self._first[rule].get(origin, ())
        self._first[rule][origin] = tuple(sorted({*earlier, *row_ids})[:FIRST_ROWS])

    def _note_turns(self, rule: str, turns: Mapping[int, int]) -> None:
        if not turns:
            return
        first = {row_id for row_ids in self._first[rule].values() for row_id in row_ids}
        both = {**self.turns(rule), **turns}
        self._turns[rule] = {row_id: both[row_id] for row_id in both.keys() & first}

    def _note_reasons(self, reasons: Mapping[str, str]) -> None:
        for rule, why in reasons.items():
            self._reasons[rule] = min(why, self._reasons.get(rule, why))

    def _note_broken(self, rule: str, why: str) -> None:
        # The first in the alphabet, because the first in time depends on the order of batches.
        self._broken[rule] = min(why, self._broken.get(rule, why))


def _count(origins: npt.NDArray[np.str_]) -> Counter[str]:
    # There are three at most: to look for each takes a third of what it takes to put all words in order.
    counts: Counter[str] = Counter()
    while origins.size:
        is_same = origins == origins[0]
        counts[str(origins[0])] = int(is_same.sum())
        origins = origins[~is_same]
    return counts


def joined(batches: Sequence[BatchFailures]) -> BatchFailures:
    """One batch's failures under several schemas; where two have a rule, a row that breaks either one breaks it."""
    first, *rest = batches
    failing, reasons, broken = dict(first.failing), dict(first.reasons), dict(first.broken)
    turns = dict(first.turns)
    for other in rest:
        for rule, rows in other.failing.items():
            failing[rule] = np.union1d(failing[rule], rows) if rule in failing else rows
        reasons = {**other.reasons, **reasons}
        broken = {**other.broken, **broken}
        turns = {**other.turns, **turns}
    return BatchFailures(first.row_id, first.origin, failing, reasons, broken, turns)
