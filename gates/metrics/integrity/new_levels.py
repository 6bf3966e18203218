"""Units and labels that only synthetic rows have, although as many human rows would have shown them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma
from typing import TYPE_CHECKING

import polars as pl

from gates.errors import first_few
from gates.metrics.limits.wording import percent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gates.data.scan.result import Rows, Scan

UNIT = "unit"
# A column with more human levels than this is a number, a text or an identifier rather than a vocabulary.
LEVELS_AT_MOST = 50
# One wrong accusation in a thousand columns, because one new level fails the dataset.
CHANCE = 0.001
_NAMED = 3


@dataclass(frozen=True)
class NewLevels:
    """The levels of a column that no human row has, in order, and the share of synthetic rows that have them."""

    column: str
    levels: tuple[str, ...]
    share: float
    human_rows: int

    def message(self) -> str:
        """The column, its levels and how many rows have them."""
        return (
            f"column '{self.column}' has {named_levels(self.levels)} in {percent(self.share)} of synthetic rows and in none "
            f"of {self.human_rows:,} human rows"
        )


def new_levels(scan: Scan, ignored: Collection[str]) -> Iterator[NewLevels]:
    """Levels of the unit, and of the label of rows that mirror human ones, that human rows would have shown if they had them.

    A level that k of n synthetic rows have, and none of m human ones, is new where Fisher's exact test gives that split
    less than .001, shared out over the column's levels: if origin were chance, all k would fall among the synthetic
    rows with C(n, k) / C(n + m, k). With many more synthetic rows this is (1 - k/n)^m; with many more human ones it
    stays careful, since a level of a single row may well fall among either. Rows of one group are not independent, so a
    label passes the test on groups as well as on rows; a unit is a way of writing and no draw, and is tested on rows.

    ignored: levels, as `folded` spells them, that are no levels.
    """
    labels = [scan.roles.label] if scan.roles.label and not scan.declared.extends_human_law else []
    for column in dict.fromkeys([*({UNIT} & {*scan.roles.bound}), *labels]):
        human, synthetic = (_rows(side, column) for side in (scan.human, scan.synthetic))
        human_levels = {folded(level) for level in human["level"].unique()}
        if not 0 < len(human_levels) <= LEVELS_AT_MOST:
            continue
        units = ("digest",) if column == UNIT else ("digest", "group")
        candidates = sorted(
            level for level in synthetic["level"].unique() if folded(level) not in {*human_levels, *ignored}
        )
        chance = CHANCE / (len(human_levels) + len(candidates))
        levels = tuple(
            level for level in candidates if max(_chance(human, synthetic, level, unit) for unit in units) < chance
        )
        if levels:
            share = int(synthetic["level"].is_in(levels).sum()) / len(synthetic)
            yield NewLevels(column, levels, share, len(human))


def folded(level: str) -> str:
    """The level without case and repeated white space."""
    return " ".join(level.split()).casefold()


def named_levels(levels: Collection[str]) -> str:
    """The first levels by name and the number of the others."""
    return first_few((f"'{level}'" for level in levels), _NAMED)


def _rows(side: Rows, column: str) -> pl.DataFrame:
    """Level, content and group of each row that has a value."""
    columns = {"level": side.frame[column].cast(pl.String), "digest": side.digest, "group": side.group}
    return pl.DataFrame(columns).drop_nulls("level")


def _chance(human: pl.DataFrame, synthetic: pl.DataFrame, level: str, unit: str) -> float:
    """How likely all units with the level are synthetic ones, were origin chance. unit: what is counted once."""
    n, m = synthetic[unit].n_unique(), human[unit].n_unique()
    k = synthetic.filter(pl.col("level") == level)[unit].n_unique()
    return exp(lgamma(n + 1) - lgamma(n - k + 1) - lgamma(n + m + 1) + lgamma(n + m - k + 1))
