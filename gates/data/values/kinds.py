"""What a kind of value has to offer, so that columns of it can be recognised and read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What programs write where a value is missing.
NULL_WORDS = frozenset(
    {"", "nan", "none", "null", "na", "n/a", "#n/a", "nil", "undefined", "missing", "<na>", "nat", "\\n"}
)
# A longer text is a sentence, whatever stands in it.
LONGEST_VALUE = 48

# How many values of each origin are written in one manner: a column for each trait, `origin` and `count`.
Manners = pl.DataFrame


def is_null_word(text: pl.Series) -> pl.Series:
    """Mask of the texts that say that there is no value; null for null."""
    return text.str.strip_chars().str.to_lowercase().is_in(NULL_WORDS)


@dataclass(frozen=True)
class ColumnDecision:
    """How the values of a column are read, decided by all of them together.

    options: what reading takes beside the text. doubt: what no value of the column tells, as a clause.
    is_readable: False where that doubt leaves values that nobody can read.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    doubt: str = ""
    is_readable: bool = True


@dataclass(frozen=True)
class WrittenKind:
    """One kind of value. name: as in "`wage` reads as numbers". reads_numbers: columns of numbers may be of it, too.

    manners: the traits of each text, a column each; the first is null where, and only where, the text is no such value.
    read: the values, null where a text is none. traits: how values are written, in words; null where one does not show it.
    decide: how the column is read, by the manners of all its values; None where it is of another kind after all.
    """

    name: str
    manners: Callable[[pl.Series], pl.DataFrame]
    read: Callable[[pl.Series, ColumnDecision], pl.Series]
    traits: Callable[[Manners, ColumnDecision], pl.DataFrame]
    decide: Callable[[Manners], ColumnDecision | None] = lambda _manners: ColumnDecision()
    reads_numbers: bool = False
