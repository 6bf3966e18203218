"""One annotator's label of one item.

That an annotator labels an item once is no rule of a row; the suites check it over all rows.
"""

from __future__ import annotations

from gates.config.roles import LINEAGE_ROLES
from gates.config.types.declaration import ColumnNames, DataType, ValueKind

_OPTIONAL = ("expertise", "rationale", "id", "source", "domain", "language", "locale", *LINEAGE_ROLES)

TYPE = DataType(
    name="annotations",
    summary="one annotator's label of one item",
    required_roles=("item", "annotator", "label"),
    optional_roles=_OPTIONAL,
    named_roles=("item", "annotator", "label", *_OPTIONAL),
    key="id",
    content=("item", "annotator", "label", "rationale"),
    identifying=("item", "annotator"),
    # Labels of one item are about the same thing.
    groups=("item",),
    recognised_by={
        "item": ColumnNames(ValueKind.SINGLE_VALUE, ("item", "item_id", "task_id", "example_id", "unit_id")),
        "annotator": ColumnNames(
            ValueKind.SINGLE_VALUE, ("annotator", "annotator_id", "rater", "rater_id", "coder", "worker_id", "judge")
        ),
        "label": ColumnNames(
            ValueKind.SINGLE_VALUE, ("label", "vote", "rating", "annotation", "judgement", "judgment")
        ),
    },
    # Items may be numbers and labels grades: no type is required.
    rules={"item": ("has-value",), "annotator": ("has-value",), "label": ("has-value",)},
    about="""\
One annotator's label of one item. Labels may be words or numbers. A human row is a person's label, a synthetic row a
model's.

Compared: `label` and `rationale`; items and annotators only identify the label. Group: `item`. The key `label` of
`gates.toml` fills the role as well.
""",
    example="""\
```toml
[datasets.votes]
path    = "data/votes.jsonl"
type    = "annotations"
label   = "vote"
columns = { item = "task_id", annotator = "rater" }
```

```json
{"task_id": 17, "rater": "ana", "vote": "better", "origin": "human"}
{"task_id": 17, "rater": "gpt-judge", "vote": "worse", "origin": "synthetic"}
```
""",
)
