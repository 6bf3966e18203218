"""What was inferred from the human rows, before anybody has accepted it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.init.drafts.bounds import CONSTRAINT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

# A moment is a date as well.
RangeEnd = float | date
# Rule of three: no violation among 300 trials puts the rate under 1 %, the limit of the constraint check.
LEAST_TRIALS = 300


class InferredKind(StrEnum):
    """What a column holds, as far as values tell."""

    NUMERIC = "numeric"
    INTEGER_VALUED = "integer-valued"
    BOOLEAN = "boolean"
    CATEGORICAL = "categorical"
    IDENTIFIER = "identifier"
    TEXT = "text"
    TIMESTAMP = "timestamp"
    OTHER = "other"


class ConstraintKind(StrEnum):
    """Rules across rows or columns, as `expect_constraint_violation_ratio_to_be_less_than` names them."""

    FUNCTIONAL_DEPENDENCY = "functional_dependency"
    INEQUALITY = "inequality"
    KEY = "key"
    SUM = "sum"
    PRODUCT = "product"
    MISSING_WITH = "missing_with"
    MISSING_TOGETHER = "missing_together"


@dataclass(frozen=True)
class InferredLimit:
    """The failing ratio in [0, 1] that an inferred rule may have, and why."""

    max_value: float
    reason: str


@dataclass(frozen=True)
class ColumnDraft:
    """One column's draft.

    rows: values seen, missing: rows without one (null, or NaN among floats). minimum, maximum: the ends of the range of
    numbers or of times, None where there is no range rule. vocabulary: the levels of a categorical column in order. pattern: a
    regular expression of the form of codes, "" where there is none.
    limits: one per rule of the column, by the rule's name (`type`, `not-null`, `range`, ...).
    """

    name: str
    dtype: pl.DataType
    kind: InferredKind
    rows: int
    missing: int
    minimum: RangeEnd | None = None
    maximum: RangeEnd | None = None
    vocabulary: tuple[str, ...] = ()
    pattern: str = ""
    limits: Mapping[str, InferredLimit] = field(default_factory=dict)

    @property
    def is_nullable(self) -> bool:
        """Whether human rows lack values."""
        return self.missing > 0 or self.rows == 0


@dataclass(frozen=True)
class Constraint:
    """A rule that no human row breaks.

    rows: how many rows could have broken it. max_value: the ratio of rows in [0, 1] that may break it.
    """

    kind: ConstraintKind
    columns: tuple[str, ...]
    rows: int
    reason: str
    max_value: float = CONSTRAINT_LIMIT


@dataclass(frozen=True)
class Draft:
    """Everything inferred from `rows` of the `total_rows` human rows."""

    rows: int
    total_rows: int
    columns: tuple[ColumnDraft, ...]
    constraints: tuple[Constraint, ...]
