"""Row rules of the data type `timeseries`: one reading of one entity at one time.

Order, repeated times and gaps are no rules of a row; the suites ask them of the whole.
"""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import finite, has_value, time

Timeseries = pa.DataFrameSchema(
    {
        "entity": pa.Column(checks=has_value(), nullable=True),
        "timestamp": pa.Column(checks=time(), nullable=True),
        # A missing reading has a rule of its own, `value/not-null`, because sensors do miss one now and then.
        "value": pa.Column(float, checks=finite(), nullable=False),
    },
    name="timeseries",
)
