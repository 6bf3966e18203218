"""One event at one time."""

from __future__ import annotations

from gates.config.roles import LINEAGE_ROLES
from gates.config.types.declaration import ColumnNames, DataType, ValueKind

_OPTIONAL = ("session", "entity", "source", "message", "id", "label", *LINEAGE_ROLES)

TYPE = DataType(
    name="events",
    summary="one event at one time",
    required_roles=("timestamp", "event"),
    optional_roles=_OPTIONAL,
    named_roles=("timestamp", "event", *_OPTIONAL),
    key="id",
    content=("timestamp", "event", "session", "entity", "source", "message"),
    identifying=("timestamp", "session", "entity"),
    # What happens in one session follows from what happened in it before.
    groups=("session", "entity"),
    recognised_by={
        "timestamp": ColumnNames(ValueKind.TIME, ("timestamp", "time", "datetime", "date", "ts")),
        "event": ColumnNames(ValueKind.SINGLE_VALUE, ("event", "event_type", "event_name", "action", "activity")),
        "session": ColumnNames(ValueKind.SINGLE_VALUE, ("session", "session_id", "case_id")),
        "entity": ColumnNames(ValueKind.SINGLE_VALUE, ("entity", "user", "user_id", "device_id")),
    },
    rules={"timestamp": ("parseable",), "event": ("has-value",)},
    about="""\
One event at one time, such as a click or a line of a log. Timestamps are read as for `timeseries`.

Compared: `event`, `source` and the length and pattern of `message`; time, session and entity only identify the event.
Group: `session`, else `entity`.
""",
    example="""\
```toml
[datasets.clicks]
path    = "data/clicks.jsonl"
type    = "events"
columns = { event = "action", session = "visit" }
```

```json
{"visit": "v1", "timestamp": "2024-05-01 10:00:00", "action": "open", "origin": "human"}
{"visit": "v2", "timestamp": "2024-05-01 10:00:07", "action": "search", "origin": "synthetic"}
```
""",
)
