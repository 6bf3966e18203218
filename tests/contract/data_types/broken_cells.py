"""Rows that break a row rule, one of each origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tests.contract.changes import after, with_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.sound_datasets import Dataset

    Change = Callable[[Dataset], Dataset]

_LONGEST = 10_000_000
WORDS = "Some words that nobody else says"


def with_cell(column: str, value: object) -> Change:
    """The first row of each origin with another value."""
    return after(*(with_cells(origin, column, value, 1) for origin in ("human", "synthetic")))


def with_word(column: str) -> Change:
    """Numbers as texts, of which the first of each origin is a word: others still read as numbers."""

    def change(dataset: Dataset) -> Dataset:
        rows = dataset.rows.with_columns(pl.col(column).cast(pl.String))
        return with_cell(column, "much")(dataset.having(rows=rows))

    return change


def saying_the_same(column: str, other: str) -> Change:
    """The first row of each origin says the same in both columns."""

    def change(dataset: Dataset) -> Dataset:
        first = pl.int_range(pl.len()).over("origin") == 0
        values = pl.when(first).then(pl.col(other)).otherwise(pl.col(column))
        return dataset.having(rows=dataset.rows.with_columns(values.alias(column)))

    return change


def of_type(column: str, kind: pl.DataType | type[pl.DataType]) -> Change:
    """A column of texts with numbers in their place."""

    def change(dataset: Dataset) -> Dataset:
        numbers = pl.int_range(pl.len()).cast(kind)
        return dataset.having(rows=dataset.rows.with_columns(numbers.alias(column)))

    return change


def unreadable_time(dataset: Dataset) -> Dataset:
    rows = dataset.rows.with_columns(timestamp=pl.col("timestamp").cast(pl.String))
    return with_cell("timestamp", "yesterday")(dataset.having(rows=rows))


def of_taught_text(column: str) -> dict[str, Change]:
    """What a text that a model learns to write keeps beyond `of_text`."""
    return {
        f"{column}/no-leaked-frame": with_cell(column, f"{WORDS}\nOutput: more"),
        f"{column}/no-markup": with_cell(column, f"<p>{WORDS}</p>"),
        f"{column}/not-missing-word": with_cell(column, "NaN"),
    }


def of_text(column: str) -> dict[str, Change]:
    return {
        f"{column}/not-blank": with_cell(column, " \t"),
        f"{column}/valid-unicode": with_cell(column, f"{WORDS} \ufffd"),
        f"{column}/no-nul": with_cell(column, f"{WORDS} \0"),
        f"{column}/length": with_cell(column, "o" * (_LONGEST + 1)),
        f"{column}/type": of_type(column, pl.Int64),
    }
