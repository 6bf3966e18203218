"""How the columns of a dataset are read whose values are written in clothes; decided once, applied wherever rows are looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from gates.data.values.kinds import ColumnDecision, Manners, WrittenKind, is_null_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


@dataclass(frozen=True)
class Reading:
    """How one column is read.

    manners: how many of its values are written in which manner, by origin. values: how many there are that are not null,
    by origin. unread: the first values by origin, in order, that are of no such kind.
    """

    kind: WrittenKind
    decision: ColumnDecision
    manners: Manners
    values: Mapping[str, int]
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_applied(self) -> bool:
        """Whether the column is compared as what it reads as; otherwise as it stands."""
        return self.decision.is_readable

    def read_count(self, origin: str) -> int:
        """How many values of an origin are of the kind."""
        return int(self.manners.filter(pl.col("origin") == origin)["count"].sum())

    @property
    def ratio(self) -> float:
        """The share of all values that are of the kind."""
        return int(self.manners["count"].sum()) / max(1, sum(self.values.values()))

    def read(self, values: pl.Series) -> pl.Series:
        """The values, null where one is not of the kind; of a type that needs no reading, as they are."""
        is_written = values.dtype == pl.String or (values.dtype.is_numeric() and self.kind.reads_numbers)
        return self.kind.read(values, self.decision).alias(values.name) if is_written else values

    def to_json(self) -> dict[str, object]:
        """What a verdict says of it."""
        doubt = self.decision.doubt
        return {"kind": self.kind.name, "ratio": self.ratio, "compared": self.is_applied, "doubt": doubt}


@dataclass(frozen=True)
class Readings:
    """The readings of a dataset's columns, by column."""

    columns: Mapping[str, Reading] = field(default_factory=dict)

    def of(self, column: str) -> Reading | None:
        """The reading of a column that is compared as what it reads as."""
        reading = self.columns.get(column)
        return reading if reading and reading.is_applied else None

    def apply(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows with the columns read that are read."""
        names = [name for name in self.columns if name in frame.columns and self.of(name)]
        return frame.with_columns(self.columns[name].read(frame[name]) for name in names) if names else frame

    def unread(self, frame: pl.DataFrame) -> pl.DataFrame:
        """As texts, the values of columns that are read that are of no such kind; null for the others, and for missing ones.

        A column all of whose values are read is left out. frame: rows as files have them.
        """
        return frame.select(
            self._unread(name, frame[name])
            for name, reading in self.columns.items()
            if name in frame.columns and reading.is_applied and reading.ratio < 1
        )

    def _unread(self, name: str, values: pl.Series) -> pl.Series:
        words, is_read = values.cast(pl.String), self.columns[name].read(values).is_not_null()
        return words.set(is_read | is_null_word(words).fill_null(value=False), None)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """The columns of rows that were read."""
        if not self.columns:
            return schema
        return self.apply(pl.DataFrame(schema.empty_table())).to_arrow().schema

    def digestible(self) -> dict[str, object]:
        """All that decides how a value is read, as plain values."""
        return {
            name: [one.kind.name, sorted(one.decision.options.items())]
            for name, one in sorted(self.columns.items())
            if one.is_applied
        }


NO_READINGS = Readings()
