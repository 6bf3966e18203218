"""The few columns of every row that annotations, slices and lineage are counted from, accumulated in the pass over the data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, SYNTHETIC_CODE, UNDECLARED_CODE, Roles
from gates.data.scan.accumulators import PerRow
from gates.metrics.base.measurement import NotConfigured
from gates.verdict import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.data.batch import Batch
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Params

_RATING_ROLES = ("item", "annotator", "expertise", "domain")
_ORIGINS = ("human", "synthetic", UNDECLARED)
# Where each origin's word stands, by its code.
_PLACES = np.argsort([HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE])
_LABEL_COLUMN = re.compile(r"label_[1-9][0-9]*")


def role_column(scan: Scan, role: str) -> str | None:
    """The column that plays a role, or None where the data has none."""
    return role if role in scan.roles.bound else None


def not_configured(scan: Scan, missing: str, *roles: str) -> NotConfigured:
    """No columns play these roles, with the line that makes them, or that data of this type has no such role."""
    unknown = [role for role in roles if role not in scan.roles.mappable]
    if unknown:
        return NotConfigured(f"{missing}; data of type {scan.roles.type} has no role '{unknown[0]}'")
    return NotConfigured(missing, "columns = { " + ", ".join(f'{role} = "…"' for role in roles) + " }")


@dataclass(frozen=True)
class ColumnReader:
    """Makes an accumulator of one column of every row. Words are kept once and not once a row."""

    name: str

    def __call__(self, inputs: PassInputs) -> PerRow:
        """The accumulator; of a column that the data lacks it needs no rows."""
        return PerRow(self._read, needs_rows=self.name in inputs.schema)

    def _read(self, batch: Batch) -> pl.Series:
        cells = batch.frame[self.name]
        return cells.cast(pl.Categorical) if cells.dtype == pl.String else cells


def annotation_columns(scan: Scan) -> pl.DataFrame:
    """Origin, and whatever says who made, judged or belongs to a row. Call through `scan.cached(annotation_columns)`."""
    return columns_of_all(scan, _annotation_names(scan.inputs))


def accumulate_annotations(inputs: PassInputs, params: Params) -> list[ColumnReader]:
    """What `annotation_columns` reads of every row."""
    return columns(_annotation_names(inputs), inputs)


def columns(names: Iterable[str | None], inputs: PassInputs) -> list[ColumnReader]:
    """An accumulator each of these columns, as far as the data has them."""
    return [ColumnReader(name) for name in dict.fromkeys(names) if name is not None and name in inputs.schema]


def columns_of_all(scan: Scan, names: Iterable[str]) -> pl.DataFrame:
    """These columns of every row, as far as the data has them, with the origin, in the order of row ids."""
    index, wanted = scan.index, columns(names, scan.inputs)
    origins = pl.Series(_ORIGINS, dtype=pl.Categorical).gather(np.take(_PLACES, index.origin))
    series = zip(wanted, scan.collected_together(wanted), strict=True)
    collected = {column.name: _typed(values, scan.inputs.schema[column.name]) for column, values in series}
    return pl.DataFrame({ORIGIN: origins, **collected})


def _typed(values: pl.Series, kind: pl.DataType) -> pl.Series:
    """Of data without rows no batch says the type."""
    return values if len(values) else pl.Series(dtype=pl.Categorical if kind == pl.String else kind)


def _annotation_names(inputs: PassInputs) -> list[str]:
    roles = inputs.roles
    named = [role for role in _RATING_ROLES if role in roles.bound]
    wanted = [*named, *label_columns(roles), roles.label, *roles.slices, *inputs.declared.population]
    return [name for name in wanted if name]


def label_columns(roles: Roles) -> tuple[str, ...]:
    """The columns label_1, label_2, ... of data with one column per annotator, in the order of their numbers."""
    names = [name for name in roles.bound if _LABEL_COLUMN.fullmatch(name)]
    return tuple(sorted(names, key=lambda name: int(name.rpartition("_")[2])))
