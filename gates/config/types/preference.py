"""Two responses to one prompt, one of which was preferred."""

from __future__ import annotations

from gates.config.roles import COMPLETIONS, LINEAGE_ROLES, RESPONSE_GENERATORS, VOTES, WRITTEN
from gates.config.types.declaration import TAUGHT_TEXT, TEXT, ColumnNames, DataType, DeclaredRule, ValueKind

_OPTIONAL = (COMPLETIONS, "annotator", "expertise", *VOTES, *RESPONSE_GENERATORS, *WRITTEN, *LINEAGE_ROLES)

TYPE = DataType(
    name="preference",
    summary="two responses to one prompt, one of which was preferred",
    required_roles=("prompt", "chosen", "rejected"),
    optional_roles=_OPTIONAL,
    named_roles=("prompt", "chosen", "rejected", *_OPTIONAL),
    # What is learned from is `chosen`; a rejected response may be bad on purpose.
    texts=("chosen", "rejected", "prompt"),
    key="id",
    content=("prompt", "chosen", "rejected"),
    prompt="prompt",
    groups=("prompt",),
    recognised_by={
        "prompt": ColumnNames(ValueKind.TEXT, ("prompt", "instruction", "question")),
        "chosen": ColumnNames(ValueKind.TEXT, ("chosen", "preferred", "chosen_response")),
        "rejected": ColumnNames(ValueKind.TEXT, ("rejected", "dispreferred", "rejected_response")),
        COMPLETIONS: ColumnNames(ValueKind.SCORED, (COMPLETIONS, "responses", "candidates")),
    },
    rules={
        "prompt": TEXT,
        "chosen": (*TAUGHT_TEXT, "not-json-literal"),
        # Between equal responses none can be preferred.
        "rejected": (*TAUGHT_TEXT, "not-json-literal", DeclaredRule("differs-from", {"other": "chosen"})),
    },
    about="""\
Two responses to one prompt, one of which was preferred.

Main text: `chosen`, because that is what a model is taught: marks, near copies and separability look at it. A rejected
response may be bad on purpose; it has row rules, and its formatting is compared. Votes of several annotators stand side by
side in `label_1` to `label_5`. Group: `prompt`.

Both sides may be conversations: lists of messages, or transcripts ("Human: … Assistant: …"). Each is then the
assistant's last message, and without a column for the prompt that is what comes before it in `chosen`. Every turn of the
assistant in `chosen` is judged by the row rules of `chosen` and for marks, the turns that both sides share as well: findings
name the message, counted from 1. `completions` holds
answers to one prompt with a score each: the best is `chosen`, the worst `rejected`.
""",
    example="""\
```toml
[datasets.pairs]
path    = "data/pairs.jsonl"
type    = "preference"
purpose = "preference"
columns = { chosen = "better", rejected = "worse" }
```

```json
{"prompt": "Greet me.", "better": "Good morning!", "worse": "Go away.", "origin": "human"}
{"prompt": "Add 2 and 3.", "better": "5", "worse": "23", "origin": "synthetic"}
```
""",
)
