"""One document a row."""

from __future__ import annotations

from gates.config.roles import LINEAGE_ROLES
from gates.config.types.declaration import TAUGHT_TEXT, DataType

_OPTIONAL = ("id", "author", "source", "language", "locale", "label", *LINEAGE_ROLES)

TYPE = DataType(
    name="text",
    summary="one text",
    required_roles=("text",),
    optional_roles=_OPTIONAL,
    named_roles=("text", *_OPTIONAL),
    texts=("text",),
    key="id",
    content=("text",),
    rules={"text": TAUGHT_TEXT},
    about="""\
One text a row.

Main text: `text`. Group: none, each text is its own.
""",
    example="""\
```toml
[datasets.reviews]
path    = "data/reviews.jsonl"
type    = "text"
columns = { text = "body" }
```

```json
{"body": "The soup was cold, the waiter was not.", "origin": "human"}
{"body": "A pleasant evening with attentive staff.", "generator": "gpt", "origin": "synthetic"}
```
""",
)
