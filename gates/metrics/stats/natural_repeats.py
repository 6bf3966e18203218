"""Whether rows of a table repeat as often as its columns make likely, or because some were written twice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.stats.coincidence import content_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from gates.data.arrays import Hashes

# Of tables whose rows repeat by nature (two real ones, three of few values; 300 to 20,000 rows) .67 and more of the equal pairs are
# expected, of six real tables with three rows in a hundred written twice at most .08.
EXPECTED_SHARE = 0.6
# Pairs of these columns are looked at: those in which most rows differ alone.
COLUMNS_AT_MOST = 6


def repeat_by_nature(frame: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Whether rows that agree in all columns but one or two explain the rows that agree in all; False where none do."""
    equal, expected = equal_pairs(frame, columns)
    return equal > 0 and expected >= EXPECTED_SHARE * equal


def equal_pairs(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[int, float]:
    """How many pairs of rows are equal in these columns, and how many are expected by nature.

    Of pairs that agree in all columns but j and k, let a differ in j alone, b in k alone and ab in both. Where agreement in j does not
    hang on agreement in k, a x b / ab agree in both; where it does, more. Rows that were written twice add to none of the three.
    The two columns that explain most count.
    """
    if columns and not _pairs(content_hashes(frame, columns)):
        # Of thousands of columns each costs a look; where no row repeats none has to explain it.
        return 0, 0.0
    hashes = [content_hashes(frame, [name]) for name in columns]
    # Random odd factors keep a sum of 64-bit hashes apart by column, and a column can be taken out of it again. With 1, 3, 5 and on
    # rows of yes and no coincide by the dozen: 3 + 9 is 5 + 7.
    factors = np.random.default_rng(0).integers(2**63, size=len(hashes), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    apart = [values * factor for values, factor in zip(hashes, factors, strict=True)]
    whole: Hashes = np.sum(apart, axis=0, dtype=np.uint64) if apart else np.arange(frame.height, dtype=np.uint64)
    equal = _pairs(whole)
    alone = {at: _pairs(whole - column) - equal for at, column in enumerate(apart)}
    candidates = sorted(alone, key=lambda at: (-alone[at], at))[:COLUMNS_AT_MOST]
    expected = 0.0
    for one, other in combinations(candidates, 2):
        both = _pairs(whole - apart[one] - apart[other]) - equal - alone[one] - alone[other]
        # One more than there are: of few pairs some may have been expected.
        expected = max(expected, alone[one] * alone[other] / (both + 1))
    return equal, expected


def _pairs(values: Hashes) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())
