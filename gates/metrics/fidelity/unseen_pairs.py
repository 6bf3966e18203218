"""Pairs of values that synthetic rows have together and human rows never."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.base.languages import ROWS_TO_JUDGE_ALONE
from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.comparison.column_choice import ROWS_TO_CHOOSE_BY, strongest_columns
from gates.metrics.comparison.encoding import Coded, ColumnKind, Feature
from gates.metrics.comparison.paired_draws import draws, worst_excess
from gates.verdict import Severity
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.arrays import Codes, Ints, Mask
    from gates.metrics.comparison.strata import Sides

# 780 pairs of 40 columns over 20 draws of 5,000 rows take four seconds.
COLUMNS_AT_MOST = 40
DRAW_COUNT, ROWS_PER_DRAW = 20, 5000
# Tenths of the human rows: whole ranges of numbers that exclude each other, and no single numbers.
PARTS_OF_NUMBERS = 10
# The rarest of more levels share one, so that the cells of two columns stay fewer than a million.
LEVELS_AT_MOST = 500
# A level of fewer rows is met with few others by chance; and where less than one row was to be expected, none is no news.
LEVEL_ROWS_AT_LEAST, EXPECTED_AT_LEAST = 5, 1.0
EVIDENCE_PAIRS = 5
FEW_ROWS = (
    f"which values go together rests on single rows where there are fewer than {ROWS_TO_JUDGE_ALONE} of an origin"
)


@dataclass(frozen=True)
class _CoarseColumn:
    """A feature as few codes. names: what each code stands for, in words."""

    feature: Feature
    human: Ints
    synthetic: Ints
    names: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.names)


_ColumnPair = tuple[_CoarseColumn, _CoarseColumn]


def unseen_pairs(sides: Sides) -> Measurement:
    """Excess share of rows, in [-1, 1], whose values in the worst two columns occur in human rows, but never together.

    Half of the human rows say what occurs together; the share among as many synthetic rows is set against that among the other
    half. Numbers count by tenths of the human rows. Only pairs count of which a row was to be expected were the two
    columns independent.
    """
    columns = list(_columns(sides.human_codes, sides.synthetic_codes))
    if len(columns) <= 1:
        return NotConfigured("fewer than two comparable columns: there is no pair to compare")
    made = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=ROWS_PER_DRAW)
    if not made:
        return Failed(rows=sides.counts)
    pairs = list(combinations(columns, 2))
    cross, null = np.empty((len(made), len(pairs))), np.empty((len(made), len(pairs)))
    for row, draw in enumerate(made):
        drawn = {one.feature.name: _drawn(one, draw.human_a, draw.synthetic, draw.human_b) for one in columns}
        for at, (one, two) in enumerate(pairs):
            unseen = _unseen(drawn[one.feature.name], drawn[two.feature.name])
            cross[row, at], null[row, at] = (is_unseen.mean() for is_unseen in unseen)
    worst, gap, order = worst_excess(cross, null, sides.counts)
    shown = {_named(pairs[at]): float(gap[at]) for at in order[:EVIDENCE_PAIRS]}
    evidence: dict[str, object] = {"worst_pairs": shown}
    note = f"worst {next(iter(shown))}{_example(sides, pairs[order[0]])}"
    every = len(sides.human_codes.features)
    if every > COLUMNS_AT_MOST:
        note += f"; {COLUMNS_AT_MOST} of {every:,} columns are compared, those that depend on each other most"
    described = replace(worst, note=note, evidence=evidence)
    if not isinstance(described, Measured):
        return described
    few = min(len(sides.human), len(sides.synthetic)) < ROWS_TO_JUDGE_ALONE
    return replace(described, undecided=Severity.WARNING, unproven=FEW_ROWS if few else "")


def _columns(human: Coded, synthetic: Coded) -> Iterator[_CoarseColumn]:
    for feature in _compared(human, synthetic):
        codes = human.codes[feature.name], synthetic.codes[feature.name]
        coarse = _parts if feature.kind is ColumnKind.NUMERIC else _levels
        yield coarse(feature, *codes)


def _compared(human: Coded, synthetic: Coded) -> tuple[Feature, ...]:
    """All features, or of many those that depend on each other most: what excludes nothing has no unseen pairs.

    Seen in rows of both sides in turn, as many of each: what human rows alone exclude by chance is no law of theirs.
    """
    if len(human.features) <= COLUMNS_AT_MOST:
        return human.features
    rows = min(len(human), len(synthetic), ROWS_TO_CHOOSE_BY)
    codes = [np.concatenate([side.codes[one.name][:rows] for side in (human, synthetic)]) for one in human.features]
    return tuple(human.features[int(at)] for at in strongest_columns(np.column_stack(codes), COLUMNS_AT_MOST))


def _parts(feature: Feature, human: Codes, synthetic: Codes) -> _CoarseColumn:
    """Numbers by tenths of the human ones; missing values, of code 0, are a part of their own."""
    shares = np.arange(1, PARTS_OF_NUMBERS) / PARTS_OF_NUMBERS
    present = human[human > 0]
    ends = np.unique(np.quantile(present, shares, method="lower")) if len(present) else present
    mine, theirs = (np.where(codes > 0, 1 + np.searchsorted(ends, codes), 0) for codes in (human, synthetic))
    # Odd codes lie between points of the grid, even ones are points.
    shown = [feature.shown(float(feature.grid[min((int(end) - 1) // 2, len(feature.grid) - 1)])) for end in ends]
    names = ["no value", *(f"at most {end}" for end in shown), f"more than {shown[-1]}" if shown else "a value"]
    names[2:-1] = [f"{one} to {two}" for one, two in pairwise(shown)]
    return _CoarseColumn(feature, mine, theirs, tuple(names))


def _levels(feature: Feature, human: Codes, synthetic: Codes) -> _CoarseColumn:
    kept = np.argsort(-np.bincount(human, minlength=feature.size), kind="stable")[: LEVELS_AT_MOST - 1]
    code = np.full(feature.size, len(kept), dtype=np.int64)
    code[kept] = np.arange(len(kept))
    every = ("no value", *(f"'{shortened(level)}'" for level in feature.levels), "another level")
    return _CoarseColumn(feature, code[human], code[synthetic], (*(every[int(at)] for at in kept), "another level"))


@dataclass(frozen=True)
class _DrawnColumn:
    """A column in rows of a draw: `seen` are the codes of the human rows that say what occurs.

    others: codes of the rows that are asked, the synthetic ones first; rows: how many of the former have each of these values.
    """

    size: int
    seen: Ints
    others: tuple[Ints, Ints]
    rows: tuple[Ints, Ints]


def _drawn(column: _CoarseColumn, seen: Ints | slice, synthetic: Ints | slice, human: Ints | slice) -> _DrawnColumn:
    codes = column.human[seen]
    counts = np.bincount(codes, minlength=column.size)
    counts[counts < LEVEL_ROWS_AT_LEAST] = 0
    others = column.synthetic[synthetic], column.human[human]
    return _DrawnColumn(column.size, codes, others, (counts[others[0]], counts[others[1]]))


def _unseen(one: _DrawnColumn, two: _DrawnColumn) -> list[Mask]:
    """Of the rows that are asked, which have values that are seen apart and not together, where a row was to be expected."""
    is_seen = np.zeros(one.size * two.size, dtype=bool)
    is_seen[one.seen * two.size + two.seen] = True
    least = EXPECTED_AT_LEAST * len(one.seen)
    return [
        ~is_seen[one.others[side] * two.size + two.others[side]] & (one.rows[side] * two.rows[side] >= least)
        for side in (0, 1)
    ]


def _named(pair: _ColumnPair) -> str:
    return " and ".join(f"'{one.feature.name}'" for one in pair)


def _example(sides: Sides, pair: _ColumnPair) -> str:
    """The two values that most synthetic rows have together, and no human row."""
    one, two = pair
    every = slice(None)
    is_unseen, _ = _unseen(*(_drawn(column, every, every, every) for column in pair))
    together = np.bincount((one.synthetic * two.size + two.synthetic)[is_unseen], minlength=one.size * two.size)
    most = int(together.argmax())
    if not together[most]:
        return ""
    values = f"{one.names[most // two.size]} with {two.names[most % two.size]}"
    return f", as {values} in {together[most]:,} of {len(sides.synthetic):,} synthetic rows and in no human row"
