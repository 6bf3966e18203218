"""Rows that extend on purpose: a rare class made more frequent, extremes, rare intents; sound, and with three defects each.

Sound ones are interpolated between human rows of the class (as SMOTE does: Chawla et al., 2002), or are rows of the class
that other people are. Defects are copies, three patterns over and over, and rows of other classes under the rare label.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from .planting import Halves, Plant, Rng

EXTEND = '\nsynthetic_role = "extend"'
ROWS_ADDED, COPIED, PATTERNS = 300, 0.3, 3
# Of human rows a pattern may differ in these numbers and is still the same.
NOISE = 0.02


@dataclass(frozen=True)
class Rare:
    """The rows of one class: where `column` is `value`. added: how sound rows of it come about."""

    column: str
    value: str

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of the class."""
        return frame.filter(pl.col(self.column) == self.value)

    def others(self, halves: Halves, rng: Rng) -> Halves:
        """Rows of the class that other people are."""
        pool = self.of(pl.concat([halves.synthetic, halves.spare]))
        return replace(halves, synthetic=pool[rng.permutation(pool.height)[:ROWS_ADDED]])

    def interpolated(self, halves: Halves, rng: Rng) -> Halves:
        """Rows between two human rows of the class; a word is that of either."""
        pool = self.of(halves.human)
        one, other = (pool[rng.integers(pool.height, size=ROWS_ADDED)] for _ in range(2))
        part = rng.random(ROWS_ADDED)
        columns = []
        for name, kind in pool.schema.items():
            if kind.is_numeric():
                mixed = pl.Series(name, one[name].to_numpy() * part + other[name].to_numpy() * (1 - part))
                columns.append(mixed.round(0 if kind.is_integer() else 2).cast(kind))
            else:
                columns.append(
                    pl.Series(name, np.where(part > 0.5, one[name].to_numpy(), other[name].to_numpy()), kind)
                )
        return replace(halves, synthetic=pl.DataFrame(columns))

    def copied(self, halves: Halves, rng: Rng) -> Halves:
        """A third of what was added stands among the human rows."""
        fresh, pool = self.others(halves, rng).synthetic, self.of(halves.human)
        count = round(COPIED * fresh.height)
        return replace(halves, synthetic=pl.concat([pool[rng.integers(pool.height, size=count)], fresh[count:]]))

    def one_mode(self, halves: Halves, rng: Rng) -> Halves:
        """Three rows over and over, with a little noise in numbers or another last word."""
        rows = self.of(halves.spare)[rng.integers(PATTERNS, size=ROWS_ADDED)]
        columns = []
        for name, kind in rows.schema.items():
            if kind.is_float():
                columns.append(rows[name] * (1 + NOISE * rng.normal(size=ROWS_ADDED)))
            elif name == "text":
                columns.append(
                    pl.Series(
                        name,
                        [
                            f"{text} {number}"
                            for text, number in zip(rows[name], rng.integers(10**6, size=ROWS_ADDED), strict=True)
                        ],
                    )
                )
        return replace(halves, synthetic=rows.with_columns(columns))

    def mislabelled(self, halves: Halves, rng: Rng) -> Halves:
        """Rows of other classes under the rare label."""
        pool = pl.concat([halves.synthetic, halves.spare]).filter(pl.col(self.column) != self.value)
        rows = pool[rng.permutation(pool.height)[:ROWS_ADDED]]
        return replace(halves, synthetic=rows.with_columns(pl.lit(self.value).alias(self.column)))


def with_extremes(plant: Plant) -> Plant:
    """Marks the rows of many visits to a doctor first, so that they are a slice of their own."""

    def marked(frame: pl.DataFrame) -> pl.DataFrame:
        heavy = pl.when(pl.col("mdvis") >= 8).then(pl.lit("many")).otherwise(pl.lit("few"))
        return frame.with_columns(use=heavy)

    def plant_marked(halves: Halves, rng: Rng) -> Halves:
        return plant(replace(halves, **{name: marked(frame) for name, frame in vars(halves).items()}), rng)

    return plant_marked


RICH, FAIR, EXTREME, INTENT = Rare("income", ">50K"), Rare("cut", "Fair"), Rare("use", "many"), Rare("label", "net")
