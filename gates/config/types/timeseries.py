"""One reading of one entity at one time.

Order, repeated times and gaps are no rules of a row; the suites check them over all rows.
"""

from __future__ import annotations

from gates.config.roles import LINEAGE_ROLES
from gates.config.types.declaration import ColumnNames, DataType, ValueKind

_OPTIONAL = ("unit", "label", *LINEAGE_ROLES)

TYPE = DataType(
    name="timeseries",
    summary="one reading of one entity at one time",
    required_roles=("entity", "timestamp", "value"),
    optional_roles=_OPTIONAL,
    named_roles=("entity", "timestamp", "value", *_OPTIONAL),
    content=("entity", "timestamp", "value", "unit"),
    identifying=("entity", "timestamp"),
    # Halves of clean series cut within a day differ by a KS distance of .106: a block is an entity's day.
    groups=("entity",),
    by_day="timestamp",
    recognised_by={
        "entity": ColumnNames(
            ValueKind.SINGLE_VALUE,
            (
                "entity",
                "series",
                "series_id",
                "sensor",
                "sensor_id",
                "device",
                "device_id",
                "station",
                "unique_id",
                "item_id",
            ),
        ),
        "timestamp": ColumnNames(ValueKind.TIME, ("timestamp", "time", "datetime", "date", "ts", "ds")),
        "value": ColumnNames(ValueKind.NUMBER, ("value", "reading", "measurement", "y", "target")),
    },
    rules={
        "entity": ("has-value",),
        "timestamp": ("parseable",),
        # A missing reading has a rule of its own, `value/not-null`, because sensors do miss one now and then.
        "value": ("number", "not-null", "finite"),
    },
    about="""\
One reading of one entity at one time. A timestamp is a time, a number that counts time, or text in a form of ISO 8601.

Compared: `value` and `unit`; entity and time only identify the reading. Group: one day of one `entity`, because halves
of a series that are cut within a day differ by a KS distance of .106 even where nothing is wrong. Where most synthetic
readings are of entities that human rows do not have, the group is the whole entity, because days of one sensor are alike and
sensors differ: then a dozen entities of each origin are few.
""",
    example="""\
```toml
[datasets.load]
path    = "data/load.jsonl"
type    = "timeseries"
columns = { entity = "machine", value = "cpu" }
```

```json
{"machine": "a1", "timestamp": "2024-05-01T00:00:00", "cpu": 0.13, "origin": "human"}
{"machine": "s1", "timestamp": "2024-05-01T00:05:00", "cpu": 0.21, "origin": "synthetic"}
```
""",
)
