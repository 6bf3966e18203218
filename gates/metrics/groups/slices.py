"""Rare levels and slices: which of them synthetic rows lost, and which have too few rows of any origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import betainc

from gates.metrics.base.measurement import (
    Estimate,
    Failed,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    NotConfigured,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.encoding import is_high_cardinality, is_whole
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.stats.intervals import clopper_pearson
from gates.verdict import Scope, Severity
from gates.visible_text import shortened

if TYPE_CHECKING:
    from gates.data.scan.result import Rows, Scan

# Levels rarer than this in human rows are noise in tables of usual size.
PREVALENCE_AT_LEAST = 0.005
# A level is vanished where its synthetic share is surely below a fifth of its human share.
VANISHED_SHARE = 0.2
# Integer columns with at most this many values, each for twenty rows or more, are read as categories too: grades, codes.
INTEGER_LEVELS_AT_MOST = 20
EVIDENCE_LEVELS = 20
# As in all figures: fewer rows than this are shown as few and nothing more.
NAMED_ROWS_AT_LEAST = 5
# A level that looks vanished is worth a warning where chance makes one such of all levels in fewer than one set of twenty.
DOUBT = 0.05


@dataclass(frozen=True)
class Level:
    """One level of one column with its counts in the samples, scaled to the partitions' rows.

    group_share_low, group_share_high: of the human and of the synthetic groups (sessions, items) that have the level; where each
    row is its own group, of the rows. chance: of so few synthetic groups among those that have it, if both origins had it as often.
    """

    column: str
    value: str
    is_slice: bool
    human: int
    synthetic: int
    human_share: float
    synthetic_share: float
    human_share_low: float
    synthetic_share_high: float
    group_share_low: float
    group_share_high: float
    chance: float

    @property
    def rows(self) -> int:
        """Rows of both origins."""
        return self.human + self.synthetic

    def is_vanished(self) -> bool:
        """True where the level is common enough in human rows and surely far rarer in synthetic rows.

        Rows of one group are no independent evidence: 61 rows of one session are one session.
        """
        return (
            self.human_share_low >= PREVALENCE_AT_LEAST
            and self.synthetic_share_high < VANISHED_SHARE * self.human_share_low
            and self.group_share_high < VANISHED_SHARE * self.group_share_low
        )

    def is_doubtful(self) -> bool:
        """True where the level looks vanished and too few rows show it."""
        return not self.is_vanished() and self.synthetic_share < VANISHED_SHARE * self.human_share

    def __str__(self) -> str:
        """`city=Oslo`; what so few rows have says who they are, unless somebody declared that it is looked at."""
        is_named = self.is_slice or self.rows >= NAMED_ROWS_AT_LEAST
        return f"{self.column}={self.value}" if is_named else f"a rare level of {self.column}"


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Kind "vanished": number of vanished levels; "union": rows of both origins in the smallest slice.

    Without slices the smallest level is reported and not judged.
    Levels repaired by synthetic rows (fewer than 30 human rows, enough in the union) are evidence, never counted as human.
    """
    if scan.roles.texts and not scan.roles.slices:
        return NotConfigured("no slices are declared", 'slices = ["<column>"]')
    levels = scan.cached(all_levels)
    if not len(scan.human) or not len(scan.synthetic):
        return Failed("a partition is empty: no level can be compared")
    if not levels:
        return NotConfigured("no categorical column and no slice: there are no levels to count")
    return _vanished(scan, levels) if params["kind"] == "vanished" else _union(scan, levels)


def _vanished(scan: Scan, levels: list[Level]) -> Measurement:
    gone = [level for level in levels if level.is_vanished()]
    rows = RowCounts(len(scan.human), len(scan.synthetic))
    evidence = {"vanished": _counted(gone), "levels": len(levels)}
    if scan.declared.extends_human_law:
        reason = 'synthetic_role = "extend" does not promise every human level'
        return ReportOnly(Measured(Estimate.exact(len(gone)), rows, evidence=evidence), reason)
    doubtful = [level for level in levels if level.is_doubtful() and level.human_share >= PREVALENCE_AT_LEAST]
    if doubtful and not gone:
        reason = f"too few rows to say whether {len(doubtful)} levels have vanished, such as {_words(doubtful[0])}"
        # Some rare level of many has no row among sound rows too.
        is_chance = min(level.chance for level in doubtful) * len(levels) > DOUBT
        is_enough = min(len(scan.human), len(scan.synthetic)) >= ROWS_TO_PASS
        undecided = Severity.INFO if is_chance and is_enough else Severity.WARNING
        return Inconclusive(reason, rows, undecided=undecided, evidence=evidence)
    return Measured(
        Estimate.exact(len(gone)),
        rows,
        growth=Growth(rows_to_pass=ROWS_TO_PASS),
        note="vanished: " + ", ".join(_words(level) for level in gone[:3]) if gone else "",
        evidence=evidence,
    )


