"""Row rules of the data type `events`: one event at one time."""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import has_value, time

Events = pa.DataFrameSchema(
    {
        "timestamp": pa.Column(checks=time(), nullable=True),
        "event": pa.Column(checks=has_value(), nullable=True),
    },
    name="events",
)
