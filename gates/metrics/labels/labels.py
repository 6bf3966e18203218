"""The label of each row as a class, for the checks that compare labels of human rows with those of synthetic rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl

from gates.data.arrays import Ints, first_of_each
from gates.metrics.base.measurement import Failed, Measurement, NotConfigured

if TYPE_CHECKING:
    from gates.data.scan.result import Rows, Scan

# Of more values than this a class has too few rows to know its rate: grades, prices and free answers are no classes.
CLASSES_AT_MOST = 50
NO_LABEL = -1


class Scheme(Protocol):
    """What rows are labelled by."""

    @property
    def column(self) -> str:
        """The column that it is read from."""

    @property
    def names(self) -> tuple[str, ...]:
        """What each code stands for, by position."""

    def codes(self, frame: pl.DataFrame) -> Ints:
        """Of each row, a position in `names`, or NO_LABEL."""


@dataclass(frozen=True)
class Classes:
    """The column of labels and the classes that occur in it, in order."""

    column: str
    names: tuple[str, ...]

    def codes(self, frame: pl.DataFrame) -> Ints:
        """The class of each row of a frame with the column, as a position in `names`; NO_LABEL where it has none."""
        table = {name: code for code, name in enumerate(self.names)}
        coded = _words(frame[self.column]).replace_strict(table, default=NO_LABEL, return_dtype=pl.Int64)
        return coded.fill_null(NO_LABEL).to_numpy()


def classes(scan: Scan) -> Classes | Measurement:
    """The classes of the declared label, or why there are none. Call through `scan.cached(classes)`."""
    column = scan.roles.label
    if column is None:
        return NotConfigured("no label is declared", 'label = "<column>"')
    sides = {"human": scan.human, "synthetic": scan.synthetic}
    labels = {origin: _words(rows.frame[column]).drop_nulls() for origin, rows in sides.items()}
    unlabelled = [origin for origin, words in labels.items() if not len(words)]
    if unlabelled:
        return Failed(f"no {' and no '.join(unlabelled)} row has a label in column '{column}'")
    names = tuple(pl.concat(list(labels.values())).unique().sort().to_list())
    if len(names) > CLASSES_AT_MOST:
        return NotConfigured(
            f"column '{column}' has {len(names):,} values, and at most {CLASSES_AT_MOST} can be compared as classes",
            'label = "<a column of classes>"',
        )
    return Classes(column, names)


def labelled(rows: Rows, scheme: Classes, *, one_of_each_group: bool = False) -> Rows:
    """The rows that have a label; of each group the first one only where rows of a group are not independent."""
    mask = scheme.codes(rows.frame) != NO_LABEL
    if one_of_each_group:
        mask &= first_of_each(np.where(mask, rows.group, 0))
    return rows.where(mask)


def _words(values: pl.Series) -> pl.Series:
    """Labels as words, blank ones and NaN null."""
    if values.dtype.is_float():
        values = values.fill_nan(None)
    words = values.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(words != "").then(words)).to_series()
