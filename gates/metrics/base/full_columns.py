"""The few columns of every row that counts of people are taken from, read in one pass over the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from gates.data.facts import ORIGIN, ROW_ID
from gates.metrics.base.measurement import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.data.scan.result import Scan

_RATING_ROLES = ("item", "annotator", "expertise", "domain")
_ADD = "add: "
_LABEL_COLUMN = re.compile(r"label_[1-9][0-9]*")


def role_column(scan: Scan, role: str) -> str | None:
    """The column that plays a role, or None where the data has none."""
    return role if role in scan.roles.bound else None


def not_configured(scan: Scan, missing: str, *roles: str) -> NotConfigured:
    """No columns play these roles, with the line that makes them, or that data of this type has no such role."""
    line = role_to_add(scan, *roles)
    if line.startswith(_ADD):
        return NotConfigured(missing, line.removeprefix(_ADD))
    return NotConfigured(f"{missing}; {line}")


def role_to_add(scan: Scan, *roles: str) -> str:
    """The line that makes columns play these roles, or that data of this type has no such role."""
    unknown = [role for role in roles if role not in scan.roles.mappable]
    if unknown:
        return f"data of type {scan.roles.type} has no role '{unknown[0]}'"
    return _ADD + "columns = { " + ", ".join(f'{role} = "…"' for role in roles) + " }"


def label_columns(scan: Scan) -> tuple[str, ...]:
    """The columns label_1, label_2, ... of data with one column per annotator, in the order of their numbers."""
    found = [name for name in scan.roles.bound if _LABEL_COLUMN.fullmatch(name)]
    return tuple(sorted(found, key=lambda name: int(name.rpartition("_")[2])))


def people_columns(scan: Scan) -> pl.DataFrame:
    """Row id, origin, and whatever says who made, judged or belongs to a row. Call through `scan.once(people_columns)`."""
    roles = scan.roles
    named = [column for role in _RATING_ROLES if (column := role_column(scan, role))]
    wanted = [*named, *label_columns(scan), roles.label, *roles.slices, *scan.population]
    return columns_of_all(scan, (name for name in wanted if name))


def columns_of_all(scan: Scan, names: Iterable[str]) -> pl.DataFrame:
    """These columns of every row, as far as the data has them, with row id and origin, in the order of row ids.

    Words are kept once and not once a row.
    """
    present = [name for name in dict.fromkeys(names) if name in scan.human.frame.columns]
    parts = []
    for batch in scan.source.batches():
        frame = pl.DataFrame(pa.Table.from_batches([batch]).select([ROW_ID, ORIGIN, *present]))
        parts.append(frame.with_columns(pl.col(pl.String).cast(pl.Categorical)))
    return pl.concat(parts, how="vertical_relaxed").sort(ROW_ID)