def _union(scan: Scan, levels: list[Level]) -> Measurement:
    fewest = sorted(levels, key=lambda level: (level.column not in scan.roles.slices, level.rows, str(level)))
    least = fewest[0]
    enough = 30  # below it no share inside the level is known to better than a third
    measured = Measured(
        Estimate.exact(least.rows),
        RowCounts(len(scan.human), len(scan.synthetic)),
        note=f"fewest rows in {shortened(str(least))}: {least.human} human, {least.synthetic} synthetic",
        evidence={
            "thin": _counted([level for level in fewest if level.rows < enough]),
            "repaired_by_synthetic": _counted([level for level in levels if level.human < enough <= level.rows]),
        },
    )
    # Sound tables have rare levels; that these are groups that a model must serve is for somebody to say.
    return measured if scan.roles.slices else ReportOnly(measured, "no slices are declared")


def all_levels(scan: Scan) -> list[Level]:
    """Every level of every categorical column with a human prevalence of .5 %, and every level of declared slices.

    Call through `scan.cached(all_levels)`.
    """
    levels: list[Level] = []
    for column in dict.fromkeys((*scan.roles.slices, *(() if scan.roles.texts else scan.roles.content))):
        is_slice = column in scan.roles.slices
        if column in scan.roles.identifying and not is_slice:
            continue
        human = scan.human.frame[column]
        if is_slice or is_categorical(human):
            levels.extend(_levels(scan, column, is_slice=is_slice))
    return levels


def _levels(scan: Scan, column: str, *, is_slice: bool) -> list[Level]:
    mine, theirs = _counts(scan.human, column), _counts(scan.synthetic, column)
    n_human, n_synthetic = len(scan.human), len(scan.synthetic)
    my_groups, their_groups = _group_counts(scan.human, column), _group_counts(scan.synthetic, column)
    human_groups, synthetic_groups = (len(np.unique(rows.group)) for rows in (scan.human, scan.synthetic))
    levels = []
    for value in sorted(mine.keys() | theirs.keys() if is_slice else mine.keys()):
        human, synthetic = mine.get(value, 0), theirs.get(value, 0)
        share = human / max(1, n_human)
        if share < PREVALENCE_AT_LEAST and not is_slice:
            continue
        low, high = clopper_pearson(human, n_human).low, clopper_pearson(synthetic, n_synthetic).high
        shares = share, synthetic / max(1, n_synthetic)
        scaled = round(share * scan.human.total), round(shares[1] * scan.synthetic.total)
        having, having_synthetic = (groups.get(value, 0) for groups in (my_groups, their_groups))
        bounds = clopper_pearson(having, human_groups).low, clopper_pearson(having_synthetic, synthetic_groups).high
        chance = _chance_of_so_few(having, having_synthetic, synthetic_groups / max(1, human_groups + synthetic_groups))
        levels.append(Level(column, value, is_slice, *scaled, *shares, low, high, *bounds, chance))
    return levels


def _chance_of_so_few(human: int, synthetic: int, share: float) -> float:
    """Of at most so many synthetic groups among all that have a level, where each is synthetic with this chance: a binomial tail."""
    return float(betainc(human, synthetic + 1, 1 - share)) if human else 1.0


def _counts(rows: Rows, column: str) -> dict[str, int]:
    counts = rows.frame[column].cast(pl.String).drop_nulls().value_counts()
    return {str(value): int(count) for value, count in counts.iter_rows()}


def _group_counts(rows: Rows, column: str) -> dict[str, int]:
    """By level the groups in which it occurs."""
    values = pl.DataFrame({"value": rows.frame[column].cast(pl.String), "group": rows.group}).drop_nulls().unique()
    return {str(value): int(count) for value, count in values["value"].value_counts().iter_rows()}


def is_categorical(values: pl.Series) -> bool:
    """Whether a column's values are levels: few words, or whole numbers that repeat."""
    if is_whole(values.dtype):
        present = values.drop_nulls()
        return 0 < present.n_unique() <= min(INTEGER_LEVELS_AT_MOST, len(present) // INTEGER_LEVELS_AT_MOST)
    is_word = values.dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum)
    return is_word and not is_high_cardinality(values)


def _counted(levels: list[Level]) -> list[dict[str, object]]:
    return [
        {"level": str(level), "human": level.human, "synthetic": level.synthetic} for level in levels[:EVIDENCE_LEVELS]
    ]


def _words(level: Level) -> str:
    return f"{shortened(str(level))} ({level.human:,} human, {level.synthetic:,} synthetic)"


METRIC = Metric(
    expectation="expect_rare_slices_to_be_covered",
    measure=measure,
    side=Side.BETWEEN,
    finding="Rare groups are missing, or have too few rows",
    unit=Unit.COUNT,
    asks="Are the rare groups still there, and does each have enough rows?",
    why=(
        "Generators drop what is rare first, and no average shows it: a 1.7 % level that is gone moves its column by .017. A group with "
        "fewer than 30 rows cannot be learned or tested."
    ),
    source="Shumailov et al., Nature 631 (2024): tails vanish first; exact binomial bounds",
    fix="Condition the generator on the group that is missing, or collect human rows for it; synthetic rows may fill a gap but count as synthetic.",
    params=(("kind", "vanished"),),
    detail=("kind",),
    languages_together='levels are looked at one by one: with slices = ["language"] each language is one',
    cached="rows by origin",
    reads="the sample",
)
