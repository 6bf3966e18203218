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


def shapes_of(text: pl.Series) -> pl.Series:
    """The texts with a 1 for every digit."""
    return text.str.replace_all(r"\d", "1")


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
    may_read: mask of the shapes that such a value can have, where texts and not numbers are read; None where `manners`
    tells that of a shape as well. A shape is a text with a 1 for every digit, which is as good as any in every place but
    the first of a year.
    """

    name: str
    manners: Callable[[pl.Series], pl.DataFrame]
    read: Callable[[pl.Series, ColumnDecision], pl.Series]
    traits: Callable[[Manners, ColumnDecision], pl.DataFrame]
    decide: Callable[[Manners], ColumnDecision | None] = lambda _manners: ColumnDecision()
    reads_numbers: bool = False
    may_read: Callable[[pl.Series], pl.Series] | None = None

    def possible(self, shapes: pl.Series) -> pl.Series:
        """Mask of the shapes that a value of this kind can have; of no other shape is any."""
        return self.may_read(shapes) if self.may_read else self.manners(shapes).to_series(0).is_not_null()
