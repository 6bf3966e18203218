"""Units, labels, events and languages that only synthetic rows have, although as many human rows would have shown them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, hypot, inf, lgamma
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import ndtri

from gates.errors import first_few
from gates.metrics.base.languages import TRANSLATION
from gates.metrics.limits.wording import percent
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gates.data.scan.result import Rows, Scan

UNIT, EVENT, VALUE, ENTITY = "unit", "event", "value", "entity"
# A column with more human levels than this is a number, a text or an identifier rather than a vocabulary.
LEVELS_AT_MOST = 50
# One wrong accusation in a thousand columns, because one new level fails the dataset.
CHANCE = 0.001
# As for shifts of a frequency: two in a hundred more than human sessions have are another process.
UNSEEN_AT_LEAST = 0.02
# With fewer groups their spread is not known well enough for a chance of one in a thousand: of 24 flights' sessions one split in
# 120 showed 58 % of new kinds beside 28 %.
GROUPS_AT_LEAST = 30
_NAMED = 3
# A rarer one may be a slip of one row, and moves no model.
STAND_INS_AT_LEAST = 0.01


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
    """Levels of the unit, and of label, event and languages of translation of rows that mirror human ones, that human rows lack.

    A level that k of n synthetic rows have, and none of m human ones, is new where Fisher's exact test gives that split
    less than .001, shared out over the column's levels: if origin were chance, all k would fall among the synthetic
    rows with C(n, k) / C(n + m, k). With many more synthetic rows this is (1 - k/n)^m; with many more human ones it
    stays careful, since a level of a single row may well fall among either. Rows of one group are not independent, so a
    label or an event passes the test on groups as well as on rows; a unit is a way of writing and no draw, and is tested on
    rows. An event is a level however many there are.

    ignored: levels, as `folded` spells them, that are no levels.
    """
    bound = {*scan.roles.bound}
    drawn = () if scan.declared.extends_human_law else (scan.roles.label, _event(scan), *sorted(bound & {*TRANSLATION}))
    for column in dict.fromkeys([*({UNIT} & bound), *filter(None, drawn)]):
        human, synthetic = (_rows(side, column) for side in (scan.human, scan.synthetic))
        human_levels = {folded(level) for level in human["level"].unique()}
        if not human_levels or (len(human_levels) > LEVELS_AT_MOST and column != _event(scan)):
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


def stand_ins(scan: Scan) -> Iterator[NewLevels]:
    """Readings beyond all human ones that many synthetic rows share, such as -1 or 9999 where a sensor gave nothing.

    Only numbers that one reading in a hundred is, and that chance puts on one side as `new_levels` has it, in rows and in groups: in
    entities where most synthetic ones are others, as one sensor's idle state is its own. Tables have a rule for each column's range.
    """
    if not {VALUE, ENTITY} <= {*scan.roles.bound} or scan.declared.extends_human_law:
        return
    human, synthetic = (
        _rows(side, VALUE, entity=side.frame[ENTITY].cast(pl.String)) for side in (scan.human, scan.synthetic)
    )
    is_other = ~synthetic[ENTITY].is_in(human[ENTITY].unique().implode())
    units = ("digest", ENTITY if 2 * is_other.sum() > len(synthetic) else "group")
    number = pl.col("level").cast(pl.Float64)
    low, high = human.select(number.min().alias("low"), number.max().alias("high")).row(0)
    if low is None:
        return
    beyond = synthetic.filter((number < low) | (number > high))["level"].value_counts()
    frequent = beyond.filter(pl.col("count") >= STAND_INS_AT_LEAST * len(synthetic)).sort("level")["level"].to_list()
    chance = CHANCE / max(1, len(frequent))
    levels = tuple(
        level for level in frequent if max(_chance(human, synthetic, level, unit) for unit in units) < chance
    )
    if levels:
        share = int(synthetic["level"].is_in(levels).sum()) / len(synthetic)
        yield NewLevels(VALUE, levels, share, len(human))


def unseen_events(scan: Scan) -> str:
    """What share of synthetic events is of kinds that no human row has, as a message; "" where human sessions have as many.

    Kinds that are each too rare to be new by themselves add up. Of a human row it counts whether another group has its kind, so
    that both sides are compared with rows of others. The difference is judged with the variance of shares between groups
    (Cochran, Sampling Techniques, 1977, section 6.3), because rows of one session are not independent.
    """
    column = _event(scan)
    if not column or scan.declared.extends_human_law:
        return ""
    human, synthetic = (
        _rows(side, column).with_columns(pl.col("level").str.to_lowercase()) for side in (scan.human, scan.synthetic)
    )
    groups = human.group_by("level").agg(pl.col("group").n_unique())
    own = human.join(groups.filter(pl.col("group") == 1), on="level", how="semi")
    new = synthetic.join(groups, on="level", how="anti")
    (theirs, human_error), (ours, error) = _group_share(own, human), _group_share(new, synthetic)
    excess = ours - theirs
    if not excess - float(ndtri(1 - CHANCE)) * hypot(human_error, error) > UNSEEN_AT_LEAST:
        return ""
    return (
        f"column '{column}' has kinds that no human row has in {percent(ours)} of synthetic rows; of human rows {percent(theirs)} "
        "are of a kind that no other session has"
    )


def _event(scan: Scan) -> str | None:
    return EVENT if EVENT in scan.roles.bound else None


def _group_share(some: pl.DataFrame, every: pl.DataFrame) -> tuple[float, float]:
    """The share of rows that are among these, and its standard error; infinite with too few groups."""
    counted = every.group_by("group").agg(pl.len().alias("rows"))
    counted = counted.join(some.group_by("group").agg(pl.len().alias("hits")), on="group", how="left")
    rows, hits = counted["rows"].to_numpy(), counted["hits"].fill_null(0).to_numpy()
    if len(rows) < GROUPS_AT_LEAST:
        return 0.0, inf
    share = hits.sum() / rows.sum()
    return float(share), float(np.sqrt(((hits - share * rows) ** 2).sum() * len(rows) / (len(rows) - 1)) / rows.sum())


def folded(level: str) -> str:
    """The level without case and repeated white space."""
    return " ".join(level.split()).casefold()


def named_levels(levels: Collection[str]) -> str:
    """The first levels by name and the number of the others."""
    return first_few((f"'{shortened(level)}'" for level in levels), _NAMED)


def _rows(side: Rows, column: str, **more: pl.Series) -> pl.DataFrame:
    """Level, content and group of each row that has a value, and more columns."""
    columns = {"level": side.frame[column].cast(pl.String), "digest": side.digest, "group": side.group, **more}
    return pl.DataFrame(columns).drop_nulls("level")


def _chance(human: pl.DataFrame, synthetic: pl.DataFrame, level: str, unit: str) -> float:
    """How likely all units with the level are synthetic ones, were origin chance. unit: what is counted once."""
    n, m = synthetic[unit].n_unique(), human[unit].n_unique()
    k = synthetic.filter(pl.col("level") == level)[unit].n_unique()
    return exp(lgamma(n + 1) - lgamma(n - k + 1) - lgamma(n + m + 1) + lgamma(n + m - k + 1))
