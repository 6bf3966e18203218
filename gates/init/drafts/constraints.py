"""Rules across columns or rows that hold in every human row, with enough rows to have been broken."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from gates.data.values.times import time_in_utc
from gates.init.drafts.bounds import AT_ONCE, constraint_error, constraint_limit, rate_bound
from gates.init.drafts.columns import MOST_LEVELS, looks_like_a_key
from gates.init.drafts.draft import LEAST_TRIALS, ColumnDraft, Constraint, ConstraintKind, InferredKind
from gates.init.drafts.gaps import infer_gaps
from gates.init.drafts.identities import infer_identities

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A column that is nearly always the same follows from anything.
LEAST_VARIED_RATIO = 0.05
# A determinant needs some ten rows per level, else its levels name rows.
ROWS_PER_LEVEL = 10
# An inequality that unrelated columns would hardly break says nothing.
LEAST_CHANCE_VIOLATIONS = 0.01

# A column of words is one of times where all but a few say one.
LEAST_TIME_RATIO = 0.95

_LEVELLED = (InferredKind.CATEGORICAL, InferredKind.BOOLEAN)
_NUMERIC = (InferredKind.NUMERIC, InferredKind.INTEGER_VALUED)

# Types whose values count from midnight, or from nothing.
_COUNTED = (pl.Time, pl.Duration)

Edge = tuple[str, str]


def infer_constraints(frame: pl.DataFrame, columns: Sequence[ColumnDraft]) -> tuple[Constraint, ...]:
    """What holds in all human rows: keys, dependencies, inequalities, what is missing, and sums; in the order of the columns."""
    error = constraint_error(len(columns))
    return (
        *_keys(frame, columns),
        *_dependencies(frame, columns, error),
        *_inequalities(frame, columns, error),
        *infer_gaps(frame, [column.name for column in columns if _may_have_levels(column)], error),
        *infer_identities(frame, columns),
    )


def _keys(frame: pl.DataFrame, columns: Sequence[ColumnDraft]) -> list[Constraint]:
    n = frame.height
    return [
        Constraint(
            ConstraintKind.KEY,
            (column.name,),
            n,
            f"no two of {n:,} human rows share a value; two rows of the population do with a chance below "
            f"{rate_bound(n * (n - 1) // 2):.1g}, with 95 % confidence",
        )
        for column in columns
        if looks_like_a_key(frame[column.name])
    ]


@dataclass(frozen=True)
class _Levels:
    """A column as level numbers, -1 for missing."""

    codes: npt.NDArray[np.int64]
    count: int


def _dependencies(frame: pl.DataFrame, columns: Sequence[ColumnDraft], error: float) -> list[Constraint]:
    levels = {column.name: _levels(frame[column.name]) for column in columns if _may_have_levels(column)}
    levels = {name: column_levels for name, column_levels in levels.items() if 1 < column_levels.count <= MOST_LEVELS}
    trials = {
        (x, y): column_levels
        for x, y in permutations(levels, 2)
        if (column_levels := _dependency_trials(levels[x], levels[y]))
    }
    return [
        Constraint(
            ConstraintKind.FUNCTIONAL_DEPENDENCY,
            (x, y),
            trials[x, y],
            f"holds in every human row, {trials[x, y]:,} of which repeat a determinant and could have broken it; "
            f"at most {rate_bound(trials[x, y], error):.2g} of human rows do not keep it, {AT_ONCE}",
            constraint_limit(trials[x, y], error),
        )
        for x, y in without_consequences(trials, list(levels))
    ]


def _may_have_levels(column: ColumnDraft) -> bool:
    return column.kind in _LEVELLED or (column.kind is InferredKind.NUMERIC and column.dtype.is_integer())


def _levels(values: pl.Series) -> _Levels:
    ranks = values.cast(pl.String).rank("dense") if values.dtype == pl.Boolean else values.rank("dense")
    codes = (ranks.cast(pl.Int64) - 1).fill_null(-1).to_numpy()
    return _Levels(codes, int(codes.max(initial=-1)) + 1)


def _dependency_trials(x: _Levels, y: _Levels) -> int:
    """How many rows repeat a level of x and have the same y as it had before; 0 where the dependency is not one."""
    is_present = (x.codes >= 0) & (y.codes >= 0)
    n = int(is_present.sum())
    pairs = np.bincount(x.codes[is_present] * y.count + y.codes[is_present], minlength=x.count * y.count)
    table = pairs.reshape(x.count, y.count)
    used = int((table.sum(axis=1) > 0).sum())
    if int((table > 0).sum()) != used or used * ROWS_PER_LEVEL > n or n - used < LEAST_TRIALS:
        return 0
    varied = 1 - table.sum(axis=0).max() / n
    return n - used if varied >= LEAST_VARIED_RATIO else 0


def _inequalities(frame: pl.DataFrame, columns: Sequence[ColumnDraft], error: float) -> list[Constraint]:
    ordered = {column.name: _ordered(frame, column) for column in columns}
    present = {name: values for name, values in ordered.items() if values.count()}
    # Times of day and durations are ordered among themselves alone.
    own = {name: frame.schema[name] if frame.schema[name] in _COUNTED else None for name in present}
    kinds = {name: (values.dtype.is_numeric(), own[name]) for name, values in present.items()}
    trials: dict[Edge, tuple[int, float]] = {}
    for small, large in permutations(present, 2):
        if kinds[small] != kinds[large] or present[small].max() <= present[large].min():  # type: ignore[operator]  # of one kind
            # Ranges that do not overlap say it already.
            continue
        both = pl.DataFrame({"a": present[small], "b": present[large]}).drop_nulls()
        chance = _chance_violations(both)
        # Fewer rows show it where they leave no room for what unrelated columns would break.
        is_shown = both.height >= LEAST_TRIALS or rate_bound(both.height, error) < chance
        if is_shown and chance >= LEAST_CHANCE_VIOLATIONS and not (both["a"] > both["b"]).any():
            trials[small, large] = (both.height, chance)
    return [
        Constraint(
            ConstraintKind.INEQUALITY,
            (small, large),
            trials[small, large][0],
            f"holds in all of {trials[small, large][0]:,} human rows; unrelated columns would break it in "
            f"{trials[small, large][1]:.2g} of them",
            constraint_limit(trials[small, large][0], error),
        )
        for small, large in without_consequences(trials, list(present))
    ]


def _ordered(frame: pl.DataFrame, column: ColumnDraft) -> pl.Series:
    """A column's numbers, or its times where it is one of times or of words that nearly all say a time; else nulls."""
    if column.kind in _NUMERIC and column.minimum is not None:
        return frame[column.name]
    if frame.schema[column.name] in _COUNTED:
        return frame[column.name].to_physical()
    times = frame.select(time_in_utc(column.name, frame.schema[column.name])).to_series()
    is_time = times.count() >= LEAST_TIME_RATIO * frame[column.name].count()
    return times if is_time else pl.Series([None] * frame.height, dtype=times.dtype)


def _chance_violations(both: pl.DataFrame) -> float:
    """Share of all pairs of rows whose a is above the other's b: what independent columns would break."""
    if not both.height:
        return 0.0
    ordered = np.sort(both["b"].to_numpy())
    return float(np.searchsorted(ordered, both["a"].to_numpy(), side="left").mean() / both.height)


def without_consequences(edges: Iterable[Edge], order: Sequence[str]) -> list[Edge]:
    """The edges of a transitive relation that the others do not imply, in the given order of nodes.

    Columns that imply each other stay linked both ways with the first of them, which speaks for all.
    """
    relation = set(edges)
    first = {
        node: next(other for other in order if other == node or {(node, other), (other, node)} <= relation)
        for node in order
    }

    def is_needed(edge: Edge) -> bool:
        x, y = edge
        if first[x] == first[y]:
            return x == first[x] or y == first[x]
        if x != first[x] or y != first[y]:
            return (first[x], first[y]) not in relation
        return not any((x, z) in relation and (z, y) in relation for z in order if first[z] not in {x, y})

    place = {node: at for at, node in enumerate(order)}
    return sorted((edge for edge in relation if is_needed(edge)), key=lambda edge: (place[edge[0]], place[edge[1]]))
