"""Any table, whose columns are the user's own.

`gates init` infers from the human rows what a column may contain, or a person writes it. Common to all tables is little:
no infinite numbers. Column names are unique wherever a dataset can be opened.
"""

from __future__ import annotations

from gates.config.roles import LINEAGE_ROLES
from gates.config.types.declaration import DataType

TYPE = DataType(
    name="tabular",
    summary="whatever the table's columns say",
    required_roles=(),
    optional_roles=("key", "label", "group", *LINEAGE_ROLES),
    # A table's own columns may well be called `licence` or `created_at` and mean something else.
    named_roles=("generator", "generator_version"),
    key="key",
    float_rules=("finite",),
    about="""\
Any table. Its columns are its own, and `gates init` drafts row rules from its human rows. A table's columns may well be
called `licence` or `created_at` and mean something else, so of the roles only `generator` and `generator_version` are
taken by name.

Group: none, each row is its own.
""",
    example="""\
```toml
[datasets.census]
path    = "data/census.jsonl"
type    = "tabular"
label   = "income"
columns = { key = "id" }
```

```json
{"id": 1, "age": 39, "income": 31.5, "origin": "human"}
{"id": 2, "age": 41, "income": 30.0, "generator": "ctgan", "origin": "synthetic"}
```
""",
)
