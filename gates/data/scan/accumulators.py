"""What checks take of every row: accumulators, fed together in one pass and merged in any order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import polars as pl

from gates.data.scan.inputs import PassInputs

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.batch import Batch

S = TypeVar("S")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

logger = logging.getLogger(__name__)


@runtime_checkable
class Accumulator(Protocol[T_co]):
    """What a check needs of every row, taken batch by batch; batches may come in any order, and merges as well.

    needs_rows: False where no row can change the value; then none is read for it.
    """

    @property
    def needs_rows(self) -> bool: ...

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""

    def merge(self, other: Self) -> None:
        """Take over what another accumulator of the same kind took of other rows."""

    def value(self) -> T_co:
        """What came of all rows."""


# Makes an accumulator for a dataset of which this is known.
Accumulate = Callable[[PassInputs], Accumulator[T]]


class Accumulators:
    """Several accumulators fed at once: `update(batch)`, `merge(other)`, `values()`.

    One that breaks is fed no more and has no value: `Scan.collected` makes it anew where its check asks, and what goes
    wrong there is an error of that check alone.
    """

    needs_rows: bool

    def __init__(self, accumulates: Iterable[Accumulate[Any]], inputs: PassInputs) -> None:
        # By number, as what makes one may be another object in another process.
        self._kinds = tuple(accumulates)
        self._accumulators = unbroken(dict(enumerate(self._kinds)), lambda accumulate: accumulate(inputs))
        self.needs_rows = any(self._of_each(lambda accumulator: bool(accumulator.needs_rows)).values())

    def update(self, batch: Batch) -> None:

        def feed(accumulator: Accumulator[Any]) -> None:
            if accumulator.needs_rows:
                accumulator.update(batch)

        self._of_each(feed)

    def merge(self, other: Accumulators) -> None:
        """Take over what other accumulators of the same kinds took; a kind that broke in either has no value."""
        others = other._accumulators
        pairs = {number: (one, others[number]) for number, one in self._accumulators.items() if number in others}
        merged = unbroken(pairs, lambda pair: pair[0].merge(pair[1]))
        self._accumulators = {number: pairs[number][0] for number in merged}

    def __getstate__(self) -> dict[str, object]:
        """In another process they are fed and sent back, and what made them stays here."""
        return {**vars(self), "_kinds": ()}

    def values(self) -> dict[Accumulate[Any], Any]:
        """What came of all rows, by what made the accumulator."""
        values = self._of_each(lambda accumulator: accumulator.value())
        return {self._kinds[number]: value for number, value in values.items()}

    def _of_each(self, ask: Callable[[Accumulator[Any]], T]) -> dict[int, T]:
        """What each accumulator answers; one that breaks is let go of."""
        answers = unbroken(self._accumulators, ask)
        self._accumulators = {number: self._accumulators[number] for number in answers}
        return answers


def unbroken(states: Mapping[int, S], ask: Callable[[S], T]) -> dict[int, T]:
    """What those answer that do not break; what broke is logged."""
    answers = {}
    for number, one in states.items():
        try:
            answers[number] = ask(one)
        # Its check accumulates anew, and has the error if it comes again. Code of others may end the program, which would
        # end it with an exit code of its own, 0 perhaps.
        except KeyboardInterrupt:
            raise
        except BaseException:
            logger.debug("%s broke", one, exc_info=True)
    return answers


class PerRow:
    """An accumulator of one value per row; its value is a series in the order of row ids, as the row index has them.

    read: the values of a batch's rows.
    """

    def __init__(self, read: Callable[[Batch], pl.Series], *, needs_rows: bool = True) -> None:
        self._read, self.needs_rows = read, needs_rows
        self._parts: list[tuple[Ints | range, pl.Series]] = []

    def update(self, batch: Batch) -> None:
        if len(batch.row_id):
            self._parts.append((_in_short(batch.row_id), self._read(batch)))

    def merge(self, other: PerRow) -> None:
        self._parts += other._parts

    def value(self) -> pl.Series:
        """The values in the order of row ids."""
        parts = sorted(self._parts, key=lambda part: int(part[0][0]))
        if not parts:
            return pl.Series(dtype=pl.Null)
        values = pl.concat([one for _, one in parts])
        runs = [ids for ids, _ in parts]
        if all(isinstance(ids, range) for ids in runs) and all(one[-1] < two[0] for one, two in pairwise(runs)):
            return values
        return values.gather(np.argsort(np.concatenate([np.asarray(ids) for ids in runs])))


def _in_short(row_ids: Ints) -> Ints | range:
    """Ids without a gap by the first and the last: an id a row takes as much as what is kept of the row."""
    is_run = bool((np.diff(row_ids) == 1).all())
    return range(int(row_ids[0]), int(row_ids[-1]) + 1) if is_run else row_ids
