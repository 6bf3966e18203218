"""The groups of rows that advice is given on: levels of slices, domain, language, locale and label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.advice.material import SYNTHETIC_AT_LEAST
from gates.metrics.base.measurement import Estimate, Measured, Measurement
from gates.metrics.comparison.strata import Sides, everything
from gates.metrics.fidelity import coverage, separability

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.facts import Roles
    from gates.data.scan.result import Scan

# A column of more levels is no kind of rows; of fewer rows a level has nothing to be measured on.
LEVELS_AT_MOST, ROWS_AT_LEAST = 20, 30
# A comparison of a level takes a second of so many rows.
ROWS_COMPARED = 1500
# Of more levels those with fewest human rows are not compared: they are counted all the same.
COMPARED_AT_MOST = 12
# What gives the origin away, as much as a line of a table holds.
FEATURES = 3


@dataclass(frozen=True)
class Likeness:
    """How synthetic rows compare with human ones. None where too few rows say it.

    separability: area under the ROC curve of a classifier of origins, .5 for rows that it cannot tell apart. coverage: of
    human rows by synthetic ones, relative to that by other human rows. unique_mass: share of human rows that no synthetic row
    comes near, beyond what other human rows leave. telling: what gives the origin away, the strongest first.
    """

    separability: Estimate | None = None
    coverage: Estimate | None = None
    unique_mass: float | None = None
    telling: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows of one level of a column. human, synthetic: how many rows of the dataset, estimated from the samples where these are not all."""

    column: str
    level: str
    human: int
    synthetic: int
    likeness: Likeness = Likeness()

    @property
    def name(self) -> str:
        """`sex=Female`."""
        return f"{self.column}={self.level}"


def group_columns(roles: Roles) -> tuple[str, ...]:
    """Declared slices, domain, language, locale and label, as far as they are columns."""
    named = (*roles.slices, *(role for role in ("domain", "language", "locale") if role in roles.bound), roles.label)
    return tuple(dict.fromkeys(name for name in named if name))


def groups_of(scan: Scan) -> list[Group]:
    """Every level of those columns that have few, those with most human rows first within a column."""
    sides = everything(scan)
    columns = [name for name in group_columns(scan.roles) if name in scan.human.frame.columns]
    groups = [group for name in columns for group in _levels(scan, name)]
    largest = sorted(groups, key=lambda group: -group.human)[:COMPARED_AT_MOST]
    compared = {group.name for group in largest}
    return [
        Group(one.column, one.level, one.human, one.synthetic, _of_level(scan, sides, one))
        if one.name in compared
        else one
        for one in groups
    ]


def likeness(scan: Scan, sides: Sides) -> Likeness:
    """The likeness of these sides, on at most `ROWS_COMPARED` rows of each. Called within `one_thread`, as its numbers hang on that."""
    sides = sides.within(sides.name, *(np.arange(len(rows)) < ROWS_COMPARED for rows in (sides.human, sides.synthetic)))
    separated, covered = separability.compare(scan, sides), coverage.compare(scan, sides, "coverage")
    area = _estimate(separated)
    mass = covered.evidence.get("unique_human_mass") if isinstance(covered, Measured) else None
    telling = separated.evidence.get("telling", {})
    return Likeness(
        separability=area and type(area)(area.value + 0.5, area.low + 0.5, area.high + 0.5),
        coverage=_estimate(covered),
        unique_mass=max(0.0, float(mass)) if isinstance(mass, float) else None,
        telling=tuple(telling)[:FEATURES] if isinstance(telling, dict) else (),
    )


def level_mask(values: pl.Series, level: str) -> Mask:
    """The rows of a level."""
    mask: Mask = (values.cast(pl.String) == level).fill_null(value=False).to_numpy()
    return mask


def _levels(scan: Scan, column: str) -> list[Group]:
    counts = [rows.frame[column].cast(pl.String).drop_nulls().value_counts() for rows in (scan.human, scan.synthetic)]
    human, synthetic = (dict(one.iter_rows()) for one in counts)
    if len(human) > LEVELS_AT_MOST:
        return []
    scale = [rows.total / max(1, len(rows)) for rows in (scan.human, scan.synthetic)]
    order = sorted(human, key=lambda level: (-human[level], level))
    return [
        Group(column, level, round(human[level] * scale[0]), round(synthetic.get(level, 0) * scale[1]))
        for level in order
    ]


def _of_level(scan: Scan, sides: Sides, group: Group) -> Likeness:
    masks = [level_mask(rows.frame[group.column], group.level) for rows in (sides.human, sides.synthetic)]
    if int(masks[0].sum()) < ROWS_AT_LEAST or int(masks[1].sum()) < SYNTHETIC_AT_LEAST:
        return Likeness()
    return likeness(scan, sides.within(group.name, *masks))


def _estimate(measurement: Measurement) -> Estimate | None:
    return measurement.estimate if isinstance(measurement, Measured) and measurement.estimate.is_computable() else None
