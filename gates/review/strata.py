"""Parts of a lot that are accepted or rejected each for itself, and the order in which their rows are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import ORIGIN, Roles
from gates.data.text.mix import combine
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.data.arrays import Hashes, Ints
    from gates.rows.lot import Lot

# A smaller stratum is put together with others: of 200 rows the plan for 1 and 5 % reviews 89, of 100 it takes 58.
SMALLEST = 200
# A column of more values parts rows into strata that are all too small, or it is no kind of rows at all.
MOST_VALUES = 20
# Stands in names for a missing value.
NO_VALUE = "(none)"
_ROW = "_gates_position"
_ONE = np.ones(1, dtype=np.uint64)


@dataclass(frozen=True)
class Stratum:
    """Rows of one origin. values: what they have in common; empty for what is left. positions: in the lot, in the order of the draw."""

    origin: str
    values: Mapping[str, str]
    positions: Ints
    is_rest: bool = False

    @property
    def name(self) -> str:
        """`synthetic, label = spam`."""
        parts = [f"{column} = {value}" for column, value in self.values.items()]
        return ", ".join([self.origin, *parts, *(["all others"] if self.is_rest else [])])


def declared_columns(roles: Roles) -> tuple[str, ...]:
    """The columns that a dataset declares as kinds of rows: generator, label, slices, domain, language."""
    named = (
        roles.generator,
        roles.label,
        *roles.slices,
        *(role for role in ("domain", "language") if role in roles.bound),
    )
    return tuple(dict.fromkeys(name for name in named if name))


def strata_of(lot: Lot, by: Sequence[str], seed: int, scope: Scope = Scope.COMBINED) -> list[Stratum]:
    """The strata of a scope's rows, by name; a value that few rows have is put together with others.

    by: columns of the lot's frame. Rows of an undeclared origin are in none.
    """
    order = draw_order(lot, seed)
    drawn = lot.frame.select(ORIGIN, *by)[order].with_columns(pl.Series(_ROW, order))
    strata: list[Stratum] = []
    for origin in origins_of(scope):
        rows = drawn.filter(pl.col(ORIGIN) == origin)
        cells = [*rows.group_by(by, maintain_order=True)] if by else [((), rows)]
        large = [(key, cell) for key, cell in cells if cell.height >= SMALLEST]
        rest = rows.height - sum(cell.height for _, cell in large)
        if rest and (len(cells) == 1 or not large):
            large, rest = [], rows.height
        strata += [Stratum(origin, _values(rows, by, key), cell[_ROW].to_numpy()) for key, cell in large]
        if rest:
            taken = pl.Series([row for _, cell in large for row in cell[_ROW]], dtype=pl.Int64)
            left = rows.filter(~pl.col(_ROW).is_in(taken.implode()))
            strata.append(Stratum(origin, {}, left[_ROW].to_numpy(), is_rest=bool(large)))
    return sorted(strata, key=lambda stratum: stratum.name)


def origins_of(scope: Scope) -> tuple[str, ...]:
    """Whose rows a scope has."""
    return (Scope.HUMAN.value, Scope.SYNTHETIC.value) if scope is Scope.COMBINED else (scope.value,)


def draw_order(lot: Lot, seed: int) -> Ints:
    """Positions of all rows in the order in which they are drawn: by seed and content, whatever the order of files and rows is.

    Rows that say the same are drawn each for itself.
    """
    keys = combine(lot.digests[:, 0] ^ _salt(seed), lot.occurrences().astype(np.uint64) + _ONE)
    order: Ints = np.lexsort((lot.row_id, lot.digests[:, 1], keys))
    return order


def shuffled(count: int, seed: int) -> Ints:
    """The numbers below a count in an order that follows from the seed alone."""
    order: Ints = np.argsort(combine(np.arange(count, dtype=np.uint64) ^ _salt(seed), _ONE))
    return order


def _salt(seed: int) -> Hashes:
    return combine(np.array([seed], dtype=np.uint64), _ONE)


def _values(rows: pl.DataFrame, by: Sequence[str], key: tuple[object, ...]) -> dict[str, str]:
    """What a cell's rows have in common; nothing by a column in which no row of the origin has a value, as human rows no generator."""
    named = [column for column in by if rows[column].null_count() < rows.height]
    values = dict(zip(by, key, strict=True))
    return {column: NO_VALUE if values[column] is None else str(values[column]) for column in named}
