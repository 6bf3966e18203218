"""Readings and events of every row in the order of time, read in one pass over the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from gates.data.facts import ORIGIN
from gates.metrics.base.full_columns import role_column
from gates.metrics.base.measurement import NotConfigured
from gates.metrics.temporal.parse_times import time_in_utc

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

# What is read in order: the reading of a series, or the kind of an event.
_WHAT = ("value", "event")
# Whose order it is, most telling first. One sensor's readings in two units are two series.
_WHOSE = {"value": (("entity", "unit"),), "event": (("session",), ("entity",))}
# Between an entity's name and its unit; no name holds it.
_BETWEEN = "\x1f"


def missing_roles(scan: Scan) -> NotConfigured | None:
    """What to add to gates.toml where the data has no order to look at, or None."""
    if "timestamp" not in scan.roles.bound or not _what(scan):
        what = "event" if "event" in scan.roles.mappable else "value"
        return NotConfigured("no column says what happened when", f'columns = {{ timestamp = "…", {what} = "…" }}')
    if not _whose(scan):
        name = "entity" if _what(scan) == "value" else "session"
        return NotConfigured("no entity or session column is configured", f'columns = {{ {name} = "…" }}')
    return None


def ordered_rows(scan: Scan) -> pl.DataFrame:
    """origin, generator, entity, when (UTC) and what, of every row with a time and an entity.

    what: the value as a float, or the event's name. Sorted by origin, entity and time; rows of one time by what they
    say, so that the order of rows in files changes nothing. Only where `missing_roles` is None. Call through
    `scan.once(ordered_rows)`.
    """
    what, whose = _what(scan), _whose(scan)
    schema = scan.human.frame.schema
    said = pl.col("value").cast(pl.Float64, strict=False).fill_nan(None) if what == "value" else _words(what)
    generator = _words(scan.roles.generator) if scan.roles.generator else pl.lit("")
    wanted = [ORIGIN, "timestamp", what, *whose, *([scan.roles.generator] if scan.roles.generator else [])]
    parts = [
        pl.DataFrame(pa.Table.from_batches([batch]).select(list(dict.fromkeys(wanted)))).select(
            origin=_words(ORIGIN).cast(pl.Categorical),
            generator=generator.fill_null("").cast(pl.Categorical),
            entity=pl.concat_str([_words(name) for name in whose], separator=_BETWEEN).cast(pl.Categorical),
            when=time_in_utc("timestamp", schema["timestamp"]),
            what=said,
        )
        for batch in scan.source.batches()
    ]
    known = pl.concat(parts, how="vertical_relaxed").drop_nulls(["when", "entity"])
    return known.sort("origin", "generator", "entity", "when", "what")


def shown_entity(name: str) -> str:
    """An entity's name for messages and evidence, with its unit where it has one."""
    entity, _, unit = name.partition(_BETWEEN)
    return f"{entity} ({unit})" if unit else entity


def _what(scan: Scan) -> str:
    return next((name for name in _WHAT if role_column(scan, name)), "")


def _whose(scan: Scan) -> tuple[str, ...]:
    """The columns that name whose order it is; the first of them must be there."""
    for names in _WHOSE[_what(scan)]:
        if names[0] in scan.roles.bound:
            return tuple(name for name in names if name in scan.roles.bound)
    return ()


def _words(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)
