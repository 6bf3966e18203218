"""Sums, ratios and products that all human rows keep: what is computed from other columns, and only rounded."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from gates.init.drafts.bounds import AT_ONCE, constraint_limit, identity_error, rate_bound
from gates.init.drafts.draft import LEAST_TRIALS, ColumnDraft, Constraint, ConstraintKind, InferredKind
from gates.metrics.fidelity.identities import factor, numbers, product_of, total_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from gates.data.arrays import Floats

    # Positions of the parts, and of the result.
    Identity = tuple[tuple[int, ...], int]

# What is off by less than this share of a column's spread is rounding, and no noise of its own.
MOST_ROUNDING = 0.01
# A part that is nearly always nothing adds nothing.
LEAST_PARTICIPATION = 0.05
# So many columns are tried. Sums of four parts, the most that tables of public sets have, are 10,626 of them.
MOST_COLUMNS = 24
MOST_PARTS = 4
# A column that is made in more ways has parts that are made of each other.
MOST_ALIKE = 2
# What holds in all rows holds in these few, where nearly all of what is tried ends.
_FEW_ROWS = 96
_AT_ONCE = 2_000
# The factor of few rows is near that of all.
_LENIENCE = 4


def identity_count(columns: int) -> int:
    """How many identities are tried among so many columns."""
    count = min(columns, MOST_COLUMNS)
    sums = sum(math.comb(count, parts) * max(0, count - parts) for parts in range(2, MOST_PARTS + 1))
    return sums + math.comb(count, 2) * (1 + max(0, count - 2))


def infer_identities(frame: pl.DataFrame, columns: Sequence[ColumnDraft]) -> list[Constraint]:
    """Ratios, sums and products that hold in all rows, of each result those with the fewest parts.

    The order of rows does not matter.
    """
    names = [column.name for column in columns if _may_take_part(frame[column.name], column)][:MOST_COLUMNS]
    if not names:
        return []
    error = identity_error(identity_count(len(names)))
    search = _Search(frame.select(names))
    ratios = [*search.products(range(len(names)), 1)]
    # Of columns that are multiples of each other the first speaks for all.
    others = [at for at in range(len(names)) if at not in {result for _, result in ratios}]
    sums = {
        at: one
        for count in range(MOST_PARTS, 1, -1)
        for at, one in _by_result(search.sums(range(len(names)), count)).items()
    }
    products = _by_result(search.products(others, 2))
    entries = [
        *((ConstraintKind.PRODUCT, one) for one in ratios),
        *((ConstraintKind.SUM, one) for _, own in sorted(sums.items()) for one in own[:MOST_ALIKE]),
        *((ConstraintKind.PRODUCT, one) for _, own in sorted(products.items()) for one in own[:MOST_ALIKE]),
    ]
    return [
        Constraint(
            kind,
            tuple(names[at] for at in (*parts, result)),
            rows := search.rows(parts, result),
            f"holds in all of {rows:,} human rows but for rounding; at most {rate_bound(rows, error):.2g} of human rows are "
            f"further off, {AT_ONCE}",
            constraint_limit(rows, error),
        )
        for kind, (parts, result) in entries
    ]


def _may_take_part(values: pl.Series, column: ColumnDraft) -> bool:
    """Whether a column holds finite numbers of which several differ."""
    is_number = column.kind in {InferredKind.NUMERIC, InferredKind.INTEGER_VALUED} and column.minimum is not None
    return is_number and values.count() >= LEAST_TRIALS and column.minimum != column.maximum


def _by_result(identities: Iterator[Identity]) -> dict[int, list[Identity]]:
    own: dict[int, list[Identity]] = {}
    for parts, result in identities:
        own.setdefault(result, []).append((parts, result))
    return own


class _Search:
    """Looks for identities first in few rows, then in all."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.columns = numbers(frame, frame.columns)
        self.most_off = MOST_ROUNDING * np.nanstd(self.columns, axis=1)
        self.few = self.columns[:, np.argsort(frame.hash_rows().to_numpy(), kind="stable")[:_FEW_ROWS]]

    def rows(self, parts: tuple[int, ...], result: int) -> int:
        """How many rows have all numbers."""
        return int(np.isfinite(self.columns[[*parts, result]]).all(axis=0).sum())

    def sums(self, columns: Sequence[int], count: int) -> Iterator[Identity]:
        """Sums of so many parts."""
        for parts, result in self._promising(columns, count, is_product=False):
            if self._holds(total_of(self.columns[[*parts]]), result, 1.0) and self._each_counts(parts, result):
                yield parts, result

    def products(self, columns: Sequence[int], count: int) -> Iterator[Identity]:
        """Products of so many parts and a number; of two columns that are multiples, the second is the result."""
        for parts, result in self._promising(columns, count, is_product=True):
            made = product_of(self.columns[[*parts]])
            is_first = count > 1 or parts[0] < result
            if is_first and self._holds(made, result, factor(made, self.columns[result])):
                yield parts, result

    def _promising(self, columns: Sequence[int], count: int, *, is_product: bool) -> Iterator[Identity]:
        """What holds in a few rows."""
        every = np.array([*combinations(columns, count)], dtype=np.int64).reshape(-1, count)
        for first in range(0, len(every), _AT_ONCE):
            some = every[first : first + _AT_ONCE]
            parts = self.few[some]
            made = parts.prod(axis=1) if is_product else parts.sum(axis=1)
            for result in columns:
                off = self._off(made, self.few[result], is_product=is_product)
                is_near = off <= self.most_off[result] * (_LENIENCE if is_product else 1)
                for at in np.flatnonzero(is_near & (some != result).all(axis=1)):
                    yield tuple(some[at].tolist()), result

    @staticmethod
    def _off(made: Floats, result: Floats, *, is_product: bool) -> Floats:
        """By how much the result is off at most, for each of many ways to make it; missing numbers are off by nothing."""
        is_there = np.isfinite(made) & np.isfinite(result)
        whole, target = np.where(is_there, made, 0.0), np.where(is_there, result, 0.0)
        size = np.maximum((whole**2).sum(axis=1), np.finfo(float).tiny)
        times = (whole * target).sum(axis=1) / size if is_product else np.ones(len(made))
        off: Floats = np.abs(times[:, None] * whole - target).max(axis=1, initial=0.0)
        return off

    def _holds(self, made: Floats, result: int, times: float) -> bool:
        """Whether all rows hold to it, of which enough could have broken it."""
        off = np.abs(times * made - self.columns[result])
        seen = off[np.isfinite(off)]
        return len(seen) >= LEAST_TRIALS and times != 0 and float(seen.max()) <= self.most_off[result]

    def _each_counts(self, parts: tuple[int, ...], result: int) -> bool:
        """Whether each part is something in enough rows."""
        own = np.abs(self.columns[[*parts]]) > self.most_off[result]
        return bool((own.mean(axis=1) >= LEAST_PARTICIPATION).all())
