"""Content columns as small integers, with edges and levels frozen from the human rows.

Frozen edges make two histograms comparable and summable; levels that no human row has share one code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.text.features import text_features

if TYPE_CHECKING:
    from gates.data.arrays import Codes, Floats, Mask
    from gates.data.scan.result import Rows, Scan

# At most this many grid points per numeric column: the error of a KS distance read off the grid is under 1/1,024,
# fifty times smaller than the .05 limit.
GRID_POINTS = 1024
# A string column whose values are mostly distinct is an identifier or free text, not a category: two clean halves
# of one lie at a total variation distance near 1. Its lengths and patterns are compared instead.
HIGH_CARDINALITY_RATIO = 0.5
HIGH_CARDINALITY_LEVELS = 50
# A thousandth of a second's work each, and of texts of a megabyte as much as of one batch.
_PATTERNS_AT_ONCE = 500


class ColumnKind(StrEnum):
    """How a feature's values are compared."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"


@dataclass(frozen=True)
class Feature:
    """One comparable column: its name in messages, its kind, and its frozen grid or levels.

    unit: the type of a column of times, which numbers of the grid count.
    codes: 0 stands for a missing value; numeric grids have a code per grid point and one per gap between points;
    categories have one code per human level and a last one for every other level.
    """

    name: str
    kind: ColumnKind
    grid: Floats
    levels: tuple[str, ...] = ()
    unit: pl.DataType | None = None

    @property
    def size(self) -> int:
        """Number of codes."""
        return 2 * len(self.grid) + 2 if self.kind is ColumnKind.NUMERIC else len(self.levels) + 2

    def shown(self, number: float) -> str:
        """A number of the column as a person writes it: a time where it counts time."""
        if self.unit is not None:
            # Days are counted in 32 bits.
            count = pl.Series([round(number)]).cast(pl.Int32 if self.unit == pl.Date else pl.Int64)
            return str(count.cast(self.unit)[0])
        # Nobody counts the zeros of an exponent.
        return f"{number:,.0f}" if 1_000 <= abs(number) < 1e9 else f"{number:.4g}"  # noqa: PLR2004

    def encode(self, values: pl.Series) -> Codes:
        """Codes of the values, one per row."""
        if self.kind is ColumnKind.CATEGORICAL:
            table = dict(zip(self.levels, range(1, len(self.levels) + 1), strict=True))
            other = len(self.levels) + 1
            codes = values.replace_strict(table, default=other, return_dtype=pl.Int32)
            return np.where(values.is_null().to_numpy(), 0, codes.to_numpy()).astype(np.int32)
        numbers = values.cast(pl.Float64).to_numpy()
        left = np.searchsorted(self.grid, numbers, side="left")
        right = np.searchsorted(self.grid, numbers, side="right")
        return np.where(np.isnan(numbers), 0, left + right + 1).astype(np.int32)


@dataclass(frozen=True)
class Coded:
    """Rows of one origin as codes: `codes[feature]` has one entry per row; `frame` holds the features' values."""

    features: tuple[Feature, ...]
    codes: dict[str, Codes]
    frame: pl.DataFrame

    def __len__(self) -> int:
        return self.frame.height

    def where(self, mask: Mask) -> Coded:
        """The rows under the mask."""
        codes = {name: code[mask] for name, code in self.codes.items()}
        return Coded(self.features, codes, self.frame.filter(pl.Series(mask)))

    def without(self, column: str | None) -> Coded:
        """The rows without the feature that a column is."""
        return replace(self, features=tuple(feature for feature in self.features if feature.name != column))


@dataclass(frozen=True)
class CodedScan:
    """Both partitions under one coding, and the content columns that cannot be compared with the reason."""

    features: tuple[Feature, ...]
    human: Coded
    synthetic: Coded
    generators: dict[str, Coded]
    skipped: dict[str, str]


def coded(scan: Scan) -> CodedScan:
    """The scan's samples as codes. Call through `scan.cached(coded)`."""
    human_frame, skipped = feature_frame(scan, scan.human)
    kinds = scan.human.frame.schema
    features = tuple(_freeze(human_frame[name], kinds.get(name)) for name in human_frame.columns)

    def encoded(rows: Rows) -> Coded:
        return _encode(features, feature_frame(scan, rows)[0].select(human_frame.columns))

    generators = {name: encoded(rows) for name, rows in scan.generators.items()}
    return CodedScan(features, _encode(features, human_frame), encoded(scan.synthetic), generators, skipped)


def encode_rows(scan: Scan, rows: Rows) -> Coded:
    """Other rows, such as the holdout's, under the scan's coding."""
    coding = scan.cached(coded)
    return _encode(coding.features, feature_frame(scan, rows)[0].select(feature.name for feature in coding.features))


