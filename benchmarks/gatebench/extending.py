"""Rows that extend on purpose: a rare class made more frequent, extremes, rare intents; sound, and with three defects each.

Sound ones are interpolated between near human rows of the class (as SMOTE does: Chawla et al., 2002), or are rows of the class
that other people are. Defects are copies, three patterns over and over, and rows of other classes under the rare label.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

    from .planting import Halves, Plant, Rng

EXTEND = '\nsynthetic_role = "extend"'
ROWS_ADDED, COPIED, PATTERNS, NEIGHBOURS = 300, 0.3, 3, 5
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
        """Rows between a human row of the class and one of its nearest others; what is no number, or follows from it, is its own."""
        pool = self.of(halves.human)
        names = [name for name, kind in pool.schema.items() if kind.is_numeric()]
        words = [name for name, kind in pool.schema.items() if not kind.is_numeric()]
        one = rng.integers(pool.height, size=ROWS_ADDED)
        other = _nearest(pool.select(names), pool.select(words))[one, rng.integers(NEIGHBOURS, size=ROWS_ADDED)]
        part = rng.random(ROWS_ADDED)
        rows = pool[one]
        for name in names:
            if any(pool.group_by(word).agg(pl.col(name).n_unique())[name].max() == 1 for word in words):
                continue
            kind = pool.schema[name]
            mixed = pl.Series(name, rows[name].to_numpy() * part + pool[other][name].to_numpy() * (1 - part))
            rows = rows.with_columns(mixed.round(0 if kind.is_integer() else 2).cast(kind))
        return replace(halves, synthetic=rows)

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


def _nearest(numbers: pl.DataFrame, words: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Positions of the nearest others of each row: standard deviations of numbers, and one for each other word."""
    scaled = (numbers.to_numpy() - numbers.to_numpy().mean(axis=0)) / (numbers.to_numpy().std(axis=0) + 1e-9)
    squared = ((scaled[:, None, :] - scaled[None, :, :]) ** 2).sum(axis=2)
    for name in words.columns:
        level = words[name].cast(pl.String).fill_null("").to_numpy()
        squared += level[:, None] != level[None, :]
    np.fill_diagonal(squared, np.inf)
    return np.argsort(squared, axis=1)[:, :NEIGHBOURS]


def with_extremes(plant: Plant) -> Plant:
    """Marks the rows of many visits to a doctor first, so that they are a slice of their own."""

    def marked(frame: pl.DataFrame) -> pl.DataFrame:
        heavy = pl.when(pl.col("mdvis") >= 8).then(pl.lit("many")).otherwise(pl.lit("few"))
        return frame.with_columns(use=heavy)

    def plant_marked(halves: Halves, rng: Rng) -> Halves:
        return plant(replace(halves, **{name: marked(frame) for name, frame in vars(halves).items()}), rng)

    return plant_marked


RICH, FAIR, EXTREME, INTENT = Rare("income", ">50K"), Rare("cut", "Fair"), Rare("use", "many"), Rare("label", "net")
RACE, JAPANESE = Rare("race", "Black"), Rare("language", "ja")
