"""Readings and events of every row in the order of time: kept by the pass over the data, sorted by whatever holds the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.data.values.times import time_in_utc
from gates.metrics.base.measurement import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.batch import Batch
    from gates.data.engine import SortedTable
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Params

# What is read in order: the reading of a series, or the kind of an event.
_WHAT = ("value", "event")
# Whose order it is, most telling first. One sensor's readings in two units are two series.
_WHOSE = {"value": (("entity", "unit"),), "event": (("session",), ("entity",))}
# Between an entity's name and its unit; no name holds it.
_BETWEEN = "\x1f"
# Whose rows follow each other.
_OWNER = ("origin", "generator", "entity")
# Rows of one time by what they say, so that the order of rows in files changes nothing.
_ORDER = (*_OWNER, "when", "what")


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


def ordered_rows(scan: Scan) -> Ordered:
    """Every row with a time and an entity. Only where `missing_roles` is None."""
    return scan.collected(OrderedRows)


@dataclass(frozen=True)
class Ordered:
    """Rows by origin, generator, entity and time, streamed from where they are kept. has_events: what they say are names."""

    table: SortedTable
    has_events: bool

    def entities(self) -> Iterator[pl.DataFrame]:
        """origin, generator, entity, when (UTC), what and place, in pieces that part no entity; at least one, perhaps without rows.

        what: the value as a float, or the event's name. place: the id of the row, which says where it stands in its file.
        """
        waiting = [self._nothing()]
        for batch in self.table.in_order():
            frame = pl.DataFrame(pa.Table.from_batches([batch]))
            begins = frame.height - _rows_of_last(frame)
            if begins or not _is_one_entity(waiting[-1], frame):
                yield pl.concat([*waiting, frame[:begins]])
                waiting = []
            waiting.append(frame[begins:])
        yield pl.concat(waiting)

    def _nothing(self) -> pl.DataFrame:
        when, what = pl.Datetime("us", "UTC"), pl.String() if self.has_events else pl.Float64()
        return pl.DataFrame(
            schema={**dict.fromkeys(_OWNER, pl.String()), "when": when, "what": what, "place": pl.Int64()}
        )


class OrderedRows:
    """An accumulator of what `ordered_rows` gives; without the roles it needs no rows."""

    def __init__(self, inputs: PassInputs) -> None:
        self.needs_rows = not missing_roles(inputs.roles)
        self._select = _columns_in_order(inputs) if self.needs_rows else {}
        self._has_events = self.needs_rows and _what(inputs.roles) == "event"
        self._table = inputs.sorted_table(_ORDER)

    def update(self, batch: Batch) -> None:
        self._table.append(batch.frame.select(**self._select).drop_nulls(["when", "entity"]).to_arrow())

    def merge(self, other: OrderedRows) -> None:
        for rows in other._table.in_order():
            self._table.append(rows)

    def value(self) -> Ordered:
        """All rows, sorted once they are read."""
        return Ordered(self._table, self._has_events)


def accumulate_ordered(inputs: PassInputs, params: Params) -> tuple[type[OrderedRows], ...]:
    """What checks of series and events read of every row."""
    return (OrderedRows,)


def _columns_in_order(inputs: PassInputs) -> dict[str, pl.Expr]:
    roles = inputs.roles
    what, whose = _what(roles), _whose(roles)
    generator = _words(roles.generator) if roles.generator else pl.lit("")
    return {
        "origin": _words(ORIGIN),
        "generator": generator.fill_null(""),
        "entity": pl.concat_str([_words(name) for name in whose], separator=_BETWEEN),
        "when": time_in_utc("timestamp", inputs.schema["timestamp"]),
        "what": pl.col("value").cast(pl.Float64, strict=False).fill_nan(None) if what == "value" else _words(what),
        "place": pl.col(ROW_ID),
    }


def _rows_of_last(frame: pl.DataFrame) -> int:
    """How many rows at the end have the entity of the last one."""
    last = frame.row(-1, named=True)
    return int(frame.select(pl.all_horizontal(pl.col(name) == last[name] for name in _OWNER).sum()).item())


def _is_one_entity(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    return not before.height or before.select(_OWNER).row(-1) == after.select(_OWNER).row(0)


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