def feature_frame(scan: Scan, rows: Rows) -> tuple[pl.DataFrame, dict[str, str]]:
    """Comparable features of rows (strings, booleans as strings, numbers as floats), and what was left out and why.

    What a column becomes is decided on the human rows, whatever rows are asked for.
    """
    if scan.roles.texts:
        return text_features(rows.frame[scan.roles.texts[0]]), {}
    columns: dict[str, pl.Series] = {}
    skipped: dict[str, str] = {}
    for name in scan.roles.content:
        human, own = scan.human.frame[name], rows.frame[name]
        names_a_thing = name in scan.roles.identifying or name == scan.roles.group
        reason = "says which thing a row is about" if names_a_thing else why_not_compared(human)
        if reason:
            skipped[name] = reason
        elif human.dtype.is_numeric():
            columns[name] = own.cast(pl.Float64).fill_nan(None)
        elif human.dtype.is_temporal():
            columns[name] = own.to_physical().cast(pl.Float64)
            columns.update(_calendar(name, human, own))
        elif is_high_cardinality(human):
            text = own.cast(pl.String)
            columns[f"length of {name}"] = text.str.len_chars().cast(pl.Float64)
            columns[f"pattern of {name}"] = _pattern(text)
        else:
            columns[name] = own.cast(pl.String)
    return pl.DataFrame(columns), skipped


def why_not_compared(values: pl.Series) -> str:
    """Why a column of human values has nothing to be compared with; "" where it has."""
    if reason := why_never_compared(values.dtype):
        return reason
    if values.null_count() == len(values):
        return "no human values"
    if is_whole(values.dtype):
        present = values.drop_nulls()
        spread = int(present.max()) - int(present.min())  # type: ignore[arg-type]
        is_unique = len(present) >= HIGH_CARDINALITY_LEVELS and present.n_unique() == len(present)
        # Consecutive unique integers number the rows; that they differ between partitions says nothing.
        if is_unique and spread < 3 * len(present):
            return "a row number"
    return ""


def why_never_compared(kind: pl.DataType) -> str:
    """Why no values of a type are compared; "" where they may be."""
    return f"{kind} values are not compared" if kind.is_nested() or kind == pl.Binary else ""


def is_whole(kind: pl.DataType) -> bool:
    """Whether a type holds whole numbers alone."""
    return kind.is_integer() or (isinstance(kind, pl.Decimal) and kind.scale == 0)


def is_high_cardinality(values: pl.Series) -> bool:
    """Whether words are mostly distinct, as identifiers and free text are."""
    if values.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return False
    present = values.drop_nulls()
    distinct = present.n_unique()
    return distinct > HIGH_CARDINALITY_LEVELS and distinct > HIGH_CARDINALITY_RATIO * len(present)


def _calendar(name: str, human: pl.Series, own: pl.Series) -> dict[str, pl.Series]:
    """What repeats in dates and times, whatever years they lie in: the day of the week, and the hour where people have several."""
    profiles: dict[str, pl.Series] = {}
    if human.dtype in (pl.Date, pl.Datetime):
        profiles[f"day of the week of {name}"] = own.dt.to_string("%A")
    if human.dtype == pl.Datetime and human.dt.hour().n_unique() > 1:
        profiles[f"hour of {name}"] = own.dt.to_string("%H")
    return profiles


def _pattern(text: pl.Series) -> pl.Series:
    """Character classes in order, runs collapsed: "AB-1204" becomes "A-9"."""
    # In slices, because each step copies its texts.
    return pl.concat([_pattern_of_some(rows) for rows in text.to_frame().iter_slices(_PATTERNS_AT_ONCE)] or [text])


def _pattern_of_some(rows: pl.DataFrame) -> pl.Series:
    text = rows.to_series()
    for expression, mark in ((r"\p{Lu}+", "A"), (r"\p{Ll}+", "a"), (r"\p{N}+", "9"), (r"\s+", " ")):
        text = text.str.replace_all(expression, mark)
    return text.str.slice(0, 40)


def _freeze(values: pl.Series, kind: pl.DataType | None) -> Feature:
    """The feature of human values. kind: the type of the column that they were, None where they are no column's."""
    if values.dtype == pl.String:
        levels = tuple(values.drop_nulls().unique().sort().to_list())
        return Feature(values.name, ColumnKind.CATEGORICAL, np.empty(0), levels)
    ordered = np.sort(values.drop_nulls().drop_nans().to_numpy())
    present = np.unique(ordered)
    if len(present) > GRID_POINTS:
        at = np.linspace(0, len(ordered) - 1, GRID_POINTS).round().astype(int)
        present = np.unique(ordered[at])
    return Feature(values.name, ColumnKind.NUMERIC, present, unit=kind if kind and kind.is_temporal() else None)


def _encode(features: tuple[Feature, ...], frame: pl.DataFrame) -> Coded:
    return Coded(features, {feature.name: feature.encode(frame[feature.name]) for feature in features}, frame)
