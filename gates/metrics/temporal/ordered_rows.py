"""Readings and events of every row in the order of time, read in one pass over the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.facts import ORIGIN
from gates.metrics.base.measurement import NotConfigured
from gates.metrics.temporal.parse_times import time_in_utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.batch import Batch
    from gates.data.facts import Roles
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan

# What is read in order: the reading of a series, or the kind of an event.
_WHAT = ("value", "event")
# Whose order it is, most telling first. One sensor's readings in two units are two series.
_WHOSE = {"value": (("entity", "unit"),), "event": (("session",), ("entity",))}
# Between an entity's name and its unit; no name holds it.
_BETWEEN = "\x1f"


def missing_roles(roles: Roles) -> NotConfigured | None:
    """What to add to gates.toml where the data has no order to look at, or None."""
    if "timestamp" not in roles.bound or not _what(roles):
        what = "event" if "event" in roles.mappable else "value"
        return NotConfigured(
            f"no timestamp and {what} columns are configured", f'columns = {{ timestamp = "…", {what} = "…" }}'
        )
    if not _whose(roles):
        name = "entity" if _what(roles) == "value" else "session"
        return NotConfigured("no entity or session column is configured", f'columns = {{ {name} = "…" }}')
    return None


def ordered_rows(scan: Scan) -> pl.DataFrame:
    """origin, generator, entity, when (UTC) and what, of every row with a time and an entity.

    what: the value as a float, or the event's name. Sorted by origin, entity and time; rows of one time by what they
    say, so that the order of rows in files changes nothing. Only where `missing_roles` is None.
    """
    return scan.collected(OrderedRows)


class OrderedRows:
    """An accumulator of what `ordered_rows` gives; without the roles it needs no rows."""

    def __init__(self, inputs: PassInputs) -> None:
        self.needs_rows = not missing_roles(inputs.roles)
        self._select = _columns_in_order(inputs) if self.needs_rows else {}
        self._parts: list[pl.DataFrame] = []

    def update(self, batch: Batch) -> None:
        """Take some rows of the dataset."""
        self._parts.append(batch.frame.select(**self._select).drop_nulls(["when", "entity"]))

    def merge(self, other: OrderedRows) -> None:
        """Take over another's rows."""
        self._parts += other._parts

    def value(self) -> pl.DataFrame:
        """All rows, sorted."""
        parts = pl.concat(self._parts, how="vertical_relaxed") if self._parts else pl.DataFrame()
        return parts.sort("origin", "generator", "entity", "when", "what") if parts.width else parts


def accumulate_ordered(inputs: PassInputs, params: Mapping[str, object]) -> tuple[type[OrderedRows], ...]:
    """What checks of series and events read of every row."""
    return (OrderedRows,)


def _columns_in_order(inputs: PassInputs) -> dict[str, pl.Expr]:
    roles = inputs.roles
    what, whose = _what(roles), _whose(roles)
    generator = _words(roles.generator) if roles.generator else pl.lit("")
    return {
        "origin": _words(ORIGIN).cast(pl.Categorical),
        "generator": generator.fill_null("").cast(pl.Categorical),
        "entity": pl.concat_str([_words(name) for name in whose], separator=_BETWEEN).cast(pl.Categorical),
        "when": time_in_utc("timestamp", inputs.schema["timestamp"]),
        "what": pl.col("value").cast(pl.Float64, strict=False).fill_nan(None) if what == "value" else _words(what),
    }


def shown_entity(name: str) -> str:
    """An entity's name for messages and evidence, with its unit where it has one."""
    entity, _, unit = name.partition(_BETWEEN)
    return f"{entity} ({unit})" if unit else entity


def _what(roles: Roles) -> str:
    return next((name for name in _WHAT if name in roles.bound), "")


def _whose(roles: Roles) -> tuple[str, ...]:
    """The columns that name whose order it is; the first of them must be there."""
    for names in _WHOSE[_what(roles)]:
        if names[0] in roles.bound:
            return tuple(name for name in names if name in roles.bound)
    return ()


def _words(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)
