"""How much nearer each row lies to one human row than to the next ones: what rows that were made from one row do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from gates.data.arrays import Floats, Ints

    Scores = npt.NDArray[np.float32]

# The next ones: one twin beside a row, or two, is what people who live together are, and no pattern.
NEXT = 3
# A step of nearness is one human row in 256; equal numbers are seen as such beyond it.
_STEPS = 256
# Scores that are held at once: 16 MB.
_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Cells:
    """Rows as numbers (rows x columns, NaN where missing) and as codes of levels, -1 for those that no human row has."""

    numbers: Floats
    levels: Ints

    def __len__(self) -> int:
        return len(self.levels)

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.numbers.shape[1] + self.levels.shape[1])

    def take(self, rows: Ints) -> Cells:
        """The rows at these positions."""
        return Cells(self.numbers[rows], self.levels[rows])


def margins(human: Cells, rows: Cells, own: Ints | None = None) -> tuple[Floats, Ints]:
    """How far the likest human row is ahead of the one that comes three places later, and which it is.

    Two rows are alike in a column by how few human rows are as near there: -log of their share, summed over columns, as
    record linkage weighs agreement (Fellegi & Sunter, JASA 64 (1969) 1183-1210). A rare value that is equal says much, a
    changed one takes nothing away. own: where these rows stand among the human ones, which are then compared with all others.
    """
    columns = [_Number(human.numbers[:, at]) for at in range(human.numbers.shape[1])]
    block = max(1, _AT_ONCE // len(human))
    parts = []
    for start in range(0, len(rows), block):
        taken = np.arange(start, min(start + block, len(rows)))
        some, selves = rows.take(taken), None if own is None else own[taken]
        # A human row a line: what a column says of all the rows that are taken is copied in one piece.
        scores = np.zeros((len(human), len(taken)), dtype=np.float32)
        for at in range(human.levels.shape[1]):
            _add_level(scores, human.levels[:, at], some.levels[:, at], selves is not None)
        for at, column in enumerate(columns):
            column.add(scores, some.numbers[:, at], selves is not None)
        if selves is not None:
            scores[selves, np.arange(len(taken))] = -1
        scores = np.ascontiguousarray(scores.T)
        parts.append((_margin(scores), scores.argmax(axis=1)))
    return np.concatenate([one for one, _ in parts]), np.concatenate([nearest for _, nearest in parts])


def _margin(scores: Scores) -> Floats:
    ordered = np.partition(scores, -1 - NEXT, axis=1)
    ahead: Floats = (scores.max(axis=1) - ordered[:, -1 - NEXT]).astype(np.float64)
    return ahead


def _surprise(count: npt.NDArray[np.int64], human: int, *, is_human: bool) -> Scores:
    """count: of human rows as near, the row itself among them where it is human.

    Out of as many for both: a row that agrees with one human row must not be more surprising than a human one by a rounding.
    """
    return -np.log(np.clip(count - is_human, 1, None) / max(1, human - 1)).astype(np.float32)


def _add_level(scores: Scores, human: Ints, level: Ints, is_human: bool) -> None:  # noqa: FBT001  # of a loop
    counts = np.bincount(human + 1)
    at = np.minimum(level + 1, len(counts) - 1)
    says = np.zeros((len(counts), len(level)), dtype=np.float32)
    is_known = level + 1 < len(counts)
    says[at[is_known], np.flatnonzero(is_known)] = _surprise(counts[at], len(human), is_human=is_human)[is_known]
    scores += says[human + 1]


class _Number:
    """A column of numbers of the human rows."""

    def __init__(self, human: Floats) -> None:
        self._order = np.argsort(human, kind="stable")
        self._missing = np.isnan(human)
        self._sorted = human[self._order][: len(human) - int(self._missing.sum())]
        at = np.linspace(0, len(self._sorted) - 1, min(_STEPS, len(self._sorted))).round().astype(int)
        self._grid = np.unique(self._sorted[at]) if len(self._sorted) else np.zeros(1)
        self._middle = (self._grid[1:] + self._grid[:-1]) / 2
        self._step = np.where(self._missing, len(self._grid), np.searchsorted(self._middle, human))

    def add(self, scores: Scores, numbers: Floats, is_human: bool) -> None:  # noqa: FBT001  # of a loop
        """Add to the scores how near these numbers are to each human one."""
        human = len(self._step)
        distance = np.abs(self._grid[:, None] - numbers[None, :])
        first = np.searchsorted(self._sorted, numbers[None, :] - distance, side="left")
        last = np.searchsorted(self._sorted, numbers[None, :] + distance, side="right")
        steps = np.zeros((len(self._grid) + 1, len(numbers)), dtype=np.float32)
        steps[:-1] = _surprise(last - first, human, is_human=is_human)
        is_missing = np.isnan(numbers)
        steps[:, is_missing] = 0
        steps[-1, is_missing] = _surprise(np.array([self._missing.sum()]), human, is_human=is_human)[0]
        scores += steps[self._step]
        self._add_equal(scores, numbers, steps, is_human=is_human)

    def _add_equal(self, scores: Scores, numbers: Floats, steps: Scores, *, is_human: bool) -> None:
        """What an equal number says beyond one of the same step: nothing where it is the number of that step."""
        first = np.searchsorted(self._sorted, numbers, side="left")
        last = np.searchsorted(self._sorted, numbers, side="right")
        step = steps[np.searchsorted(self._middle, numbers), np.arange(len(numbers))]
        beyond = _surprise(last - first, len(self._step), is_human=is_human) - step
        for row in np.flatnonzero((last > first) & (beyond > 0) & ~np.isnan(numbers)).tolist():
            scores[self._order[first[row] : last[row]], row] += beyond[row]
