"""Defects of any dataset: each takes the synthetic rows, spare rows of the same people, and chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Halves:
    """Human rows, synthetic ones, and spare rows of the same people."""

    human: pl.DataFrame
    synthetic: pl.DataFrame
    spare: pl.DataFrame


Rng = np.random.Generator
Plant = Callable[[Halves, Rng], Halves]


def changed(halves: Halves, share: float, rng: Rng, expression: pl.Expr) -> Halves:
    """A share of synthetic rows with a column changed."""
    marks = pl.Series(rng.random(halves.synthetic.height) < share)
    name = expression.meta.output_name()
    column = pl.when(marks).then(expression).otherwise(pl.col(name)).alias(name)
    return replace(halves, synthetic=halves.synthetic.with_columns(column))


def cells(share: float, expression: pl.Expr) -> Plant:
    """A share of cells of one column holds something else."""
    return lambda halves, rng: changed(halves, share, rng, expression)


def texts(share: float, column: str, change: Callable[[str], str]) -> Plant:
    """A share of texts of one column is changed."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        changes = [change(text) if rng.random() < share else text for text in halves.synthetic[column]]
        return replace(halves, synthetic=halves.synthetic.with_columns(pl.Series(column, changes, pl.String)))

    return plant


def exchanged(share: float, one: str, other: str) -> Plant:
    """In a share of synthetic rows two columns have each other's values."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        mark = pl.lit(pl.Series(rng.random(halves.synthetic.height) < share))
        sides = ((one, other), (other, one))
        return replace(
            halves,
            synthetic=halves.synthetic.with_columns(pl.when(mark).then(b).otherwise(a).alias(a) for a, b in sides),
        )

    return plant


def copies(share: float, *, of_people: bool = True, noise: pl.Expr | None = None) -> Plant:
    """A share of synthetic rows are human rows, or repeat one another; with `noise` one column differs."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        count = round(share * halves.synthetic.height)
        source = halves.human if of_people else halves.synthetic[count:]
        rows = source[rng.integers(source.height, size=count)]
        rows = rows.with_columns(noise) if noise is not None else rows
        return replace(halves, synthetic=pl.concat([rows, halves.synthetic[count:]], how="vertical_relaxed"))

    return plant


def shuffled(share: float, *columns: str) -> Plant:
    """In a share of synthetic rows these columns, each on its own, are dealt out again; all columns without a name."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        frame = halves.synthetic
        at = np.flatnonzero(rng.random(frame.height) < share)
        rows = frame[at].with_columns(
            pl.Series(name, frame[name][rng.permutation(at)]) for name in columns or frame.columns
        )
        rest = frame[np.setdiff1d(np.arange(frame.height), at)]
        return replace(halves, synthetic=pl.concat([rest, rows]))

    return plant


def lacking(condition: pl.Expr) -> Plant:
    """No synthetic row is one of these; spare rows that are not take their place."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        pool = pl.concat([halves.synthetic, halves.spare]).filter(~condition)
        return replace(halves, synthetic=pool[rng.integers(pool.height, size=halves.synthetic.height)].unique())

    return plant


def one_mode(patterns: int, noise: Sequence[pl.Expr] = ()) -> Plant:
    """All synthetic rows come from a few patterns, and differ in little."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        rows = halves.spare[rng.integers(patterns, size=halves.synthetic.height)]
        return replace(halves, synthetic=rows.with_columns(noise))

    return plant


def repeated_with(share: float, expression: pl.Expr) -> Plant:
    """A share of synthetic rows stand there again, with one column changed."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        again = halves.synthetic.filter(pl.Series(rng.random(halves.synthetic.height) < share))
        return replace(halves, synthetic=pl.concat([halves.synthetic, again.with_columns(expression)]))

    return plant


def in_order(share: float, unit: str, column: str) -> Plant:
    """In a share of units (days, sessions) one column stands in random order."""

    def plant(halves: Halves, rng: Rng) -> Halves:
        names = halves.synthetic[unit].unique(maintain_order=True)
        chosen = names.filter(pl.Series(rng.random(len(names)) < share)).implode()
        mixed = pl.col(column).shuffle(int(rng.integers(2**31))).over(unit)
        return replace(
            halves,
            synthetic=halves.synthetic.with_columns(
                pl.when(pl.col(unit).is_in(chosen)).then(mixed).otherwise(pl.col(column)).alias(column)
            ),
        )

    return plant


def misread(text: str) -> str:
    """UTF-8 read as Latin-1."""
    return text.encode().decode("latin-1")


def looped(text: str) -> str:
    """The last words, over and over."""
    return f"{text} " + " ".join(text.split()[-8:] * 8)


def cut(text: str) -> str:
    """The first two thirds, to the middle of a word."""
    return text[: max(4, len(text) * 2 // 3)].rstrip(" .!?\n")
